/** Which literals are kept as themselves. */
import { z } from 'zod';
import type { TokenTable } from '../lexer/tokens.ts';
import { mostCommon } from './vocabulary.ts';

/** As many as CodeXGLUE keeps of py150. */
export const KEPT_STRINGS = 200;
export const KEPT_NUMBERS = 30;

/** By falling count; a string's body with space as `U+0020` and comma as `U+002C`. CodeXGLUE's `literals.json` has this form, too. */
export const literalsSchema = z.object({ str: z.array(z.string()), num: z.array(z.string()) });
export type Literals = z.infer<typeof literalsSchema>;

/**
 * The commonest literals of some files. A string counts by its body alone, whatever its prefix and quotes. The empty
 * string is none of them: CodeXGLUE does not list it either, though it is the commonest of all.
 * @param files token numbers of each file, in the order in which ties are decided
 */
export function chooseLiterals(files: Iterable<Int32Array>, table: TokenTable): Literals {
  const counts = { str: new Map<string, number>(), num: new Map<string, number>() };
  for (const file of files) {
    for (const id of file) {
      const token = table.token(id);
      if (token.kind === 'word' || token.body === '') continue;
      const of = counts[token.kind];
      of.set(token.body, (of.get(token.body) ?? 0) + 1);
    }
  }
  const commonest = (of: Map<string, number>, limit: number) => mostCommon(of, limit).map(([body]) => body);
  return { str: commonest(counts.str, KEPT_STRINGS), num: commonest(counts.num, KEPT_NUMBERS) };
}
