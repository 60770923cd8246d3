/** Lexes the files of a source: in this thread, or in threads of the command line. */
import { loadCodecOf } from '../python/lexer/encoding.ts';
import type { SourceReading } from '../python/lexer/reading.ts';
import type { LexFailure } from '../python/lexer/result.ts';
import type { TokenTable } from '../python/lexer/tokens.ts';

export interface Lexing {
  /**
   * Lexes a file and calls `done` with the numbers of its tokens in the table, at once or later, in any order of files.
   * @returns a promise if the caller has to wait before it passes the next file
   */
  lex(bytes: Uint8Array, done: (tokens: Int32Array | LexFailure) => void): Promise<void> | undefined;
  /** Resolves when every `done` was called. */
  finish(): Promise<void>;
  /** Releases its resources, finished or not. */
  close(): Promise<void>;
}

/** Which numbers tokens get depends on the threads; nothing that is made from them may. */
export type OpenLexing = (table: TokenTable, reading: SourceReading) => Lexing;

export const lexHere: OpenLexing = (table, reading) => ({
  lex(bytes, done) {
    const loading = loadCodecOf(bytes, reading);
    const lex = () => done(table.lex(bytes, reading));
    if (loading !== undefined) return loading.then(lex);
    lex();
    return undefined;
  },
  finish: () => Promise.resolve(),
  close: () => Promise.resolve(),
});
