/**
 * CodeXGLUE's rules over the scanner's tokens (`preprocess.py` of py150, July 2021), with every distinct token numbered.
 *
 * Which literals are kept depends on the training split, which is known only when all files are lexed. So a file is lexed
 * once, into numbers of a `TokenTable` that remembers literals as they are, and a number becomes text when it is known
 * what is kept.
 */
import { foldSpace, isPythonSpace } from './characters.ts';
import { loadCodecOf, sourceAsUtf8 } from './encoding.ts';
import { HASH_FACTOR, HASH_START, hashOf, Interner } from './interner.ts';
import { EOL_TOKEN } from '../specialTokens.ts';
import { DEFAULT_READING, endLinesAtReturns, hasUniversalNewlines, type SourceReading } from './reading.ts';
import type { LexFailure } from './result.ts';
import { byRulesOf2020, type Rules } from './rules.ts';
import { PADDING, scan, type TokenSink } from './scanner.ts';

/** Literals kept as themselves, a string's body with space as `U+0020` and comma as `U+002C`. */
export interface KeptLiterals {
  readonly str: ReadonlySet<string>;
  readonly num: ReadonlySet<string>;
}

export const NO_LITERALS: KeptLiterals = { str: new Set(), num: new Set() };

/** A token as the table knows it. `before` and `after` are prefix and quotes of a string. */
export type RawToken =
  | { readonly kind: 'word'; readonly text: string }
  | { readonly kind: 'num'; readonly body: string }
  | { readonly kind: 'str'; readonly body: string; readonly before: string; readonly after: string };

/** The token's final text, given what is kept. */
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

/** Takes the folded text of a STRING token apart. */
export function stringToken(folded: string): Extract<RawToken, { kind: 'str' }> {
  const [before = '', , quote = ''] = STRING_PARTS.exec(folded) ?? [];
  const body = folded.slice(before.length, folded.length - quote.length);
  return { kind: 'str', body: body.replaceAll(' ', 'U+0020').replaceAll(',', 'U+002C'), before, after: quote };
}

const KINDS = ['word', 'num', 'str'] as const;
const WORD = 0;
const NUM = 1;
const STR = 2;

/** What white space a byte of a string is: none, a single space, or something that folding may change. */
const SPACE_CLASS = new Uint8Array(256).fill(2, 128);
for (let c = 0; c < 128; c++) SPACE_CLASS[c] = c === 32 ? 1 : isPythonSpace(c) ? 2 : 0;

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** Numbers distinct tokens, from 0, in order of appearance. One table serves the files of a data set. */
export class TokenTable implements TokenSink {
  readonly #tokens = new Interner();
  readonly #eol: number;
  /** Numbers of the symbols of one ASCII character, as far as they came. */
  readonly #single = new Int32Array(128).fill(-1);
  /** The source being lexed, copied in front of zero bytes. */
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

  /** Bytes of all tokens. */
  get bytes(): number {
    return this.#tokens.bytes;
  }

  /** @throws RangeError for a number the table never gave */
  token(id: number): RawToken {
    const kind = this.kindOf(id);
    const text = this.#tokens.textOf(id);
    if (kind === 'str') return stringToken(text);
    return kind === 'num' ? { kind, body: text } : { kind, text };
  }

  /** @throws RangeError for a number the table never gave */
  kindOf(id: number): RawToken['kind'] {
    if (!(id >= 0 && id < this.size)) throw new RangeError(`No token ${id}: the table has ${this.size}.`);
    return KINDS[this.#tokens.kindOf(id)]!;
  }

  /** Number of a token that is no literal, such as `<s>`. */
  idOf(text: string): number {
    return this.#tokens.internText(text, WORD);
  }

  /**
   * Numbers of the tokens of a line, separated by single spaces: as they came, none a literal.
   * @param line valid UTF-8
   * @returns a view that the next line overwrites
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
   * Takes over the tokens of another table from a number on, in a form that crosses threads.
   * @returns for each of them the number it has here
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
   * @returns numbers of its tokens, none where it is empty or all comments; without `<s>` and `</s>`
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

  /** Interns what `foldSpace` makes of a piece of the source. */
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

  /** The same beyond ASCII, where white space is not a byte. */
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

/** Tokens of a table on their way to another: their bytes one after the other, and length and kind of each. */
export interface TokenSlice {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly lengths: Int32Array<ArrayBuffer>;
  readonly kinds: Uint8Array<ArrayBuffer>;
}

/** UTF-8 of a text, without the byte order mark that it may still carry. */
function utf8Of(text: string, reading: SourceReading): Uint8Array {
  const utf8 = encoder.encode(text.startsWith('\ufeff') ? text.slice(1) : text);
  if (hasUniversalNewlines(reading)) endLinesAtReturns(utf8);
  return utf8;
}

/** How files become tokens. */
export interface LexOptions {
  /** Literals of the newer rules; the older ones keep whatever is short. */
  readonly kept?: KeptLiterals;
  readonly rules?: Rules;
  readonly reading?: SourceReading;
}

/** `lexPython` of a file, in whatever encoding it is. */
export async function lexPythonFile(
  bytes: Uint8Array,
  options: LexOptions = {},
): Promise<ReturnType<typeof lexPython>> {
  await loadCodecOf(bytes, options.reading ?? DEFAULT_READING);
  return lexPython(bytes, options);
}

/**
 * Tokens of one Python source, as a model sees them but for `<s>` and `</s>`: for a few files. A data set uses a `TokenTable`.
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
