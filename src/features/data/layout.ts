/**
 * Lays tokens out as code again. Spaces and indentation are not among the tokens: the spaces are those that people would type,
 * and what stands within brackets over several lines is moved in; blocks stay at the margin, since nothing tells their depth.
 */
import { END_TOKEN, EOL_TOKEN, START_TOKEN } from '../../core/lexer/marks.ts';
import { UNK_TOKEN } from '../../core/dataset/vocabulary.ts';

export type TokenKind = 'word' | 'keyword' | 'sign' | 'unknown' | 'literal' | 'kept' | 'mark';

export interface CodePiece {
  /** White space that stands before it. */
  readonly before: string;
  readonly text: string;
  readonly kind: TokenKind;
  /** The token as it is in the vocabulary. */
  readonly token: string;
}

const KEYWORDS: ReadonlySet<string> = new Set(
  'and as assert async await break class continue def del elif else except finally for from global if import in is lambda nonlocal not or pass raise return try while with yield print exec'.split(
    ' ',
  ),
);
/** Those that a bracket follows closely, as it follows a name. */
const CALLED_KEYWORDS: ReadonlySet<string> = new Set(['print', 'exec']);
const OPENING: ReadonlySet<string> = new Set(['(', '[', '{']);
const CLOSING: ReadonlySet<string> = new Set([')', ']', '}']);
const CLOSE_BEFORE: ReadonlySet<string> = new Set([')', ']', '}', ',', ':', ';']);
const MAYBE_UNARY: ReadonlySet<string> = new Set(['-', '+', '~', '*', '**']);
const LITERAL = /^([A-Za-z]*(?:'''|"""|'|"))<STR_LIT(?::([\s\S]*))?>('''|"""|'|")$/;
const NUMBER = /^<NUM_LIT(?::([\s\S]*))?>$/;
const INDENT = '    ';

/** Lines of code. @param tokens of one row, PAD left out */
export function layOut(tokens: readonly string[]): readonly (readonly CodePiece[])[] {
  const lines: CodePiece[][] = [[]];
  const brackets: string[] = [];
  let previous: CodePiece | null = null;
  let unary = false;
  for (const token of tokens) {
    if (token === EOL_TOKEN) {
      lines.push([]);
      previous = null;
      unary = false;
      continue;
    }
    const line = lines.at(-1)!;
    if (CLOSING.has(token)) brackets.pop();
    const { text, kind } = shownAs(token);
    const before: string =
      previous === null
        ? INDENT.repeat(brackets.length)
        : unary || !isApart(previous, token, kind, brackets.at(-1))
          ? ''
          : ' ';
    unary = (MAYBE_UNARY.has(token) && !endsValue(previous)) || (token === '@' && previous === null);
    if (OPENING.has(token)) brackets.push(token);
    previous = { before, text, kind, token };
    line.push(previous);
    if (token === START_TOKEN) lines.push([]);
    if (token === START_TOKEN) previous = null;
  }
  if (lines.at(-1)!.length === 0) lines.pop();
  return lines;
}

function shownAs(token: string): Pick<CodePiece, 'text' | 'kind'> {
  if (token === UNK_TOKEN) return { text: token, kind: 'unknown' };
  if (token === START_TOKEN || token === END_TOKEN) return { text: token, kind: 'mark' };
  const string = LITERAL.exec(token);
  if (string) {
    const [, opening = '', body, closing = ''] = string;
    if (body === undefined) return { text: token, kind: 'literal' };
    const written = body.replaceAll('U+0020', ' ').replaceAll('U+002C', ',');
    return { text: `${opening}${written}${closing}`, kind: 'kept' };
  }
  const number = NUMBER.exec(token);
  if (number) return number[1] === undefined ? { text: token, kind: 'literal' } : { text: number[1], kind: 'kept' };
  if (KEYWORDS.has(token)) return { text: token, kind: 'keyword' };
  return { text: token, kind: /^[\p{L}\p{N}_'"]/u.test(token) ? 'word' : 'sign' };
}

/** Whether a value ends here, so that what follows is its call, its item, or an operator between two values. */
function endsValue(piece: CodePiece | null): boolean {
  if (piece === null || piece.kind === 'mark') return false;
  if (piece.kind === 'keyword') return CALLED_KEYWORDS.has(piece.token);
  return piece.kind !== 'sign' || CLOSING.has(piece.token) || piece.token === '...';
}

function isApart(previous: CodePiece, token: string, kind: TokenKind, bracket: string | undefined): boolean {
  if (kind === 'mark') return true;
  if (OPENING.has(previous.token) || CLOSE_BEFORE.has(token)) return false;
  if (token === '(' || token === '[') return !endsValue(previous);
  if (token === '.') return previous.kind === 'keyword';
  if (previous.token === '.') return kind === 'keyword';
  // a named argument, and a slice
  if (bracket === '(' && (token === '=' || previous.token === '=')) return false;
  return !(bracket === '[' && previous.token === ':');
}
