/**
 * The pure-Python tokenizer of CPython 3.8 to 3.11 (`Lib/tokenize.py`, 3.11), by hand over UTF-16 code units: tolerant,
 * line by line, and with its quirks, since CodeXGLUE's data was made with it. What never reaches a model is not told:
 * comments, INDENT, DEDENT, ENCODING, ENDMARKER, and error tokens that are white space. It does not fold white space
 * and knows nothing of literals: `tokens.ts` does.
 */
import { isPythonSpace } from './characters.ts';
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
  endOfWord,
  endsInContinuation,
  isDigit,
  isWordAt,
  quoteAfterPrefix,
} from './lexemes.ts';
import type { LexFailure } from './result.ts';

/** Hears the tokens of a file in order, each with its text as it stands in the source. */
export interface TokenSink {
  /** A name or keyword. */
  name(text: string): void;
  /** An operator, or a character that begins no token, as itself. */
  symbol(text: string): void;
  number(text: string): void;
  string(text: string): void;
  /** A NEWLINE or NL. */
  newline(): void;
  /** A quoted string that ends in no quote after a continued line: may hold white space. */
  broken(text: string): void;
}

/** Columns between tab stops, when indentation is measured. */
const TAB_SIZE = 8;

/** The characters of ASCII as strings of one unit: cheaper than cutting them out each time. */
const CHAR: readonly string[] = Array.from({ length: 128 }, (_, c) => String.fromCharCode(c));

/** What an operator of one character does to the depth of brackets. */
const DEPTH = new Int8Array(128);
for (const bracket of '([{') DEPTH[bracket.charCodeAt(0)] = 1;
for (const bracket of ')]}') DEPTH[bracket.charCodeAt(0)] = -1;

/**
 * Tells `sink` the tokens of a source text, lines separated by line feeds.
 * @returns null, or where and why tokenize would raise; the sink has then heard the tokens before that
 */
export function scan(text: string, sink: TokenSink): LexFailure | null {
  return new Scan(text, sink).run();
}

/** A string that began on an earlier line. */
interface OpenString {
  readonly start: number;
  readonly line: number;
  readonly quote: number;
  readonly triple: boolean;
}

class Scan {
  readonly #text: string;
  readonly #sink: TokenSink;
  /** From 1. */
  #line = 0;
  /** After the line feed of the current line. */
  #lineEnd = 0;
  readonly #indents = [0];
  /** Open brackets less closed ones; below zero, what follows is one statement without an end. */
  #depth = 0;
  /** Whether the last line ended in a backslash outside a string. */
  #continued = false;
  #open: OpenString | null = null;
  /**
   * Set by a single-quoted string that goes on, cleared only where a string closes: so it can outlast a broken string and
   * break a triple-quoted one after it. CPython's `needcont` does that, too.
   */
  #needsContinuation = false;

  constructor(text: string, sink: TokenSink) {
    this.#text = text;
    this.#sink = sink;
  }

  run(): LexFailure | null {
    const text = this.#text;
    for (;;) {
      const lineStart = this.#lineEnd;
      this.#line++;
      if (lineStart >= text.length) return this.#finish();
      const newline = text.indexOf('\n', lineStart);
      this.#lineEnd = newline < 0 ? text.length : newline + 1;

      if (this.#open) {
        this.#tokens(this.#continueString(this.#open, lineStart));
      } else if (this.#depth === 0 && !this.#continued) {
        const start = this.#beginStatement(lineStart);
        if (start < 0) return { line: this.#line, reason: 'the indentation matches no outer level' };
        this.#tokens(start);
      } else {
        this.#continued = false;
        this.#tokens(lineStart);
      }
    }
  }

  #finish(): LexFailure | null {
    if (this.#open) return { line: this.#open.line, reason: 'the string that begins here is never closed' };
    if (this.#continued) return { line: this.#line, reason: 'the file ends after a backslash that continues the line' };
    if (this.#depth > 0) return { line: this.#line, reason: 'the file ends inside brackets' };
    if (this.#depth < 0) return { line: this.#line, reason: 'a bracket is closed that was never opened' };
    return null;
  }

  /** Position after the end of the open string, or the line's end where the string takes all of the line. */
  #continueString(open: OpenString, lineStart: number): number {
    const { quote, triple } = open;
    const end = (triple ? endOfTriple : endOfContinued)(this.#text, lineStart, this.#lineEnd, quote);
    if (end >= 0) {
      this.#sink.string(this.#text.slice(open.start, end));
      this.#open = null;
      this.#needsContinuation = false;
      return end;
    }
    if (this.#needsContinuation && !endsInContinuation(this.#text, lineStart, this.#lineEnd)) {
      this.#sink.broken(this.#text.slice(open.start, this.#lineEnd));
      this.#open = null;
    }
    return this.#lineEnd;
  }

  /** Position of the line's first token, the line's end where it has none, -1 where its indentation matches no level. */
  #beginStatement(lineStart: number): number {
    const text = this.#text;
    let pos = lineStart;
    let column = 0;
    for (; pos < this.#lineEnd; pos++) {
      const c = text.charCodeAt(pos);
      if (c === SPACE) column++;
      else if (c === TAB) column = (Math.floor(column / TAB_SIZE) + 1) * TAB_SIZE;
      else if (c === FF) column = 0;
      else break;
    }
    if (pos === this.#lineEnd) return pos;
    const first = text.charCodeAt(pos);
    if (first === HASH || first === LF || first === CR) {
      this.#sink.newline();
      return this.#lineEnd;
    }
    const indents = this.#indents;
    if (column > indents.at(-1)!) indents.push(column);
    while (column < indents.at(-1)!) {
      if (!indents.includes(column)) return -1;
      indents.pop();
    }
    return pos;
  }

  /** Tells the tokens from `from` to the end of the line. */
  #tokens(from: number): void {
    const text = this.#text;
    const sink = this.#sink;
    const lineEnd = this.#lineEnd;
    let pos = from;
    while (pos < lineEnd) {
      const c = text.charCodeAt(pos);
      const kind = c < 128 ? CLASS[c]! : isWordAt(text, pos, c) ? LETTER : OTHER;
      if (kind === BLANK) {
        pos++;
      } else if (kind === LETTER) {
        const quoteAt = quoteAfterPrefix(text, pos, c);
        if (quoteAt >= 0) {
          pos = this.#string(pos, quoteAt);
        } else {
          const end = endOfWord(text, pos, lineEnd);
          sink.name(text.slice(pos, end));
          pos = end;
        }
      } else if (kind === DIGIT || (c === DOT && isDigit(text.charCodeAt(pos + 1)))) {
        const end = endOfNumber(text, pos);
        sink.number(text.slice(pos, end));
        pos = end;
      } else if (kind === OPERATOR) {
        const end = endOfOperator(text, pos);
        this.#depth += end === pos + 1 ? DEPTH[c]! : 0;
        sink.symbol(end === pos + 1 ? CHAR[c]! : text.slice(pos, end));
        pos = end;
      } else if (kind === QUOTE) {
        pos = this.#string(pos, pos);
      } else if (c === LF || (c === CR && text.charCodeAt(pos + 1) === LF)) {
        sink.newline();
        return;
      } else if (c === HASH) {
        pos = endOfComment(text, pos, lineEnd);
      } else if (c === BACKSLASH && endsInContinuation(text, pos, lineEnd, pos)) {
        this.#continued = true;
        return;
      } else {
        pos = this.#stray(pos, c);
      }
    }
  }

  /** Tells the string whose prefix begins at `pos` and whose quote is at `quoteAt`; where it has no end, what tokenize makes of it. */
  #string(pos: number, quoteAt: number): number {
    const text = this.#text;
    const lineEnd = this.#lineEnd;
    const quote = text.charCodeAt(quoteAt);
    const triple = text.charCodeAt(quoteAt + 1) === quote && text.charCodeAt(quoteAt + 2) === quote;
    const end = triple
      ? endOfTriple(text, quoteAt + 3, lineEnd, quote)
      : endOfSingle(text, quoteAt + 1, lineEnd, quote);
    if (end >= 0) {
      this.#sink.string(text.slice(pos, end));
      return end;
    }
    if (triple || end === CONTINUED) {
      this.#open = { start: pos, line: this.#line, quote, triple };
      this.#needsContinuation ||= !triple;
      return lineEnd;
    }
    if (quoteAt === pos) {
      this.#sink.symbol(CHAR[quote]!);
      return pos + 1;
    }
    const wordEnd = endOfWord(text, pos, lineEnd);
    this.#sink.name(text.slice(pos, wordEnd));
    return wordEnd;
  }

  /** Tells a character that begins no token, unless it is white space. */
  #stray(pos: number, unit: number): number {
    const pair = unit >= 0xd800 && unit <= 0xdbff && this.#text.codePointAt(pos)! > 0xffff;
    const end = pos + (pair ? 2 : 1);
    if (!isPythonSpace(unit)) this.#sink.symbol(this.#text.slice(pos, end));
    return end;
  }
}
