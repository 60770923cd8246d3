/** A whole manifest with made-up facts and no shards, for tests that store one. */
import type { Manifest, SplitEntry } from './manifest.ts';

export function manifestOf(but: Partial<Manifest> = {}): Manifest {
  const split = (rows: number): SplitEntry => ({ rows, tokens: 0, keptTokens: 0, unknownTokens: 0, shards: [] });
  return {
    schema: 1,
    id: 'small',
    title: 'Small',
    source: { kind: 'folder', description: 'made up' },
    licence: 'none',
    rules: 'codexglue-2021',
    seed: 42,
    length: 64,
    sha256: 'ab'.repeat(32),
    counts: { files: 10, tokens: 100, distinctTokens: 5 },
    vocabulary: { tokens: ['a', 'b', 'c', 'd', 'e'], counts: [5, 4, 3, 2, 1] },
    literals: { str: ['utf-8'], num: ['0'] },
    splits: { train: split(10), validation: split(2), test: split(2) },
    skipped: [],
    ...but,
  };
}
