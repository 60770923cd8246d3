/**
 * The pure-Python tokenizer of CPython 3.8 to 3.11 (`Lib/tokenize.py`, 3.11), written by hand for UTF-8 bytes. It is tolerant, works
 * line by line, and has the original's quirks, since CodeXGLUE's data was made with that. Tokens that models never see are not
 * reported: comments, INDENT, DEDENT, ENCODING, ENDMARKER, and error tokens that are white space. `tokens.ts` folds white space and
 * handles literals.
 */
import { isPythonSpace } from './characters.ts';
import { HASH_FACTOR, HASH_START } from './interner.ts';
import {
  BACKSLASH,
  BLANK,
  CLASS,
  CONTINUED,
  CR,
  DIGIT,
  DOT,
  FF,
  HASH,
  LETTER,
  LF,
  OPERATOR,
  OTHER,
  QUOTE,
  SPACE,
  TAB,
  endOfComment,
  endOfContinued,
  endOfNumber,
  endOfOperator,
  endOfSingle,
  endOfTriple,
  endsInContinuation,
  isDigit,
  isWordAt,
  quoteAfterPrefix,
} from './lexemes.ts';
import type { LexFailure } from './result.ts';
import { codePointAt, widthOf } from './utf8.ts';

/** Receives the tokens of a file in order, each with its position in the source. */
export interface TokenSink {
  /** A name or keyword, with the hash of its bytes. */
  name(start: number, end: number, hash: number): void;
  /** An operator, or a character that begins no other token. */
  symbol(start: number, end: number): void;
  number(start: number, end: number): void;
  string(start: number, end: number): void;
  /** A NEWLINE or NL. @param at its line feed, or the carriage return before it */
  newline(at: number): void;
  /** A string that continues on another line but is not closed. It may contain white space. */
  broken(start: number, end: number): void;
}

/** Columns between tab stops, for measuring indentation. */
const TAB_SIZE = 8;

/** Change of the bracket depth, by one-character operator. */
const DEPTH = new Int8Array(128);
for (const bracket of '([{') DEPTH[bracket.charCodeAt(0)] = 1;
for (const bracket of ')]}') DEPTH[bracket.charCodeAt(0)] = -1;

/** Number of zero bytes that must follow a source. */
export const PADDING = 8;

/**
 * Passes the tokens of a source to `sink`; lines are separated by line feeds.
 * @param source valid UTF-8 up to `length`, then `PADDING` zero bytes
 * @param unfinished continues after a line whose indentation matches no outer level, since the user is still typing
 * @returns null, or where and why tokenize would raise; the sink has then received the tokens before that, or all of them if unfinished
 */
export function scan(source: Uint8Array, length: number, sink: TokenSink, unfinished = false): LexFailure | null {
  return new Scan(source, length, sink, unfinished).run();
}

/** A string that began on an earlier line. */
interface OpenString {
  readonly start: number;
  readonly line: number;
  readonly quote: number;
  readonly triple: boolean;
}

class Scan {
  readonly #source: Uint8Array;
  readonly #length: number;
  /** The source without the padding. */
  readonly #lines: Uint8Array;
  readonly #sink: TokenSink;
  readonly #unfinished: boolean;
  /** The first failure after which the scan continued. */
  #failure: LexFailure | null = null;
  /** Number of the current line, from 1. */
  #line = 0;
  /** End of the current line, after its line feed. */
  #lineEnd = 0;
  readonly #indents = [0];
  /** Open brackets minus closed ones. Below zero, the rest of the file counts as one statement. */
  #depth = 0;
  /** Whether the last line ended in a backslash outside a string. */
  #continued = false;
  #open: OpenString | null = null;
  /**
   * Set by a single-quoted string that continues on the next line, and cleared only when a string closes. So it can outlast a broken string
   * and break a triple-quoted string after it, like CPython's `needcont`.
   */
  #needsContinuation = false;

  constructor(source: Uint8Array, length: number, sink: TokenSink, unfinished: boolean) {
    this.#source = source;
    this.#length = length;
    this.#lines = source.subarray(0, length);
    this.#sink = sink;
    this.#unfinished = unfinished;
  }

  run(): LexFailure | null {
    for (;;) {
      const lineStart = this.#lineEnd;
      this.#line++;
      if (lineStart >= this.#length) return this.#failure ?? this.#finish();
      this.#lineEnd = this.#endOfLine(lineStart);

      if (this.#open) {
        this.#tokens(this.#continueString(this.#open, lineStart));
      } else if (this.#depth === 0 && !this.#continued) {
        const start = this.#beginStatement(lineStart);
        if (start < 0) return this.#misindented();
        this.#tokens(start);
      } else {
        this.#continued = false;
        this.#tokens(lineStart);
      }
    }
  }

  #misindented(): LexFailure {
    return { line: this.#line, reason: 'the indentation matches no outer level' };
  }

  #endOfLine(from: number): number {
    const newline = this.#lines.indexOf(LF, from);
    return newline < 0 ? this.#length : newline + 1;
  }

  #finish(): LexFailure | null {
    if (this.#open) return { line: this.#open.line, reason: 'the string that begins here is never closed' };
    if (this.#continued) return { line: this.#line, reason: 'the file ends after a backslash that continues the line' };
    if (this.#depth > 0) return { line: this.#line, reason: 'the file ends inside brackets' };
    if (this.#depth < 0) return { line: this.#line, reason: 'a bracket is closed that was never opened' };
    return null;
  }

  /** Position after the open string, or the line's end if the string covers the whole line. */
  #continueString(open: OpenString, lineStart: number): number {
    const { quote, triple } = open;
    const end = (triple ? endOfTriple : endOfContinued)(this.#source, lineStart, this.#lineEnd, quote);
    if (end >= 0) {
      this.#sink.string(open.start, end);
      this.#open = null;
      this.#needsContinuation = false;
      return end;
    }
    if (this.#needsContinuation && !endsInContinuation(this.#source, lineStart, this.#lineEnd)) {
      this.#sink.broken(open.start, this.#lineEnd);
      this.#open = null;
    }
    return this.#lineEnd;
  }

  /** Position of the line's first token, the line's end if it has none, or -1 if its indentation matches no level. */
  #beginStatement(lineStart: number): number {
    const source = this.#source;
    let pos = lineStart;
    let column = 0;
    for (; pos < this.#lineEnd; pos++) {
      const c = source[pos]!;
      if (c === SPACE) column++;
      else if (c === TAB) column = (Math.floor(column / TAB_SIZE) + 1) * TAB_SIZE;
      else if (c === FF) column = 0;
      else break;
    }
    if (pos === this.#lineEnd) return pos;
    const first = source[pos]!;
    if (first === HASH || first === LF || first === CR) {
      this.#sink.newline(this.#lineEnd - 1);
      return this.#lineEnd;
    }
    const indents = this.#indents;
    while (column < indents.at(-1)!) {
      if (!indents.includes(column)) {
        if (!this.#unfinished) return -1;
        this.#failure ??= this.#misindented();
      }
      indents.pop();
    }
    if (column > indents.at(-1)!) indents.push(column);
    return pos;
  }

  /** Reports the tokens from `from` to the end of the line. */
  #tokens(from: number): void {
    const source = this.#source;
    const sink = this.#sink;
    const lineEnd = this.#lineEnd;
    let pos = from;
    while (pos < lineEnd) {
      const c = source[pos]!;
      const kind = c < 128 ? CLASS[c]! : isWordAt(source, pos) ? LETTER : OTHER;
      if (kind === BLANK) {
        pos++;
      } else if (kind === LETTER) {
        const quoteAt = quoteAfterPrefix(source, pos, c);
        if (quoteAt >= 0) {
          pos = this.#string(pos, quoteAt);
        } else {
          pos = this.#name(pos);
        }
      } else if (kind === DIGIT || (c === DOT && isDigit(source[pos + 1]!))) {
        const end = endOfNumber(source, pos);
        sink.number(pos, end);
        pos = end;
      } else if (kind === OPERATOR) {
        const end = endOfOperator(source, pos, c);
        this.#depth += end === pos + 1 ? DEPTH[c]! : 0;
        sink.symbol(pos, end);
        pos = end;
      } else if (kind === QUOTE) {
        pos = this.#string(pos, pos);
      } else if (c === LF || (c === CR && source[pos + 1] === LF)) {
        sink.newline(pos);
        return;
      } else if (c === HASH) {
        pos = endOfComment(source, pos, lineEnd);
      } else if (c === BACKSLASH && endsInContinuation(source, pos, lineEnd, pos)) {
        this.#continued = true;
        return;
      } else {
        pos = this.#unexpectedCharacter(pos, c);
      }
    }
  }

  /** Reports the string with its prefix at `pos` and its quote at `quoteAt`. An unclosed string is handled as in tokenize. */
  #string(pos: number, quoteAt: number): number {
    const source = this.#source;
    const lineEnd = this.#lineEnd;
    const quote = source[quoteAt]!;
    const triple = source[quoteAt + 1] === quote && source[quoteAt + 2] === quote;
    const end = triple
      ? endOfTriple(source, quoteAt + 3, lineEnd, quote)
      : endOfSingle(source, quoteAt + 1, lineEnd, quote);
    if (end >= 0) {
      this.#sink.string(pos, end);
      return end;
    }
    if (triple || end === CONTINUED) {
      this.#open = { start: pos, line: this.#line, quote, triple };
      this.#needsContinuation ||= !triple;
      return lineEnd;
    }
    if (quoteAt === pos) {
      this.#sink.symbol(pos, pos + 1);
      return pos + 1;
    }
    return this.#name(pos);
  }

  /** Reports the name that begins at `pos`, with its hash. */
  #name(pos: number): number {
    const source = this.#source;
    let end = pos;
    let hash = HASH_START;
    for (;;) {
      const c = source[end]!;
      if (c < 128) {
        const kind = CLASS[c]!;
        if (kind !== LETTER && kind !== DIGIT) break;
        hash = Math.imul(hash ^ c, HASH_FACTOR);
        end++;
      } else {
        if (!isWordAt(source, end)) break;
        for (const after = end + widthOf(c); end < after; end++) hash = Math.imul(hash ^ source[end]!, HASH_FACTOR);
      }
    }
    this.#sink.name(pos, end, hash);
    return end;
  }

  /** Reports a character that begins no token, unless it is white space. */
  #unexpectedCharacter(pos: number, lead: number): number {
    const end = pos + widthOf(lead);
    if (!isPythonSpace(codePointAt(this.#source, pos))) this.#sink.symbol(pos, end);
    return end;
  }
}
