/** Tokens for literals that a data set does not keep: the text that `<STR_LIT>` or `<NUM_LIT>` replaced. */
import { foldSpace } from '../lexer/characters.ts';
import { stringToken, textOf, type RawToken } from '../lexer/tokens.ts';
import { numberOf, stringParts } from './spacing.ts';

/** Longer literals are rarely repeated: most are docstrings. */
const MAX_LENGTH = 60;

/**
 * @param token a token such as `'<STR_LIT>'`
 * @param source its text, such as `'utf-8'`
 * @returns a token such as `'<STR_LIT:utf-8>'`; null if the token is not a placeholder, or its literal is long or has several lines
 */
export function literalOf(token: string, source: string): string | null {
  if (source.length > MAX_LENGTH || /[\r\n]/.test(source)) return null;
  if (stringParts(token)?.body === null) return keptText(stringToken(foldSpace(source)));
  if (numberOf(token) === null) return keptText({ kind: 'num', body: source });
  return null;
}

/** The token of a literal in a data set that keeps it. */
function keptText(literal: Exclude<RawToken, { kind: 'word' }>): string {
  const bodies = new Set([literal.body]);
  return textOf(literal, { str: bodies, num: bodies });
}
