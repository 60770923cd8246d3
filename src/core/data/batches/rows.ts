/** The rows of a split as the trainer sees them, wherever they are kept. */
export interface Rows {
  /** Tokens of each row, PAD not counted. */
  readonly lengths: Uint16Array;
  /** The rows named, in the order named; views that must not be written to. */
  read(indices: readonly number[]): Promise<Uint16Array[]>;
}
