import { describe, expect, it } from 'vitest';
import { LabError } from '../failure.ts';
import { buildDataset } from './build.ts';
import { corpusOf } from './corpus.fixture.ts';
import { type Manifest, parseManifest, readingOf } from './manifest.ts';

async function someManifest(): Promise<Manifest> {
  const corpus = await corpusOf({ 'a.py': 'a b' });
  const source = { kind: 'dir', title: 'Code', description: 'Code.', licence: 'MIT' };
  return buildDataset(corpus, { id: 'code', source, length: 4 }, () => Promise.resolve());
}

function failureKind(text: string): string {
  try {
    parseManifest(text, 'a test');
  } catch (error) {
    if (error instanceof LabError) return error.failure.kind;
    throw error;
  }
  return 'none';
}

describe('parseManifest', () => {
  it('reads what the pipeline writes', async () => {
    const manifest = await someManifest();
    expect(parseManifest(JSON.stringify(manifest), 'a test')).toEqual(manifest);
  });

  it('says how files were read; an older one, which does not, has read bytes', async () => {
    const { reading, ...older } = await someManifest();
    expect(reading).toBe('text');
    const parsed = parseManifest(JSON.stringify(older), 'a test');
    expect(parsed).toEqual(older);
    expect(readingOf(parsed)).toBe('bytes');
  });

  it('tells a version it does not know from what is no manifest at all', async () => {
    const manifest = await someManifest();
    expect(failureKind(JSON.stringify({ ...manifest, schema: 2 }))).toBe('unknown-version');
    expect(failureKind('{"schema": 99}')).toBe('unknown-version');
    expect(failureKind('{}')).toBe('bad-input');
    expect(failureKind('<!doctype html>')).toBe('bad-input');
  });

  it('refuses what contradicts itself, and names that point outside the folder', async () => {
    const manifest = await someManifest();
    const { train } = manifest.splits;
    const withTrain = (change: Partial<typeof train>) =>
      JSON.stringify({ ...manifest, splits: { ...manifest.splits, train: { ...train, ...change } } });
    const shard = train.shards[0]!;
    expect(failureKind(withTrain({}))).toBe('none');
    expect(failureKind(withTrain({ rows: 2 }))).toBe('bad-input');
    expect(failureKind(withTrain({ shards: [{ ...shard, bytes: shard.bytes + 1 }] }))).toBe('bad-input');
    expect(failureKind(withTrain({ shards: [{ ...shard, file: '../x.bin' }] }))).toBe('bad-input');
    expect(failureKind(JSON.stringify({ ...manifest, vocabulary: { tokens: ['a'], counts: [] } }))).toBe('bad-input');
  });
});
