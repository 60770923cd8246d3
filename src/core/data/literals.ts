/** Which literals keep their text. */
import { z } from 'zod';
import { Interner } from '../python/lexer/interner.ts';
import type { TokenTable } from '../python/lexer/tokens.ts';
import type { CorpusFile } from './corpus.ts';
import type { Rules } from '../python/lexer/rules.ts';
import { Tally } from './tally.ts';
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
 * @param files in the order in which ties are decided
 */
export function chooseLiterals(files: Iterable<CorpusFile>, table: TokenTable): Literals {
  const tally = new Tally(table.size);
  for (const { tokens } of files) for (let i = 0; i < tokens.length; i++) tally.add(tokens[i]!);
  // Bodies in an interner of their own: a large corpus has millions, docstrings among them.
  const bodies = { str: new Interner(), num: new Interner() };
  const counts = { str: new Tally(table.size), num: new Tally(table.size) };
  for (const id of tally.seen) {
    if (table.kindOf(id) === 'word') continue;
    const token = table.token(id);
    if (token.kind === 'word' || token.body === '') continue;
    counts[token.kind].add(bodies[token.kind].internText(token.body, 0), tally.count(id));
  }
  const commonest = (kind: 'str' | 'num', limit: number) =>
    Array.from(counts[kind].mostCommon().subarray(0, limit), (body) => bodies[kind].textOf(body));
  return { str: commonest('str', KEPT_STRINGS), num: commonest('num', KEPT_NUMBERS) };
}

const READY_MADE = /<(STR|NUM)_LIT(?::(.*))?>/s;

/**
 * The kept literals of tokens that came ready-made, those that occur in `<STR_LIT:...>` and `<NUM_LIT:...>`, by falling
 * count; and the rules that made them: the older ones know no such marks.
 */
export function readyMadeLiterals(
  files: Iterable<CorpusFile>,
  table: TokenTable,
): { readonly literals: Literals; readonly rules: Rules } {
  const tally = new Tally(table.size);
  for (const { tokens } of files) for (let i = 0; i < tokens.length; i++) tally.add(tokens[i]!);
  const counts = { STR: new Map<string, number>(), NUM: new Map<string, number>() };
  let marked = false;
  for (const id of tally.mostCommon()) {
    const [, kind, body] = READY_MADE.exec(wordOf(table, id)) ?? [];
    if (kind !== 'STR' && kind !== 'NUM') continue;
    marked = true;
    if (body !== undefined) counts[kind].set(body, (counts[kind].get(body) ?? 0) + tally.count(id));
  }
  const all = (of: Map<string, number>) => mostCommon(of, of.size).map(([body]) => body);
  return {
    literals: { str: all(counts.STR), num: all(counts.NUM) },
    rules: marked ? 'codexglue-2021' : 'codexglue-2020',
  };
}

function wordOf(table: TokenTable, id: number): string {
  const token = table.token(id);
  return token.kind === 'word' ? token.text : '';
}
