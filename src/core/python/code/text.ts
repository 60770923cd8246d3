/** Lexes a text that is being typed, by the rules of a model's data set, and returns each token with its position. */
import { foldSpace } from '../lexer/characters.ts';
import { EOL_TOKEN } from '../specialTokens.ts';
import { endLinesAtReturns, hasUniversalNewlines, type SourceReading } from '../lexer/reading.ts';
import type { LexFailure } from '../lexer/result.ts';
import { textOf2020, type Rules } from '../lexer/rules.ts';
import { PADDING, scan, type TokenSink } from '../lexer/scanner.ts';
import { stringToken, textOf, type KeptLiterals, type RawToken } from '../lexer/tokens.ts';

/** How a data set writes tokens. */
export interface TextLanguage {
  readonly rules: Rules;
  readonly reading: SourceReading;
  readonly kept: KeptLiterals;
}

/** Kind of token that the scanner reported. */
export type Lexeme = 'name' | 'symbol' | 'number' | 'string' | 'newline' | 'broken';

export interface LexedText {
  /** Without `<s>` and `</s>`. */
  readonly tokens: readonly string[];
  readonly kinds: readonly Lexeme[];
  /** In UTF-16 units; an `<EOL>` is at its line feed or carriage return. */
  readonly starts: Int32Array<ArrayBuffer>;
  readonly ends: Int32Array<ArrayBuffer>;
  /** Where and why CPython's tokenizer would fail; null if it would not. */
  readonly trouble: LexFailure | null;
}

/**
 * Like `lexPython`, but for unfinished text. It returns the tokens before an error, accepts strings and brackets that are still
 * open at the end, and keeps an `<EOL>` for a line feed at the end, since the next token begins a line.
 */
export function lexText(text: string, language: TextLanguage): LexedText {
  const { source, length, units } = encoded(text);
  if (hasUniversalNewlines(language.reading)) endLinesAtReturns(source, length);
  const tokens: string[] = [];
  const kinds: Lexeme[] = [];
  const starts: number[] = [];
  const ends: number[] = [];
  const push = (kind: Lexeme, start: number, end: number, token: string) => {
    // The older rules drop long tokens. Empty lines have no `<EOL>`.
    if (token === '' || (token === EOL_TOKEN && (tokens.at(-1) ?? EOL_TOKEN) === EOL_TOKEN)) return;
    tokens.push(token);
    kinds.push(kind);
    starts.push(units ? units[start]! : start);
    ends.push(units ? units[end]! : end);
  };
  const write = (token: RawToken) =>
    language.rules === 'codexglue-2020' ? textOf2020(token) : textOf(token, language.kept);
  const sourceOf = (start: number, end: number) =>
    units ? text.slice(units[start], units[end]) : text.slice(start, end);
  const sink: TokenSink = {
    name: (start, end) => push('name', start, end, write({ kind: 'word', text: sourceOf(start, end) })),
    symbol: (start, end) => push('symbol', start, end, write({ kind: 'word', text: sourceOf(start, end) })),
    number: (start, end) => push('number', start, end, write({ kind: 'num', body: sourceOf(start, end) })),
    string: (start, end) => push('string', start, end, write(stringToken(foldSpace(sourceOf(start, end))))),
    newline: (at) => push('newline', at, at + 1, EOL_TOKEN),
    broken: (start, end) => push('broken', start, end, write({ kind: 'word', text: foldSpace(sourceOf(start, end)) })),
  };
  const trouble = scan(source, length, sink, true);
  return { tokens, kinds, starts: Int32Array.from(starts), ends: Int32Array.from(ends), trouble };
}

const encoder = new TextEncoder();

/** UTF-8 with the scanner's padding, and the position in the text of each byte; `units` is null if the positions are the same. */
function encoded(text: string): {
  readonly source: Uint8Array;
  readonly length: number;
  readonly units: Int32Array | null;
} {
  // A byte order mark at the beginning is not part of the first token.
  const mark = text.startsWith('\ufeff') ? 1 : 0;
  const source = new Uint8Array(3 * text.length + PADDING);
  const { written: length } = encoder.encodeInto(text.slice(mark), source);
  if (mark === 0 && length === text.length) return { source, length, units: null };
  const units = new Int32Array(length + 1);
  for (let unit = mark, byte = 0; unit < text.length;) {
    const lead = source[byte]!;
    const width = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    units.fill(unit, byte, byte + width);
    byte += width;
    unit += width === 4 ? 2 : 1;
  }
  units[length] = text.length;
  return { source, length, units };
}
