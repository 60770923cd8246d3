/**
 * CodeXGLUE's rules over the scanner's tokens (`preprocess.py` of py150, July 2021), with every distinct token numbered.
 *
 * Which literals are kept depends on the training split, which is known only when all files are lexed. So a file is lexed
 * once, into numbers of a `TokenTable` that remembers literals as they are, and a number becomes text when it is known
 * what is kept.
 */
import { foldSpace } from './characters.ts';
import { decodeSource } from './encoding.ts';
import { EOL_TOKEN } from './marks.ts';
import type { LexFailure } from './result.ts';
import { scan, type TokenSink } from './scanner.ts';

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

/** Takes the text of a STRING token apart. */
function stringToken(source: string): RawToken {
  const folded = foldSpace(source);
  const [before = '', , quote = ''] = STRING_PARTS.exec(folded) ?? [];
  const body = folded.slice(before.length, folded.length - quote.length);
  return { kind: 'str', body: body.replaceAll(' ', 'U+0020').replaceAll(',', 'U+002C'), before, after: quote };
}

/**
 * A copy that does not keep the whole source text alive: engines cut substrings as views, and the table outlives the files.
 */
function detached(text: string): string {
  return text.length < 13 ? text : `\0${text}`.slice(1);
}

/** Numbers distinct tokens, from 0, in order of appearance. One table serves the files of a data set. */
export class TokenTable implements TokenSink {
  readonly #tokens: RawToken[] = [];
  readonly #words = new Map<string, number>();
  readonly #strings = new Map<string, number>();
  readonly #numbers = new Map<string, number>();
  readonly #eol: number;
  /** Tokens of the file being lexed. */
  #buffer = new Int32Array(1 << 12);
  #length = 0;

  constructor() {
    this.#eol = this.idOf(EOL_TOKEN);
  }

  get size(): number {
    return this.#tokens.length;
  }

  /** @throws RangeError for a number the table never gave */
  token(id: number): RawToken {
    const token = this.#tokens[id];
    if (!token) throw new RangeError(`No token ${id}: the table has ${this.#tokens.length}.`);
    return token;
  }

  /** Number of a token that is no literal, such as `<s>`. */
  idOf(text: string): number {
    const known = this.#words.get(text);
    if (known !== undefined) return known;
    const copy = detached(text);
    return this.#add(this.#words, copy, { kind: 'word', text: copy });
  }

  /**
   * Lexes a file. Never throws on source.
   * @returns numbers of its tokens, none where it is empty or all comments; without `<s>` and `</s>`
   */
  lex(source: Uint8Array | string): Int32Array | LexFailure {
    const decoded = typeof source === 'string' ? { text: withoutMark(source) } : decodeSource(source);
    if ('reason' in decoded) return decoded;
    this.#length = 0;
    const failure = scan(decoded.text, this);
    if (failure) return failure;
    const trailing = this.#length > 0 && this.#buffer[this.#length - 1] === this.#eol ? 1 : 0;
    return this.#buffer.slice(0, this.#length - trailing);
  }

  name(text: string): void {
    this.#push(this.idOf(text));
  }

  symbol(text: string): void {
    this.#push(this.idOf(text));
  }

  number(text: string): void {
    const known = this.#numbers.get(text);
    if (known !== undefined) return this.#push(known);
    const body = detached(text);
    this.#push(this.#add(this.#numbers, body, { kind: 'num', body }));
  }

  string(text: string): void {
    const known = this.#strings.get(text);
    if (known !== undefined) return this.#push(known);
    const copy = detached(text);
    this.#push(this.#add(this.#strings, copy, stringToken(copy)));
  }

  newline(): void {
    if (this.#length > 0 && this.#buffer[this.#length - 1] !== this.#eol) this.#push(this.#eol);
  }

  broken(text: string): void {
    this.#push(this.idOf(foldSpace(text)));
  }

  #add(index: Map<string, number>, key: string, token: RawToken): number {
    const id = this.#tokens.length;
    this.#tokens.push(token);
    index.set(key, id);
    return id;
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

/** The byte order mark that a text read from a file may still carry. */
function withoutMark(text: string): string {
  return text.startsWith('\ufeff') ? text.slice(1) : text;
}

/**
 * Tokens of one Python source, as a model sees them but for `<s>` and `</s>`: for a few files. A data set uses a `TokenTable`.
 * @param source bytes, whose encoding is detected, or text
 */
export function lexPython(
  source: Uint8Array | string,
  kept: KeptLiterals = NO_LITERALS,
): { readonly tokens: string[] } | LexFailure {
  const table = new TokenTable();
  const ids = table.lex(source);
  if ('reason' in ids) return ids;
  const texts = Array.from({ length: table.size }, (_, id) => textOf(table.token(id), kept));
  return { tokens: Array.from(ids, (id) => texts[id]!) };
}
