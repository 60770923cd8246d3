/** Files that are imported into a real IndexedDB. */
import { TextReader, Uint8ArrayReader, Uint8ArrayWriter, ZipWriter } from '@zip.js/zip.js';
import { beforeEach, describe, expect, it } from 'vitest';
import type { ModelName } from '#core/models/registry.ts';
import { writeLayersModel } from '#core/formats/layersModel.ts';
import { metricsOf, writeMetrics } from '#core/formats/metrics.ts';
import { runOf } from '#core/report/runs.fixture.ts';
import { hasWeights } from '#core/runs/run.ts';
import { emptyLabel } from '#core/runs/runLabel.ts';
import { readSafetensors, writeSafetensors } from '#core/models/safetensors.ts';
import { initialWeights } from '#core/models/weights.ts';
import { importRuns } from './importRuns.ts';
import { readWeightsFile } from '#core/formats/weightsFile.ts';
import {
  SMALL_CONFIG,
  SMALL_DATASET,
  SMALL_MANIFEST,
  smallWeights,
  specOf,
  weightsFileOf,
  weightsMetadata,
} from '#core/formats/weightsFile.fixture.ts';
import { DamagedRecords } from './damagedRecords.ts';
import { database, eachWithDatabase } from '#storage/database.fixture.ts';
import { packRun, unpackRun } from '#core/formats/runFile.ts';
import { listRuns, readWeights } from '#storage/runs.ts';
import { exportRun, exportWeights } from './exportRuns.ts';

eachWithDatabase();

const TOKENS = SMALL_MANIFEST.vocabulary.tokens;
const LITERALS = SMALL_MANIFEST.literals;
const config = SMALL_CONFIG;
const dataset = SMALL_DATASET;

beforeEach(async () => {
  await database.put('datasets', { id: 'small', manifest: SMALL_MANIFEST, owner: 'test', storedAt: 0 });
});
const damaged = () => new DamagedRecords({ storage: () => Promise.resolve(database), emit: () => {} });

const file = (name: string, ...parts: BlobPart[]) => new File(parts, name, { lastModified: 1_000 });
const FOREIGN = { datasetId: 'small', residual: false, activation: 'tanh', order: null, withoutLayers: false } as const;
const ask = (...files: File[]) => importRuns(database, { files, foreign: null });
const measured = (model: ModelName) =>
  runOf(model, [[3, 0.5]], { dataset, config, device: { kind: 'torch', name: 'PyTorch 2' } });

async function zipOf(parts: Readonly<Record<string, string | Uint8Array>>): Promise<File> {
  const zip = new ZipWriter(new Uint8ArrayWriter(), { useWebWorkers: false });
  for (const [name, part] of Object.entries(parts)) {
    await zip.add(name, typeof part === 'string' ? new TextReader(part) : new Uint8ArrayReader(part));
  }
  return file('some.zip', new Uint8Array(await zip.close()));
}

describe('what PyTorch wrote', () => {
  const metrics = writeMetrics(metricsOf([measured('rnn'), measured('residual-rnn')]));

  it('becomes runs, those with weights that came along', async () => {
    const { runs, questions, refused } = await ask(
      file('metrics.json', metrics),
      file('residual-rnn.safetensors', weightsFileOf('residual-rnn')),
    );
    expect([questions, refused]).toEqual([[], []]);
    expect(runs.map(({ run }) => [run.number, run.model, run.device.kind, hasWeights(run)])).toEqual([
      [1, 'rnn', 'torch', false],
      [2, 'residual-rnn', 'torch', true],
    ]);
    expect(await listRuns(database)).toEqual(runs.map(({ run }) => run));
    expect(readWeightsFile((await readWeights(database, runs[1]!.run.id))!).model).toBe('residual-rnn');
    expect(await readWeights(database, runs[0]!.run.id)).toBeUndefined();
  });

  it('is not taken twice', async () => {
    await ask(file('metrics.json', metrics));
    const { runs, refused } = await ask(file('metrics.json', metrics));
    expect(runs).toEqual([]);
    expect(refused.map(({ failure }) => failure.what)).toEqual(['This run already exists here.']);
    expect(await listRuns(database)).toHaveLength(2);
  });

  it.each<[string, () => Uint8Array<ArrayBuffer>, string]>([
    ['of another model', () => weightsFileOf('residual-lstm'), 'has a model residual-lstm'],
    [
      'of another data set',
      () => weightsFileOf('rnn', { manifest: { ...SMALL_MANIFEST, id: 'other', sha256: 'cd'.repeat(32) } }),
      'on the data set other',
    ],
    ['that are damaged', () => weightsFileOf('rnn').slice(0, -1), 'not a complete safetensors file'],
    [
      'of other sizes',
      () => weightsFileOf('rnn', { config: { ...config, hidden: 5 } }),
      'has no rnn.weight_ih_l0 of shape [5, 3]',
    ],
  ])('brings nothing with weights %s', async (_, weights, words) => {
    const { runs, refused } = await ask(file('metrics.json', metrics), file('rnn.safetensors', weights()));
    expect(runs).toEqual([]);
    expect(refused[0]?.failure.what).toContain(words);
    expect(await listRuns(database)).toEqual([]);
  });
});

describe('weights alone', () => {
  it('that say all of themselves are a run to complete with', async () => {
    const { runs } = await ask(file('mine.safetensors', weightsFileOf('lstm')));
    const [{ run }] = runs as [(typeof runs)[number]];
    expect(run).toMatchObject({ model: 'lstm', config, dataset, epochs: [], bestEpoch: null, hasWeights: true });
    const { weights } = readWeightsFile((await readWeights(database, run.id))!);
    expect(Object.fromEntries(weights)).toEqual(Object.fromEntries(smallWeights('lstm')));
  });

  it('of somebody else are asked about, and are a run with the answer', async () => {
    const foreign = new Map([...smallWeights('rnn')].map(([name, tensor]) => [`module.${name}`, tensor]));
    const weights = file('theirs.safetensors', writeSafetensors(foreign));
    const asked = await ask(weights);
    expect(asked).toEqual({
      runs: [],
      refused: [],
      questions: [
        {
          name: 'theirs.safetensors',
          cell: 'rnn',
          tokens: 7,
          embedding: 3,
          hidden: 4,
          layers: 2,
          weightTying: 'none',
          undecided: null,
          ignored: [],
          assumed: [],
        },
      ],
    });
    const { runs } = await importRuns(database, {
      files: [weights],
      foreign: { datasetId: 'small', residual: true, activation: 'relu', order: null, withoutLayers: false },
    });
    const [{ run, label }] = runs as [(typeof runs)[number]];
    expect(run).toMatchObject({
      model: 'residual-rnn',
      dataset,
      config: { activation: 'relu', hidden: 4, vocabulary: 5 },
    });
    expect(label.notes).toContain('theirs.safetensors');
    const read = readWeightsFile((await readWeights(database, run.id))!);
    expect(read.vocabulary.tokens).toEqual(TOKENS);
    expect([...read.kept.str]).toEqual(LITERALS.str);
    expect(Object.fromEntries(read.weights)).toEqual(Object.fromEntries(smallWeights('rnn')));
  });

  describe('of two modules whose order shows nowhere', () => {
    const own = initialWeights({ ...specOf('lstm'), embedding: 4 }, 1);
    const named = (name: string) =>
      name.replace(
        /^rnn\.(.*)_l(\d)$/,
        (_, what: string, layer: string) => `${layer === '0' ? 'encoder' : 'decoder'}.${what}_l0`,
      );
    const weights = file(
      'two.safetensors',
      writeSafetensors(new Map([...own].map(([name, tensor]) => [named(name), tensor]))),
    );

    it('are asked about, and stored in the order that the user says, with the answer', async () => {
      const { questions } = await ask(weights);
      expect(questions[0]?.undecided?.map(({ name }) => name)).toEqual(['encoder', 'decoder']);
      for (const [order, first, second] of [
        [['encoder', 'decoder'], 'l0', 'l1'],
        [['decoder', 'encoder'], 'l1', 'l0'],
      ] as const) {
        const { runs } = await importRuns(database, { files: [weights], foreign: { ...FOREIGN, order } });
        const [{ run, label }] = runs as [(typeof runs)[number]];
        expect(label.notes).toContain(`Layer 1 is ${order[0]}, layer 2 is ${order[1]}, as you chose.`);
        const stored = readWeightsFile((await readWeights(database, run.id))!);
        expect(stored.origin).toEqual({ layers: order });
        expect(stored.weights.get('rnn.weight_hh_l0')).toEqual(own.get(`rnn.weight_hh_${first}`));
        expect(stored.weights.get('rnn.weight_hh_l1')).toEqual(own.get(`rnn.weight_hh_${second}`));
      }
    });

    it('are not stored without the answer', async () => {
      const { runs, refused } = await importRuns(database, { files: [weights], foreign: FOREIGN });
      expect(runs).toEqual([]);
      expect(refused[0]?.failure.what).toBe('two.safetensors does not say which comes first, encoder or decoder.');
    });
  });

  describe('with tensors that are not needed', () => {
    /** With an I64 scalar and, perhaps, a vector of floats. */
    function beside(weights: Uint8Array<ArrayBuffer>, floats = 0): Uint8Array<ArrayBuffer> {
      const start = 8 + Number(new DataView(weights.buffer).getBigUint64(0, true));
      const data = weights.subarray(start);
      const header = JSON.parse(new TextDecoder().decode(weights.subarray(8, start))) as Record<string, unknown>;
      header['num_batches'] = { dtype: 'I64', shape: [], data_offsets: [data.length, data.length + 8] };
      const end = data.length + 8 + 4 * floats;
      if (floats > 0) header['norm'] = { dtype: 'F32', shape: [floats], data_offsets: [data.length + 8, end] };
      const json = new TextEncoder().encode(JSON.stringify(header));
      const bytes = new Uint8Array(8 + json.length + end);
      new DataView(bytes.buffer).setBigUint64(0, BigInt(json.length), true);
      bytes.set(json, 8);
      bytes.set(data, 8 + json.length);
      return bytes;
    }

    it('are the lab’s without them, and name them', async () => {
      const counted = file('mine.safetensors', beside(weightsFileOf('lstm')));
      const { runs } = await ask(counted);
      const [{ run, label, ignored }] = runs as [(typeof runs)[number]];
      expect(ignored?.map(({ name }) => name)).toEqual(['num_batches']);
      expect(label.notes).toBe('1 tensor was ignored: num_batches (I64).');
      // the same weights are the same run, counter or not
      expect((await ask(file('mine.safetensors', weightsFileOf('lstm')))).refused[0]?.failure.kind).toBe('busy');
      expect(readSafetensors((await readWeights(database, run.id))!).infos).toHaveLength(11);
    });

    it('are refused with the lab’s own where they may be a layer', async () => {
      const { refused } = await ask(file('mine.safetensors', beside(weightsFileOf('lstm'), 5)));
      expect(refused[0]?.failure.what).toContain('perhaps layers: norm (F32 [5])');
    });

    it('are named with PyTorch’s metrics, too', async () => {
      const metrics = file('metrics.json', writeMetrics(metricsOf([measured('lstm')])));
      const { runs } = await ask(metrics, file('lstm.safetensors', beside(weightsFileOf('lstm'))));
      expect(runs[0]?.ignored?.map(({ name }) => name)).toEqual(['num_batches']);
      expect(readSafetensors((await readWeights(database, runs[0]!.run.id))!).infos).toHaveLength(11);
    });

    it('of somebody else are named in the question, and left out if the user says so', async () => {
      const foreign = new Map([...smallWeights('rnn')].map(([name, tensor]) => [`m.${name}`, tensor]));
      const weights = file('theirs.safetensors', beside(writeSafetensors(foreign), 4));
      const { questions } = await ask(weights);
      expect(questions[0]?.ignored).toEqual([
        { name: 'num_batches', dtype: 'I64', shape: [], mayBeLayer: false },
        { name: 'norm', dtype: 'F32', shape: [4], mayBeLayer: true },
      ]);
      const { refused } = await importRuns(database, { files: [weights], foreign: FOREIGN });
      expect(refused[0]?.failure.what).toContain('perhaps layers: norm (F32 [4])');
      const { runs } = await importRuns(database, { files: [weights], foreign: { ...FOREIGN, withoutLayers: true } });
      expect(runs[0]?.label.notes).toContain('2 tensors were ignored: num_batches (I64), norm (F32 [4]).');
    });
  });

  it('of more tokens than the data set has are refused', async () => {
    const wide = initialWeights({ ...specOf('rnn'), tokens: 8 }, 1);
    const { refused } = await importRuns(database, {
      files: [file('theirs.safetensors', writeSafetensors(wide))],
      foreign: FOREIGN,
    });
    expect(refused[0]?.failure.what).toBe('theirs.safetensors has 8 tokens, with PAD and UNK; Small has 7.');
  });
});

describe('a LayersModel', () => {
  const { model, weights } = writeLayersModel(
    specOf('residual-lstm'),
    smallWeights('residual-lstm'),
    0.1,
    weightsMetadata('residual-lstm'),
  );

  it.each([
    ['two files', () => Promise.resolve([file('model.json', model), file('weights.bin', weights)])],
    ['a .zip', async () => [await zipOf({ 'model.json': model, 'weights.bin': weights })]],
  ])('comes in as %s', async (_, files) => {
    const { runs, refused } = await ask(...(await files()));
    expect(refused).toEqual([]);
    const [{ run }] = runs as [(typeof runs)[number]];
    expect(run).toMatchObject({ model: 'residual-lstm', config, dataset, hasWeights: true });
    const read = readSafetensors((await readWeights(database, run.id))!);
    expect(read.tensors.get('output.weight')).toEqual(smallWeights('residual-lstm').get('output.weight'));
  });

  it('needs its weights beside it', async () => {
    const { refused } = await ask(file('model.json', model));
    expect(refused[0]?.failure.what).toBe('The weights of model.json are missing.');
  });

  it('goes out from a run as it came in', async () => {
    const { runs } = await ask(file('model.json', model), file('weights.bin', weights));
    const taken = await exportWeights(database, runs[0]!.run.id, 'tfjs');
    expect(taken.name).toBe('residual-lstm.tfjs.zip');
    const again = await ask(file('again.zip', taken.bytes));
    // the same weights are the same run
    expect(again.refused.map(({ failure }) => failure.what)).toEqual(['This run already exists here.']);
  });
});

describe('a run that a lab saved', () => {
  it('comes in with its name, and goes out again', async () => {
    const run = { ...measured('lstm'), device: { kind: 'cpu', name: 'two threads' } as const };
    const label = { ...emptyLabel(run.id), name: 'mine' };
    const { runs } = await ask(file('run.zip', await packRun({ run, label, weights: weightsFileOf('lstm') })));
    expect(runs).toEqual([{ run, label }]);
    const { name, bytes } = await exportRun(database, { id: run.id, weights: true }, damaged());
    expect(name).toBe('lstm-1.run.zip');
    expect((await ask(file(name, bytes))).refused).toHaveLength(1);
    const light = await exportRun(database, { id: run.id, weights: false }, damaged());
    const { weights } = await unpackRun(new Blob([light.bytes]));
    expect(weights).toBeUndefined();
  });
});

it('reads what it can of many, and says of each other why not', async () => {
  const big = new Blob([new Uint8Array(10)]);
  const { runs, refused } = await ask(
    file('notes.txt', 'hello'),
    file('metrics.json', '{'),
    await zipOf({ 'readme.md': 'hello' }),
    file('x.zip', big),
    file('good.safetensors', weightsFileOf('rnn')),
  );
  expect(runs.map(({ run }) => run.model)).toEqual(['rnn']);
  const reasons = Object.fromEntries(refused.map(({ name, failure }) => [name, failure.what]));
  expect(reasons['notes.txt']).toBe('The lab cannot import this file.');
  expect(reasons['metrics.json']).toContain('is not JSON');
  expect(reasons['some.zip']).toContain('it has no run.json');
  expect(reasons['x.zip']).toContain('x.zip cannot be read');
});
