/**
 * Applies CodeXGLUE's rules (`preprocess.py` of py150, July 2021) to the scanner's tokens, and numbers the distinct tokens.
 *
 * Which literals are kept depends on the training split, so it is only known after all files are lexed. Therefore each file is
 * lexed once, into numbers of a `TokenTable` that stores literals unchanged. Numbers are converted to text once the kept
 * literals are known.
 */
import { foldSpace, isPythonSpace } from './characters.ts';
import { loadCodecOf, sourceAsUtf8 } from './encoding.ts';
import { HASH_FACTOR, HASH_START, hashOf, Interner } from './interner.ts';
import { EOL_TOKEN } from '../specialTokens.ts';
import { DEFAULT_READING, endLinesAtReturns, hasUniversalNewlines, type SourceReading } from './reading.ts';
import type { LexFailure } from './result.ts';
import { byRulesOf2020, type Rules } from './rules.ts';
import { PADDING, scan, type TokenSink } from './scanner.ts';

/** Literals that are kept. In bodies of strings, a space is `U+0020` and a comma `U+002C`. */
export interface KeptLiterals {
  readonly str: ReadonlySet<string>;
  readonly num: ReadonlySet<string>;
}

export const NO_LITERALS: KeptLiterals = { str: new Set(), num: new Set() };

/** A token as stored in the table. For a string, `before` is its prefix and `after` its quotes. */
export type RawToken =
  | { readonly kind: 'word'; readonly text: string }
  | { readonly kind: 'num'; readonly body: string }
  | { readonly kind: 'str'; readonly body: string; readonly before: string; readonly after: string };

/** The token's final text, given the kept literals. */
export function textOf(token: RawToken, kept: KeptLiterals): string {
  switch (token.kind) {
    case 'word':
      return token.text;
    case 'num':
      return kept.num.has(token.body) ? `<NUM_LIT:${token.body}>` : '<NUM_LIT>';
    case 'str': {
      const literal = kept.str.has(token.body) ? `<STR_LIT:${token.body}>` : '<STR_LIT>';
      return token.before + literal + token.after;
    }
    default:
      return token satisfies never;
  }
}

const STRING_PARTS = /^([a-zA-Z]*)('''|"""|'|")/;

/** Splits the folded text of a STRING token. */
export function stringToken(folded: string): Extract<RawToken, { kind: 'str' }> {
  const [before = '', , quote = ''] = STRING_PARTS.exec(folded) ?? [];
  const body = folded.slice(before.length, folded.length - quote.length);
  return { kind: 'str', body: body.replaceAll(' ', 'U+0020').replaceAll(',', 'U+002C'), before, after: quote };
}

const KINDS = ['word', 'num', 'str'] as const;
const WORD = 0;
const NUM = 1;
const STR = 2;

/** Class of a byte in a string: 0 for no white space, 1 for a space, 2 for bytes that folding may change. */
const SPACE_CLASS = new Uint8Array(256).fill(2, 128);
for (let c = 0; c < 128; c++) SPACE_CLASS[c] = c === 32 ? 1 : isPythonSpace(c) ? 2 : 0;

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** Numbers distinct tokens, from 0, in order of appearance. One table serves the files of a data set. */
export class TokenTable implements TokenSink {
  readonly #tokens = new Interner();
  readonly #eol: number;
  /** Numbers of one-character ASCII symbols; -1 if not seen yet. */
  readonly #single = new Int32Array(128).fill(-1);
  /** Copy of the source being lexed, followed by zero bytes. */
  #source = new Uint8Array(1 << 16);
  /** A string being folded. */
  #scratch = new Uint8Array(1 << 12);
  /** Tokens of the file being lexed. */
  #buffer = new Int32Array(1 << 12);
  #length = 0;

  constructor() {
    this.#eol = this.idOf(EOL_TOKEN);
  }

  get size(): number {
    return this.#tokens.size;
  }

  /** Number of bytes of all tokens. */
  get bytes(): number {
    return this.#tokens.bytes;
  }

  /** @throws RangeError if the table has no such number */
  token(id: number): RawToken {
    const kind = this.kindOf(id);
    const text = this.#tokens.textOf(id);
    if (kind === 'str') return stringToken(text);
    return kind === 'num' ? { kind, body: text } : { kind, text };
  }

  /** @throws RangeError if the table has no such number */
  kindOf(id: number): RawToken['kind'] {
    if (!(id >= 0 && id < this.size)) throw new RangeError(`No token ${id}: the table has ${this.size}.`);
    return KINDS[this.#tokens.kindOf(id)]!;
  }

  /** Number of a token that is not a literal, such as `<s>`. */
  idOf(text: string): number {
    return this.#tokens.internText(text, WORD);
  }

  /**
   * Numbers the tokens of a line, which are separated by spaces. None of them is treated as a literal.
   * @param line valid UTF-8
   * @returns a view that the next call overwrites
   */
  idsOfLine(line: Uint8Array): Int32Array {
    this.#length = 0;
    for (let start = 0; start < line.length;) {
      let hash = HASH_START;
      let end = start;
      for (; end < line.length; end++) {
        const c = line[end]!;
        if (c === 32) break;
        hash = Math.imul(hash ^ c, HASH_FACTOR);
      }
      if (end > start) this.#push(this.#tokens.intern(line, start, end, hash, WORD));
      start = end + 1;
    }
    return this.#buffer.subarray(0, this.#length);
  }

  /**
   * Adds the tokens of another table, in a form that can be sent between threads.
   * @returns the number of each token in this table
   */
  adopt({ bytes, lengths, kinds }: TokenSlice): Int32Array {
    const ids = new Int32Array(lengths.length);
    let start = 0;
    for (let i = 0; i < ids.length; i++) {
      const end = start + lengths[i]!;
      ids[i] = this.#tokens.intern(bytes, start, end, hashOf(bytes, start, end), kinds[i]!);
      start = end;
    }
    return ids;
  }

  /** The tokens from number `from` on, for `adopt` of another table. */
  slice(from: number): TokenSlice {
    const count = this.size - from;
    const lengths = new Int32Array(count);
    const kinds = new Uint8Array(count);
    let total = 0;
    for (let i = 0; i < count; i++) {
      kinds[i] = this.#tokens.kindOf(from + i);
      total += lengths[i] = this.#tokens.bytesOf(from + i).length;
    }
    const bytes = new Uint8Array(total);
    let at = 0;
    for (let i = 0; i < count; i++) {
      bytes.set(this.#tokens.bytesOf(from + i), at);
      at += lengths[i]!;
    }
    return { bytes, lengths, kinds };
  }

  /**
   * Lexes a file. Never throws on source.
   * @param source text, or bytes whose tables `loadCodecOf` has loaded
   * @returns numbers of its tokens, without `<s>` and `</s>`; empty if the file is empty or has only comments
   */
  lex(source: Uint8Array | string, reading: SourceReading): Int32Array<ArrayBuffer> | LexFailure {
    const read = typeof source === 'string' ? { utf8: utf8Of(source, reading) } : sourceAsUtf8(source, reading);
    if ('reason' in read) return read;
    const { utf8 } = read;
    if (this.#source.length < utf8.length + PADDING) this.#source = new Uint8Array(2 * utf8.length + PADDING);
    this.#source.set(utf8);
    this.#source.fill(0, utf8.length, utf8.length + PADDING);
    this.#length = 0;
    const failure = scan(this.#source, utf8.length, this);
    if (failure) return failure;
    const trailing = this.#length > 0 && this.#buffer[this.#length - 1] === this.#eol ? 1 : 0;
    return this.#buffer.slice(0, this.#length - trailing);
  }

  name(start: number, end: number, hash: number): void {
    this.#push(this.#tokens.intern(this.#source, start, end, hash, WORD));
  }

  symbol(start: number, end: number): void {
    const c = this.#source[start]!;
    const single = end === start + 1 && c < 128;
    const known = single ? this.#single[c]! : -1;
    if (known >= 0) return this.#push(known);
    const id = this.#intern(start, end, WORD);
    if (single) this.#single[c] = id;
    this.#push(id);
  }

  number(start: number, end: number): void {
    this.#push(this.#intern(start, end, NUM));
  }

  string(start: number, end: number): void {
    const source = this.#source;
    let hash = HASH_START;
    let before = 0;
    for (let i = start; i < end; i++) {
      const c = source[i]!;
      const space = SPACE_CLASS[c]!;
      if (space === 2 || (space === 1 && before === 1)) return this.#push(this.#folded(start, end, STR));
      before = space;
      hash = Math.imul(hash ^ c, HASH_FACTOR);
    }
    this.#push(this.#tokens.intern(source, start, end, hash, STR));
  }

  newline(): void {
    if (this.#length > 0 && this.#buffer[this.#length - 1] !== this.#eol) this.#push(this.#eol);
  }

  broken(start: number, end: number): void {
    this.#push(this.#folded(start, end, WORD));
  }

  #intern(start: number, end: number, kind: number): number {
    return this.#tokens.intern(this.#source, start, end, hashOf(this.#source, start, end), kind);
  }

  /** Interns a part of the source with its white space folded, as by `foldSpace`. */
  #folded(start: number, end: number, kind: number): number {
    const source = this.#source;
    if (this.#scratch.length < end - start) this.#scratch = new Uint8Array(2 * (end - start));
    const scratch = this.#scratch;
    let length = 0;
    let hash = HASH_START;
    let spaces = false;
    for (let i = start; i < end; i++) {
      const c = source[i]!;
      if (c >= 128) return this.#foldedText(start, end, kind);
      if (SPACE_CLASS[c] !== 0) {
        spaces = length > 0;
        continue;
      }
      if (spaces) hash = Math.imul(hash ^ (scratch[length++] = 32), HASH_FACTOR);
      spaces = false;
      hash = Math.imul(hash ^ (scratch[length++] = c), HASH_FACTOR);
    }
    return this.#tokens.intern(scratch, 0, length, hash, kind);
  }

  /** Like `#folded`, for text that is not ASCII, where white space can have several bytes. */
  #foldedText(start: number, end: number, kind: number): number {
    return this.#tokens.internText(foldSpace(decoder.decode(this.#source.subarray(start, end))), kind);
  }

  #push(id: number): void {
    if (this.#length === this.#buffer.length) {
      const larger = new Int32Array(this.#buffer.length * 2);
      larger.set(this.#buffer);
      this.#buffer = larger;
    }
    this.#buffer[this.#length++] = id;
  }
}

/** Tokens to be sent to another table: their concatenated bytes, and the length and kind of each. */
export interface TokenSlice {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly lengths: Int32Array<ArrayBuffer>;
  readonly kinds: Uint8Array<ArrayBuffer>;
}

/** Encodes a text as UTF-8 without a byte order mark. */
function utf8Of(text: string, reading: SourceReading): Uint8Array {
  const utf8 = encoder.encode(text.startsWith('\ufeff') ? text.slice(1) : text);
  if (hasUniversalNewlines(reading)) endLinesAtReturns(utf8);
  return utf8;
}

/** Options for converting files to tokens. */
export interface LexOptions {
  /** Kept literals, for the newer rules. The older rules keep all short ones. */
  readonly kept?: KeptLiterals;
  readonly rules?: Rules;
  readonly reading?: SourceReading;
}

/** Lexes a file in any encoding; loads the codec's tables if needed. */
export async function lexPythonFile(
  bytes: Uint8Array,
  options: LexOptions = {},
): Promise<ReturnType<typeof lexPython>> {
  await loadCodecOf(bytes, options.reading ?? DEFAULT_READING);
  return lexPython(bytes, options);
}

/**
 * Lexes one Python source into a model's tokens, without `<s>` and `</s>`. It is meant for a few files; data sets use a `TokenTable`.
 * @param source text, or bytes whose tables `loadCodecOf` has loaded
 */
export function lexPython(
  source: Uint8Array | string,
  { kept = NO_LITERALS, rules = 'codexglue-2021', reading = DEFAULT_READING }: LexOptions = {},
): { readonly tokens: string[] } | LexFailure {
  const table = new TokenTable();
  const ids = table.lex(source, reading);
  if ('reason' in ids) return ids;
  if (rules === 'codexglue-2020') return { tokens: byRulesOf2020(Array.from(ids, (id) => table.token(id))) };
  const texts = Array.from({ length: table.size }, (_, id) => textOf(table.token(id), kept));
  return { tokens: Array.from(ids, (id) => texts[id]!) };
}
