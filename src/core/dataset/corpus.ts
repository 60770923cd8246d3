/** The files of a data set as token numbers: what the pipeline works on, whether the tokens were lexed here or came ready-made. */
import { TokenTable } from '../lexer/tokens.ts';
import type { SourceFiles } from './source.ts';

export interface CorpusFile {
  readonly path: string;
  /** Numbers of `table`, without `<s>` and `</s>`. */
  readonly tokens: Int32Array;
}

export interface SkippedFile {
  readonly path: string;
  readonly line: number | null;
  readonly reason: string;
}

export interface Corpus {
  readonly table: TokenTable;
  /** In file order. */
  readonly files: readonly CorpusFile[];
  readonly skipped: readonly SkippedFile[];
}

/**
 * Lexes every file once, and puts them in order by path.
 * Files that cannot be lexed, and files without a token, are left out and listed.
 * @param onFile called after each file with how many were read so far
 */
export async function lexCorpus(source: SourceFiles, onFile?: (read: number) => void): Promise<Corpus> {
  const table = new TokenTable();
  const files: CorpusFile[] = [];
  const skipped: SkippedFile[] = [];
  for await (const { path, bytes } of source) {
    const tokens = table.lex(bytes);
    if ('reason' in tokens) skipped.push({ path, line: tokens.line, reason: tokens.reason });
    else if (tokens.length === 0) skipped.push({ path, line: null, reason: 'no tokens: empty, or only comments' });
    else files.push({ path, tokens });
    onFile?.(files.length + skipped.length);
  }
  return { table, files: files.toSorted(byPath), skipped: skipped.toSorted(byPath) };
}

/** Order of paths by code points, as Python sorts strings; `<` alone would go by UTF-16 code units. */
function byPath(a: { readonly path: string }, b: { readonly path: string }): number {
  const [x, y] = [a.path, b.path];
  const shorter = Math.min(x.length, y.length);
  for (let i = 0; i < shorter; i++) {
    if (x.charCodeAt(i) !== y.charCodeAt(i)) return wholeAt(x, i) - wholeAt(y, i);
  }
  return x.length - y.length;
}

/** The code point of which the unit at `i` is a part. A second half counts as one beyond all single units, too. */
function wholeAt(text: string, i: number): number {
  const unit = text.charCodeAt(i);
  return unit >= 0xd800 && unit <= 0xdfff ? 0x10000 + unit : unit;
}
