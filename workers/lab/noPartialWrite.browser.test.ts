/** Damaged files, imported into a real IndexedDB: a refused file does not change it, and an accepted file is stored completely. */
import { describe, expect, it } from 'vitest';
import { sha256Hex } from '#core/data/hash.ts';
import { shardsOf, type Manifest } from '#core/data/manifest.ts';
import { parquetOf, py150Of, zipOf } from '#core/data/sources/archives.fixture.ts';
import { LabError } from '#core/failure.ts';
import { writeLayersModel } from '#core/formats/layersModel.ts';
import { streamFor } from '#core/random/stream.ts';
import { metricsOf, writeMetrics } from '#core/formats/metrics.ts';
import { runOf } from '#core/report/runs.fixture.ts';
import { hasWeights } from '#core/runs/run.ts';
import { emptyLabel } from '#core/runs/runLabel.ts';
import { stepTable } from '#core/runs/stepTable.ts';
import { importRuns } from './importRuns.ts';
import { readWeightsFile } from '#core/formats/weightsFile.ts';
import {
  SMALL_CONFIG,
  SMALL_DATASET,
  smallWeights,
  specOf,
  weightsFileOf,
  weightsMetadata,
} from '#core/formats/weightsFile.fixture.ts';
import { runImport } from './imports.ts';
import type { ImportedRun } from '#contract/lab.ts';
import { database, eachWithDatabase } from '#storage/database.fixture.ts';
import { packRun } from '#core/formats/runFile.ts';

eachWithDatabase();

type Bytes = Uint8Array<ArrayBuffer>;

/** A hash of the content of each store. */
async function fingerprint(): Promise<Record<string, string>> {
  const prints: Record<string, string> = {};
  for (const store of database.objectStoreNames) {
    const [keys, values] = await Promise.all([database.getAllKeys(store), database.getAll(store)]);
    const text = JSON.stringify([keys, values], (_, value: unknown) => {
      if (value instanceof ArrayBuffer) return [...new Uint8Array(value)];
      return ArrayBuffer.isView(value) ? [...new Uint8Array(value.buffer)] : value;
    });
    prints[store] = await sha256Hex(text);
  }
  return prints;
}

/** Copies with some bytes changed, every fourth cut off, too. */
function damaged(whole: Bytes, count: number): Bytes[] {
  const random = streamFor(5, 'damage');
  return Array.from({ length: count }, (_, round) => {
    const bytes = whole.slice(0, round % 4 === 0 ? random.below(whole.length) : whole.length);
    for (let changes = 1 + random.below(4); changes > 0 && bytes.length > 0; changes--) {
      bytes[random.below(bytes.length)] = random.below(256);
    }
    return bytes;
  });
}

const config = SMALL_CONFIG;
const dataset = SMALL_DATASET;
const weights = weightsFileOf('lstm');
const run = runOf('lstm', [[3, 0.5]], { dataset, config });
const metrics = new TextEncoder().encode(writeMetrics(metricsOf([run])));
const layers = writeLayersModel(specOf('lstm'), smallWeights('lstm'), 0.1, weightsMetadata('lstm'));
const steps = stepTable([{ step: 1, loss: 1, gradientNorm: 1, tokens: 1, seconds: 1, layerNorms: null }]);

describe('runs, measures and weights', () => {
  const file = (name: string, bytes: BlobPart) => new File([bytes], name, { lastModified: 1_000 });
  const packed = () => packRun({ run, label: emptyLabel(run.id), steps, weights });

  it.each<[string, () => Promise<Bytes>, (bytes: Bytes) => File[]]>([
    ['a run', packed, (bytes) => [file('run.zip', bytes)]],
    ['weights', () => Promise.resolve(weights), (bytes) => [file('lstm.safetensors', bytes)]],
    [
      'measures',
      () => Promise.resolve(metrics),
      (bytes) => [file('metrics.json', bytes), file('lstm.safetensors', weights)],
    ],
    [
      'weights beside measures',
      () => Promise.resolve(weights),
      (bytes) => [file('metrics.json', metrics), file('lstm.safetensors', bytes)],
    ],
    [
      'a LayersModel',
      () => Promise.resolve(new TextEncoder().encode(layers.model)),
      (bytes) => [file('model.json', bytes), file('weights.bin', layers.weights)],
    ],
  ])('%s', async (_, whole, files) => {
    // existing data that a refused import must not change
    await importRuns(database, {
      files: [file('mine.safetensors', weightsFileOf('lstm', { weights: smallWeights('lstm', 2) }))],
      foreign: null,
    });
    const before = await fingerprint();
    let refusals = 0;
    for (const bytes of damaged(await whole(), 80)) {
      const { runs, refused } = await importRuns(database, { files: files(bytes), foreign: null });
      refusals += refused.length;
      for (const arrived of runs) await expectWholeAndDelete(arrived);
      expect(await fingerprint()).toEqual(before);
    }
    expect(refusals).toBeGreaterThan(10);
  });

  async function expectWholeAndDelete({ run, label }: ImportedRun): Promise<void> {
    expect(await database.get('runs', run.id)).toEqual(run);
    expect(await database.get('labels', run.id)).toEqual(label);
    const kept = await database.get('weights', run.id);
    expect(kept !== undefined).toBe(hasWeights(run));
    if (kept) readWeightsFile(kept);
    const places = ['runs', 'labels', 'weights', 'steps', 'breakdowns'] as const;
    await Promise.all(places.map((place) => database.delete(place, run.id)));
  }
});

describe('data sets', () => {
  const names = Array.from({ length: 8 }, (_, i) => `m${i}.py`);
  const code = names.map((name, i) => [name, `x${i} = "${i}"\n`.repeat(9)] as const);
  const rows = names.map((name) => ['<s>', 'import', name, '<EOL>', '</s>']);

  it.each<[string, () => Promise<Bytes>]>([
    ['code.zip', () => zipOf(code)],
    ['py150.tar.gz', () => py150Of(names.slice(0, 6), names.slice(6), code)],
    ['train.parquet', () => Promise.resolve(parquetOf(rows))],
    ['train.txt', () => Promise.resolve(new TextEncoder().encode(rows.map((row) => `${row.join(' ')}\n`).join('')))],
  ])('%s', async (path, whole) => {
    const request = { id: 'mine', vocabulary: 50, length: 20, wholeFiles: false, dropDuplicates: false };
    const imported = (bytes: Bytes) => {
      const source = { from: 'files' as const, files: [{ path, blob: new Blob([bytes]) }] };
      const { signal } = new AbortController();
      return runImport(database, { request: { ...request, source }, onState: () => undefined, signal });
    };
    // the data set that it would replace
    await imported(await whole());
    let before = await fingerprint();
    let refusals = 0;
    for (const bytes of damaged(await whole(), 10)) {
      const end = await imported(bytes).catch((error: unknown) => {
        if (error instanceof LabError) return error.failure;
        throw error;
      });
      if ('kind' in end) refusals++;
      else before = await fingerprintOf(end.manifest);
      expect(await fingerprint()).toEqual(before);
    }
    expect(refusals).toBeGreaterThan(2);
  });

  /** Fingerprint of the database once the data set has replaced the older one, with its own shards alone. */
  async function fingerprintOf(manifest: Manifest): Promise<Record<string, string>> {
    const files = (await database.getAllKeys('shards')).map(([, file]) => file);
    expect(files).toEqual(
      shardsOf(manifest)
        .map(({ file }) => file)
        .toSorted(),
    );
    return fingerprint();
  }

  it('never replaces one that the user was not asked about', async () => {
    const onState = () => undefined;
    const imported = async (content: string, replaces: string | null) => {
      const files = [{ path: 'lib/a.py', blob: new Blob([content]) }];
      const options = { id: 'lib', vocabulary: 50, length: 20, wholeFiles: false, dropDuplicates: false };
      const request = { ...options, source: { from: 'files' as const, files }, replaces };
      return runImport(database, { request, onState, signal: new AbortController().signal });
    };
    const { manifest } = await imported('a = 1\n', null);
    const before = await fingerprint();
    await expect(imported('b = "x"\n', null)).rejects.toMatchObject({
      failure: {
        kind: 'bad-input',
        what: expect.stringContaining('“lib”, was stored with this name in the meantime'),
      },
    });
    expect(await fingerprint()).toEqual(before);
    // the same content again loses nothing, and what people were told of may go
    await imported('a = 1\n', null);
    const newer = await imported('b = "x"\n', manifest.sha256);
    expect(newer.manifest.sha256).not.toBe(manifest.sha256);
  });
});
