/** Why a file cannot be lexed; CPython's `tokenize` raises on the same files. */
export interface LexFailure {
  /** Line of the error, from 1; for an unclosed string, the line where it begins. */
  readonly line: number;
  readonly reason: string;
}
