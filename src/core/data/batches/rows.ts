/** The rows of a split as the trainer sees them, wherever they are kept. */
export interface Rows {
  /** Tokens of each row, PAD not counted. */
  readonly lengths: Uint16Array;
  /** The rows named, in the order named; views that must not be written to. */
  read(indices: readonly number[]): Promise<Uint16Array[]>;
  /** What is kept of the rows' `<UNK>`s (../outside.ts), as long as the rows; left out where the data set keeps nothing of them. */
  readonly readOutside?: ((indices: readonly number[]) => Promise<Uint16Array[]>) | undefined;
}
