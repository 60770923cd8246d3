import { describe, expect, it } from 'vitest';
import { memoryBlob, memoryFiles } from './corpus.fixture.ts';
import { importDataset, type ImportOptions, type ImportProgress } from './import.ts';
import { NOTES } from './notes.ts';
import { ALL_SPLITS, type AnySplit, parseManifest, shardsOf } from './manifest.ts';
import { decodeShard } from './shards.ts';
import { parquetOf, zipOf } from './sources/archives.fixture.ts';
import { codexglueSource } from './sources/codexglue.ts';
import { folderSource } from './sources/folder.ts';
import { parquetSource } from './sources/parquet.ts';
import type { DataSource } from './sources/source.ts';
import { zipSource } from './sources/zip.ts';
import { Vocabulary } from './vocabulary.ts';

const MANY = Object.fromEntries(Array.from({ length: 50 }, (_, i) => [`${i}.py`, `x${i % 40} = ${i % 40}\n`]));
const code = () => folderSource('Some code', memoryFiles(MANY));
const nothing = () => Promise.resolve();

async function imported(source: DataSource, options: ImportOptions = {}) {
  const shards = new Map<string, Uint8Array>();
  const manifest = await importDataset(source, options, async (file, bytes) => {
    shards.set(file, await Promise.resolve(bytes));
  });
  const vocabulary = new Vocabulary(manifest.vocabulary.tokens);
  const rows = (split: AnySplit) =>
    (manifest.splits[split]?.shards ?? [])
      .flatMap(({ file }) => decodeShard(shards.get(file)!, manifest.length))
      .map((row) => Array.from(row, (id) => vocabulary.token(id)));
  expect(parseManifest(JSON.stringify(manifest), 'a test')).toEqual(manifest);
  expect([...shards.keys()].toSorted()).toEqual(
    shardsOf(manifest)
      .map(({ file }) => file)
      .toSorted(),
  );
  return { manifest, rows };
}

describe('importDataset', () => {
  it('takes the parts of a published set: test and dev are its own, validation a fifth of train', async () => {
    const lines = (part: string, n: number) =>
      Array.from({ length: n }, (_, i) => `<s> ${part}${i} = "<STR_LIT:a>" </s>\n`).join('');
    const files = memoryFiles({ 'train.txt': lines('t', 20), 'dev.txt': lines('d', 3), 'test.txt': lines('e', 4) });
    const { manifest, rows } = await imported(codexglueSource(files), { length: 6 });
    expect(ALL_SPLITS.map((split) => manifest.splits[split]?.rows)).toEqual([16, 4, 4, 3]);
    expect(manifest).toMatchObject({
      rules: 'codexglue-2021',
      reading: 'utf8-text',
      literals: { str: ['a'], num: [] },
      licence: 'C-UDA',
    });
    expect(rows('test')[0]).toEqual(['<s>', '<UNK>', '=', '"<STR_LIT:a>"', '</s>', '<PAD>']);
    expect(rows('dev')).toHaveLength(3);
    // the first two of random_split(20, [0.8, 0.2], 42)
    expect(rows('train').every(([, name]) => /^t\d+$/.test(name!))).toBe(true);
  });

  it('draws a test split where the source has none, and leaves dev out where there is none', async () => {
    const train = Array.from({ length: 20 }, (_, i) => `<s> t${i} </s>\n`).join('');
    const { manifest } = await imported(codexglueSource(memoryFiles({ 'train.txt': train })));
    expect(ALL_SPLITS.map((split) => manifest.splits[split]?.rows)).toEqual([15, 3, 2, undefined]);
  });

  it('lets tokens with spaces survive', async () => {
    const set = parquetOf([['<s>', "'a b'", '=', "'a", 'b', '</s>']]);
    const { manifest, rows } = await imported(parquetSource(memoryFiles({ 'train.parquet': set })), { length: 6 });
    expect(rows('train')).toEqual([['<s>', "'a b'", '=', "'a", 'b', '</s>']]);
    expect(manifest.rules).toBe('codexglue-2020');
  });

  it('keeps long files whole as consecutive rows, if asked to', async () => {
    const source = () => folderSource('x', memoryFiles({ 'a.py': 'a b c d e f' }));
    const { manifest, rows } = await imported(source(), { length: 3, whole: true });
    expect(rows('train')).toEqual([
      ['<s>', 'a', 'b'],
      ['c', 'd', 'e'],
      ['f', '</s>', '<PAD>'],
    ]);
    expect(manifest).toMatchObject({ whole: true, splits: { train: { rows: 3, files: 1, tokens: 8, keptTokens: 8 } } });
    expect((await imported(source(), { length: 3 })).rows('train')).toEqual([['<s>', 'a', 'b']]);
  });

  it('counts files with the same tokens, and drops them only if asked to', async () => {
    const files = {
      'a.py': 'x = "1"',
      'b.py': '# c\n\nx = "1"',
      'c.py': "x = '1'",
      'd.py': 'x = "2"',
      'e.py': 'x = "1"',
    };
    const source = () => folderSource('x', memoryFiles(files));
    const kept = await imported(source());
    expect(kept.manifest.figures?.duplicates).toEqual({ files: 2, dropped: false });
    expect(kept.manifest.counts.files).toBe(5);
    const dropped = await imported(source(), { dropDuplicates: true });
    expect(dropped.manifest.figures?.duplicates).toEqual({ files: 2, dropped: true });
    expect(dropped.manifest.counts.files).toBe(3);
  });

  it('draws figures that agree with the rest of the manifest', async () => {
    const { manifest } = await imported(code(), { length: 5, vocabulary: 20 });
    const { lengths, longest, coverage, unknown, skipped } = manifest.figures!;
    expect(lengths.reduce((sum, { files }) => sum + files, 0)).toBe(50);
    expect(lengths.some(({ from }) => from === 5)).toBe(true);
    expect(lengths.every(({ from, to }, i) => from < to && (i === 0 || from === lengths[i - 1]!.to))).toBe(true);
    expect(longest).toEqual({ path: '0.py', tokens: 5 });
    const { validation } = manifest.splits;
    const share = validation.unknownTokens / validation.keptTokens;
    expect(coverage.find(({ vocabulary }) => vocabulary === 20)?.unknown ?? share).toBeCloseTo(share, 12);
    expect(coverage.every(({ unknown }, i) => i === 0 || unknown <= coverage[i - 1]!.unknown)).toBe(true);
    expect(unknown.reduce((sum, { count }) => sum + count, 0)).toBe(validation.unknownTokens);
    expect(skipped).toBe(0);
  });

  it('tells how far it is: all bytes, all files, all rows at the end', async () => {
    const told: ImportProgress[] = [];
    const source = code();
    await importDataset(source, {}, nothing, (progress) => told.push(progress));
    expect([...new Set(told.map(({ phase }) => phase))]).toEqual(['reading', 'counting', 'writing']);
    expect(told.at(-1)).toMatchObject({ files: 50, bytes: source.bytes, totalBytes: source.bytes, rows: 50 });
  });

  it('stops when it is told to, while reading and while writing', async () => {
    for (const phase of ['reading', 'writing'] as const) {
      const stop = new AbortController();
      const end = importDataset(
        code(),
        { length: 2 ** 15 },
        nothing,
        (progress) => {
          if (progress.phase === phase) stop.abort();
        },
        stop.signal,
      );
      await expect(end).rejects.toMatchObject({ failure: { kind: 'cancelled' } });
    }
    await expect(importDataset(code(), {}, nothing, undefined, AbortSignal.abort())).rejects.toThrow(/was cancelled/);
  });

  it.each([
    ['storage-full', Object.assign(new Error('no space left'), { code: 'ENOSPC' })],
    ['storage-full', Object.assign(new Error('quota'), { name: 'QuotaExceededError' })],
    ['internal', new Error('a broken disk')],
  ])('ends with %s where a shard cannot be written: %s', async (kind, error) => {
    let left = 1;
    const write = () => (left-- > 0 ? Promise.resolve() : Promise.reject(error));
    await expect(importDataset(code(), { length: 2 ** 15 }, write)).rejects.toMatchObject({ failure: { kind } });
  });

  it.each<[string, Record<string, string | Uint8Array>, RegExp]>([
    ['an empty folder', {}, /no Python file with tokens among the 0 files/],
    ['what is not Python', { 'a.txt': 'x', 'b.jpg': 'y' }, /no Python file with tokens/],
    [
      'a binary file',
      { 'a.py': new Uint8Array([0, 159, 146, 150, 255]) },
      /no Python file with tokens among the 1 files/,
    ],
    ['a file that is not UTF-8', { 'a.py': new Uint8Array([0x78, 0xe9]) }, /no Python file with tokens/],
  ])('says what to do about %s', async (_, files, message) => {
    const end = importDataset(folderSource('x', memoryFiles(files)), {}, nothing);
    await expect(end).rejects.toThrow(message);
    await expect(end).rejects.toThrow(/Choose a source with Python files/);
  });

  it('leaves out a file of one line of 100 MB', async () => {
    const huge = { ...memoryBlob(''), size: 100 * 2 ** 20 };
    const files = [...memoryFiles({ 'a.py': 'x' }), { path: 'huge.py', blob: huge }];
    const { manifest } = await imported(folderSource('x', files));
    expect(manifest.skipped).toEqual([{ path: 'huge.py', line: null, reason: 'larger than 16 MiB' }]);
  });

  it('wants training files', async () => {
    const source = codexglueSource(memoryFiles({ 'test.txt': '<s> a </s>' }));
    await expect(importDataset(source, {}, nothing)).rejects.toThrow(/There are no training files/);
  });

  it('keeps the manifest small, whatever fails', async () => {
    const broken = Object.fromEntries(Array.from({ length: 1500 }, (_, i) => [`b${i}.py`, '(']));
    const { manifest } = await imported(
      folderSource('x', memoryFiles({ ...broken, 'a.py': `x = '${'y'.repeat(5000)}` })),
    );
    expect(manifest.skipped).toHaveLength(1000);
    expect(manifest.figures?.skipped).toBe(1500);
  });

  it('counts what was left out by reason, and keeps the notes of the source', async () => {
    const files = { 'a.py': 'a = 1', 'b.py': '', 'c.py': '# nothing', 'd.py': 'f(' };
    const note = { what: NOTES.virtualEnvironment, count: 1, example: 'env/' };
    const { manifest } = await imported(folderSource('x', memoryFiles(files), [note]));
    expect(manifest.figures?.reasons).toEqual([
      { reason: 'no tokens: empty, or only comments', files: 2 },
      { reason: 'the file ends inside brackets', files: 1 },
    ]);
    expect(manifest.notes).toEqual([note]);
  });

  it('says why nothing is left of a source', async () => {
    const nested = zipSource({ path: 'outer.zip', blob: memoryBlob(await zipOf([['inner.zip', 'x']])) });
    await expect(importDataset(nested, {}, nothing)).rejects.toThrow(
      /among the 0 files read\. Nested archives not unpacked: 1 \(inner\.zip\)\. Unpack it, and choose/,
    );
    const empty = folderSource('x', memoryFiles({ 'a.py': '', 'b.py': '' }));
    await expect(importDataset(empty, {}, nothing)).rejects.toThrow(/among the 2 files read\. 2 left out: no tokens/);
  });
});
