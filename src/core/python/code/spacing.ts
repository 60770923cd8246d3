/**
 * Spaces between tokens, as PEP 8 recommends them. Tokens do not contain spaces, so they have to be guessed when tokens are written as
 * code.
 */
import { END_TOKEN, START_TOKEN, UNK_TOKEN } from '../specialTokens.ts';
import { CONSTANT_KEYWORDS, KEYWORDS, PYTHON_2_KEYWORDS } from '../keywords.ts';

export type PieceKind = 'word' | 'keyword' | 'sign' | 'unknown' | 'literal' | 'kept' | 'mark';

export interface CodePiece {
  /** White space before the token; empty at the beginning of a line, whose indentation is not included. */
  readonly before: string;
  readonly text: string;
  readonly kind: PieceKind;
  /** The token as it is in the vocabulary. */
  readonly token: string;
}

/** Words with spaces around them. `None`, `True` and `False` are spaced like names. */
const SPACED_WORDS: ReadonlySet<string> = new Set(
  [...KEYWORDS, ...PYTHON_2_KEYWORDS].filter((word) => !CONSTANT_KEYWORDS.has(word)),
);
export const OPENING: ReadonlySet<string> = new Set(['(', '[', '{']);
export const CLOSING: ReadonlySet<string> = new Set([')', ']', '}']);
const CLOSE_BEFORE: ReadonlySet<string> = new Set([')', ']', '}', ',', ':', ';']);
const MAYBE_UNARY: ReadonlySet<string> = new Set(['-', '+', '~', '*', '**']);
const LITERAL = /^([A-Za-z]*(?:'''|"""|'|"))<STR_LIT(?::([\s\S]*))?>('''|"""|'|")$/;
const NUMBER = /^<NUM_LIT(?::([\s\S]*))?>$/;

/** An open bracket. */
interface Bracket {
  readonly token: string;
  /** Whether there is an annotation since the last comma: `f(a: int = 1)`. */
  annotated: boolean;
}

/** Determines the space before each token of a text, in order. */
export class Spacing {
  readonly #brackets: Bracket[] = [];
  #previous: CodePiece | null = null;
  #unary = false;
  /** Whether the position is between `lambda` and its colon. */
  #inLambda = false;

  /** Number of open brackets. */
  get depth(): number {
    return this.#brackets.length;
  }

  /** Call when the next token begins a line. */
  newLine(): void {
    this.#previous = null;
    this.#unary = false;
    this.#inLambda = false;
  }

  next(token: string): CodePiece {
    if (CLOSING.has(token)) this.#brackets.pop();
    const bracket = this.#brackets.at(-1);
    const previous = this.#previous;
    const { text, kind } = shownAs(token);
    const place = {
      isNamed: this.#inLambda || (bracket?.token === '(' && !bracket.annotated),
      isItem: bracket?.token === '[',
    };
    const before = previous === null || this.#unary || !isApart(previous, token, kind, place) ? '' : ' ';
    this.#unary = (MAYBE_UNARY.has(token) && !endsValue(previous)) || (token === '@' && previous === null);
    if (token === 'lambda') this.#inLambda = true;
    else if (token === ':' && this.#inLambda) this.#inLambda = false;
    else if (bracket && token === ':') bracket.annotated = true;
    if (bracket && token === ',') bracket.annotated = false;
    if (OPENING.has(token)) this.#brackets.push({ token, annotated: false });
    this.#previous = { before, text, kind, token };
    return this.#previous;
  }
}

/** Splits a string token into prefix and quotes, body, and quotes. The body is null if it is not kept. */
export function stringParts(
  token: string,
): { readonly opening: string; readonly body: string | null; readonly closing: string } | null {
  const string = LITERAL.exec(token);
  if (!string) return null;
  const [, opening = '', body, closing = ''] = string;
  return { opening, body: body === undefined ? null : writtenBody(body), closing };
}

/** The digits of a number token; null if they are not kept, undefined if the token is not a number. */
export function numberOf(token: string): string | null | undefined {
  const number = NUMBER.exec(token);
  return number ? (number[1] ?? null) : undefined;
}

/** The body as written in source. */
function writtenBody(body: string): string {
  return body.replaceAll('U+0020', ' ').replaceAll('U+002C', ',');
}

function shownAs(token: string): Pick<CodePiece, 'text' | 'kind'> {
  if (token === UNK_TOKEN) return { text: token, kind: 'unknown' };
  if (token === START_TOKEN || token === END_TOKEN) return { text: token, kind: 'mark' };
  const string = stringParts(token);
  if (string?.body === null) return { text: token, kind: 'literal' };
  if (string) return { text: `${string.opening}${string.body}${string.closing}`, kind: 'kept' };
  const number = numberOf(token);
  if (number !== undefined) return number === null ? { text: token, kind: 'literal' } : { text: number, kind: 'kept' };
  if (SPACED_WORDS.has(token)) return { text: token, kind: 'keyword' };
  return { text: token, kind: /^[\p{L}\p{N}_'"]/u.test(token) ? 'word' : 'sign' };
}

/** Whether a value ends with this piece, so that a call, a subscript or a binary operator can follow. */
function endsValue(piece: CodePiece | null): boolean {
  if (piece === null || piece.kind === 'mark') return false;
  if (piece.kind === 'keyword') return PYTHON_2_KEYWORDS.has(piece.token);
  return piece.kind !== 'sign' || CLOSING.has(piece.token) || piece.token === '...';
}

interface Place {
  /** Whether `=` here sets a parameter or an argument. */
  readonly isNamed: boolean;
  /** Whether a colon here makes a slice. */
  readonly isItem: boolean;
}

function isApart(previous: CodePiece, token: string, kind: PieceKind, { isNamed, isItem }: Place): boolean {
  if (kind === 'mark') return true;
  if (OPENING.has(previous.token) || CLOSE_BEFORE.has(token)) return false;
  if (isNamed && (token === '=' || previous.token === '=')) return false;
  const slices = isItem && previous.token === ':';
  if (token === '(' || token === '[') return !endsValue(previous) && !slices;
  if (token === '.') return previous.kind === 'keyword';
  if (previous.token === '.') return kind === 'keyword';
  return !slices;
}
