import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LabError } from '../failure.ts';
import { damaged, FUZZ_TIMEOUT, runs } from '../fuzz.fixture.ts';
import { corpusOf, itemsOf, memoryBlob } from './corpus.fixture.ts';
import { buildDataset } from './build.ts';
import { parseManifest } from './manifest.ts';
import { decodeShard, encodeShard } from './shards.ts';
import { parquetOf, py150Of, tarballOf, tarOf, zipOf } from './sources/archives.fixture.ts';
import { codexglueSource } from './sources/codexglue.ts';
import { parquetSource } from './sources/parquet.ts';
import { py150Source } from './sources/py150.ts';
import type { DataSource, NamedBlob } from './sources/source.ts';
import { tarSource } from './sources/tarball.ts';
import { zipSource } from './sources/zip.ts';

/** Runs code that may throw a `LabError`; anything else that it throws is a bug. */
async function expectOnlyLabErrors(read: () => unknown): Promise<void> {
  const end = await Promise.resolve()
    .then(read)
    .then(
      () => null,
      (error: unknown) => error,
    );
  if (end !== null && !(end instanceof LabError)) throw new Error('not a sentence for people', { cause: end });
  expect(end?.failure.kind).not.toBe('internal');
  expect(end?.failure.remedy).not.toBe('');
}

const names = Array.from({ length: 20 }, (_, i) => `data/${i}.py`);
const text = (i: number) => `x${i} = "${i * 7919}"\n`.repeat(30);

const ARCHIVES: [string, () => Promise<Uint8Array<ArrayBuffer>>, (file: NamedBlob) => DataSource, number][] = [
  ['code.zip', () => zipOf(names.map((name, i) => [name, text(i)])), zipSource, 300],
  ['code.tar.gz', () => tarballOf(names.map((name, i) => [name, text(i)])), tarSource, 200],
  ['code.tar', () => tarOf(names.map((name, i) => [name, text(i)])), tarSource, 200],
  [
    'py150.tar.gz',
    () =>
      py150Of(
        names,
        ['data/t.py'],
        names.map((name, i) => [name, text(i)]),
      ),
    py150Source,
    200,
  ],
  [
    'train.parquet',
    () => Promise.resolve(parquetOf(names.map((name, i) => ['<s>', name, `t ${i}`, '</s>']))),
    (file) => parquetSource([file]),
    200,
  ],
  [
    'train.txt',
    () => Promise.resolve(new TextEncoder().encode(names.map((name) => `<s> ${name} = é </s>\n`).join(''))),
    (file) => codexglueSource([file]),
    600,
  ],
];

describe('readers of what crosses a border, on damaged input', { timeout: FUZZ_TIMEOUT }, () => {
  it.each(ARCHIVES)('%s: a sentence or a result', async (path, whole, open, cases) => {
    const bytes = await whole();
    expect((await itemsOf(open({ path, blob: memoryBlob(bytes) }))).length).toBeGreaterThanOrEqual(20);
    await fc.assert(
      fc.asyncProperty(damaged(bytes), (broken) =>
        expectOnlyLabErrors(() => itemsOf(open({ path, blob: memoryBlob(broken) }))),
      ),
      runs(cases),
    );
  });

  it('manifests: a sentence or a manifest', async () => {
    const source = { kind: 'dir', title: 'Code', description: 'Code.', licence: 'MIT' };
    const manifest = await buildDataset(await corpusOf({ 'a.py': 'a b', 'b.py': '"c"' }), { id: 'code', source }, () =>
      Promise.resolve(),
    );
    const whole = new TextEncoder().encode(JSON.stringify(manifest));
    await fc.assert(
      fc.asyncProperty(damaged(whole), (broken) =>
        expectOnlyLabErrors(() => parseManifest(new TextDecoder().decode(broken), 'a test')),
      ),
      runs(2000),
    );
    await fc.assert(
      fc.asyncProperty(fc.json(), (json) => expectOnlyLabErrors(() => parseManifest(json, 'a test'))),
      runs(500),
    );
  });

  it('shards: rows come back as they went in, and any bytes are rows or a sentence', async () => {
    const rows = fc.array(fc.array(fc.integer({ min: 1, max: 65_535 }), { maxLength: 7 }), { maxLength: 20 });
    fc.assert(
      fc.property(rows, (written) => {
        const read = decodeShard(encodeShard(written, 7), 7);
        expect(read.map((row) => [...row])).toEqual(
          written.map((row) => [...row, ...Array.from({ length: 7 - row.length }, () => 0)]),
        );
      }),
      runs(1000),
    );
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 60 }), fc.integer({ min: 2, max: 20 }), (bytes, length) =>
        expectOnlyLabErrors(() => decodeShard(bytes, length)),
      ),
      runs(1000),
    );
  });
});
