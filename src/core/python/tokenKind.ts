/** The kind of a token: keyword, name, literal and so on. */
import { KEYWORDS } from './keywords.ts';
import { END_TOKEN, EOL_TOKEN, START_TOKEN } from './specialTokens.ts';

export const TOKEN_KINDS = ['keyword', 'name', 'operator', 'literal', 'end of line', 'end of file', 'unknown'] as const;
export type TokenKind = (typeof TOKEN_KINDS)[number];

const NAME = /^[\p{ID_Start}_][\p{ID_Continue}]*$/u;
/** A number, a string with its prefix, or a placeholder for them. A lone quote comes from a lexing error and is not a literal. */
const LITERAL = /^(?:<NUM_LIT|<STR_LIT|\.?\d|[a-zA-Z]{0,3}['"].)/;

export function kindOf(token: string): TokenKind {
  if (token === EOL_TOKEN) return 'end of line';
  if (token === END_TOKEN || token === START_TOKEN) return 'end of file';
  if (KEYWORDS.has(token)) return 'keyword';
  if (LITERAL.test(token)) return 'literal';
  return NAME.test(token) ? 'name' : 'operator';
}
