import { describe, expect, it } from 'vitest';
import { LabError } from '../failure.ts';
import { buildDataset, type BuildOptions } from './build.ts';
import { corpusOf } from './corpus.fixture.ts';
import { datasetSha256, sha256Hex } from './hash.ts';
import { type AnySplit, parseManifest, shardsOf } from './manifest.ts';
import { outsideCode } from './outside.ts';
import { decodeShard } from './shards.ts';
import { splitFiles } from './split.ts';
import { Vocabulary } from './vocabulary.ts';

const OPTIONS: BuildOptions = {
  id: 'some-code',
  source: { kind: 'dir', title: 'Some code', description: 'Some code.', licence: 'MIT' },
};

async function build(sources: readonly string[], options: Partial<BuildOptions> = {}) {
  const corpus = await corpusOf(
    Object.fromEntries(sources.map((text, i) => [`${String(i).padStart(4, '0')}.py`, text])),
  );
  const shards = new Map<string, Uint8Array<ArrayBuffer>>();
  const manifest = await buildDataset(corpus, { ...OPTIONS, ...options }, async (file, bytes) => {
    shards.set(file, await Promise.resolve(bytes));
  });
  const vocabulary = new Vocabulary(manifest.vocabulary.tokens);
  const rows = (split: AnySplit) =>
    (manifest.splits[split]?.shards ?? [])
      .flatMap(({ file }) => decodeShard(shards.get(file)!, manifest.length))
      .map((row) => [...row].map((id) => vocabulary.token(id)));
  return { manifest, shards, rows };
}

describe('buildDataset', () => {
  it('makes one row of one token', async () => {
    const { manifest, rows } = await build(['x'], { length: 5 });
    expect(rows('train')).toEqual([['<s>', 'x', '</s>', '<PAD>', '<PAD>']]);
    expect(rows('validation')).toEqual([]);
    const none = { rows: 0, tokens: 0, keptTokens: 0, unknownTokens: 0, files: 0, shards: [], outside: [] };
    expect(manifest.splits.test).toEqual(none);
    expect(manifest.counts).toEqual({ files: 1, tokens: 3, distinctTokens: 3 });
    expect(manifest.vocabulary).toEqual({ tokens: ['<s>', 'x', '</s>'], counts: [1, 1, 1] });
  });

  it.each([
    [2, ['<s>', 'a']],
    [4, ['<s>', 'a', 'b', 'c']],
    [5, ['<s>', 'a', 'b', 'c', '</s>']],
    [6, ['<s>', 'a', 'b', 'c', '</s>', '<PAD>']],
  ])('cuts or fills a file of three tokens at %i', async (length, expected) => {
    const { manifest, rows } = await build(['a b c'], { length });
    expect(rows('train')).toEqual([expected]);
    expect(manifest.splits.train).toMatchObject({ tokens: 5, keptTokens: Math.min(5, length) });
  });

  it('counts the vocabulary over whole files, before the cut', async () => {
    const { manifest } = await build(['a b c c c'], { length: 3, vocabulary: 2 });
    expect(manifest.vocabulary).toEqual({ tokens: ['c', '<s>'], counts: [3, 1] });
    expect(manifest.splits.train).toMatchObject({ keptTokens: 3, unknownTokens: 2 });
  });

  it('keeps rows in the order of the split, and lets nothing of validation or test into vocabulary and literals', async () => {
    const sources = Array.from({ length: 20 }, (_, i) => `name${i} = 'text${i}' + ${i}`);
    const { manifest, rows } = await build(sources, { length: 8 });
    const { train, validation, test } = splitFiles(20);
    expect(rows('train').map((row) => row[1])).toEqual([...train].map((i) => `name${i}`));
    expect(manifest.literals.str).toEqual([...train].map((i) => `text${i}`));
    expect(manifest.literals.num).toEqual([...train].map(String));
    for (const [split, indices] of [
      ['validation', validation],
      ['test', test],
    ] as const) {
      expect(rows(split)).toEqual(
        // its literals are not kept, and a literal that is not kept is in no training file here
        Array.from(indices, () => ['<s>', '<UNK>', '=', '<UNK>', '+', '<UNK>', '</s>', '<PAD>']),
      );
    }
    expect(manifest.splits.validation.unknownTokens).toBe(3 * validation.length);
  });

  it('keeps of validation and test which <UNK>s of a row are the same text, and which are identifiers', async () => {
    const sources = Array.from({ length: 20 }, (_, i) => `only${i} = ('text${i}' + only${i} + other${i})`);
    const { manifest, shards } = await build(sources, { length: 16 });
    expect(manifest.splits.train).not.toHaveProperty('outside');
    for (const split of ['validation', 'test'] as const) {
      const { rows, outside, shards: own } = manifest.splits[split];
      expect(outside).toHaveLength(own.length);
      const bytes = shards.get(outside![0]!.file)!;
      const codes = [...new Uint16Array(bytes.buffer)];
      // a name, a literal, the name again, another name
      const ofRow = [outsideCode(1, true), outsideCode(2, false), outsideCode(1, true), outsideCode(3, true)];
      expect(codes).toEqual(Array.from({ length: rows }, () => ofRow).flat());
    }
    expect(parseManifest(JSON.stringify(manifest), 'here')).toEqual(manifest);
    const { outside, ...test } = manifest.splits.test;
    const older = { ...manifest, splits: { ...manifest.splits, test } };
    expect(await datasetSha256(older)).toBe(manifest.sha256);
    expect(parseManifest(JSON.stringify(older), 'here')).toEqual(older);
    const wrong = {
      ...manifest,
      splits: { ...manifest.splits, test: { ...test, outside: [...outside!, outside![0]] } },
    };
    expect(() => parseManifest(JSON.stringify(wrong), 'here')).toThrow('contradicts itself about the test rows');
  });

  it('takes the literals it is told', async () => {
    const { manifest, rows } = await build([`'a' 'b' 1 2`], { length: 6, literals: { str: ['b'], num: ['1'] } });
    expect(rows('train')).toEqual([['<s>', "'<STR_LIT>'", "'<STR_LIT:b>'", '<NUM_LIT:1>', '<NUM_LIT>', '</s>']]);
    expect(manifest.literals).toEqual({ str: ['b'], num: ['1'] });
  });

  it('writes a manifest that its reader accepts, with the hash of every shard and of the whole', async () => {
    const sources = Array.from({ length: 30 }, (_, i) => `x${i} = ${i}`);
    const { manifest, shards } = await build([...sources, '(', ''], { length: 30_000 });
    expect(parseManifest(JSON.stringify(manifest), 'a test')).toEqual(manifest);
    expect(manifest.splits.train.shards.map(({ file, rows }) => [file, rows])).toEqual([
      ['train-0000.bin', 17],
      ['train-0001.bin', 5],
    ]);
    for (const shard of shardsOf(manifest)) {
      expect(await sha256Hex(shards.get(shard.file)!)).toBe(shard.sha256);
    }
    expect(await datasetSha256(manifest)).toBe(manifest.sha256);
    expect(manifest.skipped.map(({ path }) => path)).toEqual(['0030.py', '0031.py']);
  });

  it('gives the same content the same hash, and other content another', async () => {
    const hash = async (sources: string[], options: Partial<BuildOptions> = {}) =>
      (await build(sources, options)).manifest.sha256;
    const one = await hash(['a b', 'c']);
    expect(await hash(['a b', 'c'], { id: 'other', source: { ...OPTIONS.source, title: 'Other' } })).toBe(one);
    expect(await hash(['a b', 'd'])).not.toBe(one);
    expect(await hash(['a b', 'c'], { length: 999 })).not.toBe(one);
    expect(await hash(['a b', 'c'], { literals: { str: ['a'], num: [] } })).not.toBe(one);
  });

  it('says what is wrong with an empty corpus and with options out of bounds', async () => {
    await expect(build(['# only a comment'])).rejects.toThrow(/no Python file with tokens/);
    await expect(build([])).rejects.toThrow(LabError);
    await expect(build(['x'], { vocabulary: 65_535 })).rejects.toThrow(/Vocabulary 65535/);
    await expect(build(['x'], { length: 1 })).rejects.toThrow(/Row length 1/);
  });
});
