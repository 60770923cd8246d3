/** Why a file cannot be lexed; CPython's `tokenize` raises on the same files. */
export interface LexFailure {
  /** From 1: where the trouble is, or where what is never closed begins. */
  readonly line: number;
  readonly reason: string;
}
