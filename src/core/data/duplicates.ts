/** Files that are the same as an earlier one: py150 has thousands of them. */
import type { CorpusFile } from './corpus.ts';

/**
 * Indices of files whose tokens are those of an earlier file. Literals are compared as in the source; comments and blank lines do not
 * count. Files without tokens are not duplicates. Hashes only select candidates, which are then compared, so hash collisions do not matter.
 */
export function findDuplicates(files: readonly CorpusFile[]): Set<number> {
  const duplicates = new Set<number>();
  const firsts = new Map<number, number[]>();
  for (const [index, { tokens }] of files.entries()) {
    if (tokens.length === 0) continue;
    const hash = hashOf(tokens);
    const same = firsts.get(hash);
    if (same === undefined) firsts.set(hash, [index]);
    else if (same.some((first) => equal(files[first]!.tokens, tokens))) duplicates.add(index);
    else same.push(index);
  }
  return duplicates;
}

/** FNV-1a over ids, twice, as one number of 53 bits. */
function hashOf(tokens: Int32Array): number {
  let low = 0x811c9dc5;
  let high = tokens.length;
  for (let i = 0; i < tokens.length; i++) {
    low = Math.imul(low ^ tokens[i]!, 0x01000193);
    high = Math.imul(high ^ tokens[i]!, 0x5bd1e995) ^ (high >>> 15);
  }
  return (low >>> 0) * 2 ** 21 + (high >>> 11);
}

function equal(a: Int32Array, b: Int32Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}
