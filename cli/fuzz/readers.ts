/** All readers of untrusted files, with valid samples and damage that suits each format. */
import { breakdownOf } from '#core/comparison/breakdowns.fixture.ts';
import { MeasureSum } from '#core/metrics/measures.ts';
import { MODEL_NAMES, modelOf, type ModelName } from '#core/models/registry.ts';
import { lexText } from '#core/python/code/text.ts';
import { buildDataset } from '#core/data/build.ts';
import { corpusOf, memoryBlob } from '#core/data/corpus.fixture.ts';
import { readCorpus } from '#core/data/corpus.ts';
import { parseManifest } from '#core/data/manifest.ts';
import { parseOffers } from '#core/data/offers.ts';
import { decodeShard, encodeShard } from '#core/data/shards.ts';
import { parquetOf, py150Of, tarballOf, zipOf } from '#core/data/sources/archives.fixture.ts';
import { codexglueSource } from '#core/data/sources/codexglue.ts';
import { parquetSource } from '#core/data/sources/parquet.ts';
import { py150Source } from '#core/data/sources/py150.ts';
import type { DataSource, NamedBlob } from '#core/data/sources/source.ts';
import { tarSource } from '#core/data/sources/tarball.ts';
import { zipSource } from '#core/data/sources/zip.ts';
import { recogniseWeights } from '#core/formats/foreignWeights.ts';
import { hasKerasCell, readLayersModel, writeLayersModel } from '#core/formats/layersModel.ts';
import { lexPythonFile, NO_LITERALS } from '#core/python/lexer/tokens.ts';
import type { RandomStream } from '#core/random/stream.ts';
import { metricsOf, parseMetrics, writeMetrics } from '#core/formats/metrics.ts';
import { runOf } from '#core/report/runs.fixture.ts';
import { emptyLabel } from '#core/runs/runLabel.ts';
import { CHECKPOINT_SCHEMA, readCheckpoint, writeCheckpoint, type TrainerState } from '#core/runs/checkpoint.ts';
import { readSafetensors, writeSafetensors } from '#core/models/safetensors.ts';
import { stepTable } from '#core/runs/stepTable.ts';
import { weightShapes } from '#core/models/weights.ts';
import { formToQuery, queryToForm } from '#page/pages/train/link.ts';
import { DEFAULT_FORM } from '#page/pages/train/form.ts';
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
import { packRun, unpackRun } from '#core/formats/runFile.ts';
import { damagedSafetensors, damagedTarball, damagedZip } from './containers.ts';
import { damagedBytes, damagedJson, damagedText, joined, once, oneOf, type Bytes } from './damage.ts';

export interface Reader {
  readonly name: string;
  /** Valid inputs, most of them from the lab's own writers. */
  readonly samples: () => Promise<readonly Bytes[]>;
  /** Returns a damaged copy; the sample stays unchanged. */
  readonly damage: (sample: Bytes, random: RandomStream) => Bytes | Promise<Bytes>;
  /** Throws a `LabError` if it refuses the input; readers that do not throw return whether they accepted it. */
  readonly read: (bytes: Bytes) => unknown;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Models that can be written as a LayersModel. */
const LAYERS_MODELS = MODEL_NAMES.filter((model) => hasKerasCell(modelOf(model).cell));

const MANIFEST = {
  ...SMALL_MANIFEST,
  vocabulary: { tokens: ['a', 'b', 'self', '<EOL>', 'é'], counts: [5, 4, 3, 2, 1] },
};
const TRAINER_STATE: TrainerState = {
  schema: CHECKPOINT_SCHEMA,
  build: 'lab.worker.js',
  device: { kind: 'cpu', rounding: 'fused multiply-add' },
  models: ['rnn', 'lstm'],
  step: 3,
  epoch: 2,
  batches: 1,
  sums: new MeasureSum(new Set()).sums(),
  norms: [0.5],
  seconds: 1.5,
  dataWaitSeconds: 0,
  tokens: 12,
  totalSeconds: 3,
  history: {
    stride: 1,
    kept: [{ step: 1, loss: 2, gradientNorm: 1, tokens: 4, seconds: 1, layerNorms: [1, 2, 3, 4] }],
  },
};
const RUN = (model: ModelName) =>
  runOf(
    model,
    [
      [3, 0.5],
      [2, 0.7],
    ],
    { dataset: SMALL_DATASET, config: SMALL_CONFIG },
  );

const PYTHON = `# -*- coding: utf-8 -*-\nclass A(B):\n    """Doc."""\n    def f(self, x=1_0.5e-3j):\n        return f'{x!r}' + r"\\n" if x else [0x1F, ...]\n`;
const FILES = Array.from({ length: 6 }, (_, i) => `pkg/m${i}.py`);
const CODE = FILES.map((name, i) => [name, `${PYTHON}x${i} = ${i}\n`] as const);
const ROWS = FILES.map((_, i) => ['<s>', 'import', `name${i}`, '<EOL>', 'x', '=', `"é${i}"`, '</s>']);

const jsonReader = (
  name: string,
  samples: () => Promise<readonly string[]>,
  read: (text: string) => unknown,
): Reader => ({
  name,
  samples: async () => (await samples()).map((text) => encoder.encode(text)),
  damage: (sample, random) =>
    once(random, 5) ? damagedBytes(sample, random) : encoder.encode(damagedJson(decoder.decode(sample), random)),
  read: (bytes) => read(decoder.decode(bytes)),
});

const sourceReader = (
  path: string,
  samples: Reader['samples'],
  damage: Reader['damage'],
  open: (file: NamedBlob) => DataSource,
): Reader => ({
  name: path,
  samples,
  damage,
  read: (bytes) => readCorpus(open({ path, blob: memoryBlob(bytes) })),
});

/** Ids per row of the shards. */
const ROW_LENGTH = 7;

export const READERS: readonly Reader[] = [
  {
    name: 'safetensors',
    samples: () =>
      Promise.resolve([
        weightsFileOf('lstm', { manifest: MANIFEST }),
        writeSafetensors(new Map([['n', { dtype: 'I32', shape: [2, 3], data: new Int32Array(6) }]])),
      ]),
    damage: damagedSafetensors,
    read: (bytes) => {
      for (const [name, { shape, data }] of readSafetensors(bytes).tensors) {
        if (shape.reduce((product, size) => product * size, 1) !== data.length) throw new Error(`${name} is misshapen`);
      }
    },
  },
  {
    name: 'checkpoints',
    samples: () => {
      const weights = smallWeights('lstm');
      return Promise.resolve([
        writeCheckpoint({ trainerState: TRAINER_STATE, weights, first: weights, second: weights }),
      ]);
    },
    damage: damagedSafetensors,
    read: (bytes) => readCheckpoint(bytes, weightShapes(specOf('lstm'))),
  },
  {
    name: 'weights to complete with',
    samples: () => Promise.resolve(MODEL_NAMES.map((model) => weightsFileOf(model, { manifest: MANIFEST }))),
    damage: damagedSafetensors,
    read: readWeightsFile,
  },
  {
    name: 'weights from elsewhere',
    samples: () =>
      Promise.resolve(
        MODEL_NAMES.map((model) =>
          writeSafetensors(new Map([...smallWeights(model)].map(([name, tensor]) => [`module.${name}`, tensor]))),
        ),
      ),
    damage: damagedSafetensors,
    read: (bytes) => recogniseWeights(readSafetensors(bytes)),
  },
  {
    name: 'LayersModel',
    samples: () =>
      Promise.resolve(
        LAYERS_MODELS.map((model) => {
          const files = writeLayersModel(
            specOf(model),
            smallWeights(model),
            0.1,
            weightsMetadata(model, { manifest: MANIFEST }),
          );
          return joined(encoder.encode(files.model), Uint8Array.of(0), files.weights);
        }),
      ),
    // the text ends at the first zero byte, since JSON contains none
    damage: (sample, random) => {
      const end = sample.indexOf(0);
      const [text, weights] = [sample.subarray(0, end), sample.subarray(end + 1)];
      if (once(random, 4)) return joined(text, Uint8Array.of(0), damagedBytes(weights, random));
      return joined(encoder.encode(damagedJson(decoder.decode(text), random)), Uint8Array.of(0), weights);
    },
    read: (bytes) => {
      const end = bytes.indexOf(0);
      return readLayersModel({ model: decoder.decode(bytes.subarray(0, end)), weights: bytes.subarray(end + 1) });
    },
  },
  {
    name: 'run file',
    samples: async () => {
      const run = RUN('lstm');
      const steps = stepTable(
        [1, 2, 4].map((step) => ({
          step,
          loss: 1 / step,
          gradientNorm: 1,
          tokens: step,
          seconds: step,
          layerNorms: null,
        })),
      );
      const breakdown = { ...breakdownOf(0.5, { files: 2 }), dataset: SMALL_DATASET };
      const weights = weightsFileOf('lstm', { manifest: MANIFEST });
      const label = { ...emptyLabel(run.id), name: 'mine', notes: 'Læs mig', colour: '#0072b2' };
      return [await packRun({ run, label, steps, breakdown, weights }), await packRun({ run, label })];
    },
    damage: damagedZip,
    read: (bytes) => unpackRun(new Blob([bytes])),
  },
  jsonReader(
    'metrics.json',
    () => Promise.resolve([writeMetrics(metricsOf(MODEL_NAMES.map(RUN)))]),
    (text) => parseMetrics(text, 'metrics.json'),
  ),
  jsonReader(
    'manifest.json',
    async () => {
      const source = { kind: 'dir', title: 'Code', description: 'Code.', licence: 'MIT' };
      const corpus = await corpusOf(Object.fromEntries(CODE));
      return [JSON.stringify(await buildDataset(corpus, { id: 'code', source }, () => Promise.resolve()))];
    },
    (text) => parseManifest(text, 'manifest.json'),
  ),
  jsonReader(
    'datasets/index.json',
    () => {
      const { id, sha256 } = SMALL_DATASET;
      const offer = { id, title: 'Small', manifest: `datasets/${id}/manifest.json`, sha256, bytes: 5 };
      return Promise.resolve([JSON.stringify([offer, offer])]);
    },
    (text) => parseOffers(text, 'index.json'),
  ),
  {
    name: 'shard',
    samples: () => Promise.resolve([encodeShard([[2, 3, 4], [5], [65_535]], ROW_LENGTH)]),
    damage: damagedBytes,
    read: (bytes) => decodeShard(bytes, ROW_LENGTH),
  },
  {
    name: 'link',
    samples: () =>
      Promise.resolve(
        [
          DEFAULT_FORM,
          {
            ...DEFAULT_FORM,
            datasetId: 'code',
            kinds: ['lstm'] as const,
            draft: { seed: 7, hidden: 64, dropout: null },
          },
        ].map((form) => encoder.encode(`${formToQuery(form)}&epochs=3&activation=relu&device=cpu`)),
      ),
    damage: (sample, random) => {
      const text = damagedText(sample, random);
      const more = oneOf(random, [
        '&__proto__=1',
        '&seed=1e999',
        '&hidden=-1',
        '&%=%',
        '&models=rnn,rnn',
        '&a=b'.repeat(5_000),
      ]);
      return joined(text, encoder.encode(more));
    },
    read: (bytes) => {
      const { ignored } = queryToForm(decoder.decode(bytes));
      if (ignored.some((sentence) => sentence.length > 200)) throw new Error('a sentence too long for people');
      return ignored.length === 0;
    },
  },
  sourceReader('code.zip', async () => [await zipOf(CODE)], damagedZip, zipSource),
  sourceReader('code.tar.gz', async () => [await tarballOf(CODE)], damagedTarball, tarSource),
  sourceReader(
    'py150.tar.gz',
    async () => [await py150Of(FILES.slice(0, 4), FILES.slice(4), CODE)],
    damagedTarball,
    py150Source,
  ),
  sourceReader(
    'train.parquet',
    () => {
      // repeated tokens are encoded with a dictionary and run lengths
      const many = Array.from({ length: 60 }, (_, i) => ROWS[i % ROWS.length]!);
      return Promise.resolve([parquetOf(ROWS), parquetOf(many), parquetOf(many, 'code', 'UNCOMPRESSED')]);
    },
    (sample, random) => damagedBytes(sample, random, once(random, 2) ? Math.floor(sample.length / 2) : 0),
    (file) => parquetSource([file]),
  ),
  sourceReader(
    'train.txt',
    () => Promise.resolve([encoder.encode(ROWS.map((row) => `${row.join(' ')}\n`).join(''))]),
    (sample, random) => damagedText(sample, random),
    (file) => codexglueSource([file]),
  ),
  {
    name: 'Python, whole files',
    samples: () => Promise.resolve([encoder.encode(PYTHON)]),
    damage: (sample, random) => damagedText(sample, random),
    read: async (bytes) => !('reason' in (await lexPythonFile(bytes))),
  },
  {
    name: 'Python, as it is typed',
    samples: () => Promise.resolve([encoder.encode(PYTHON)]),
    damage: (sample, random) => damagedText(sample, random),
    read: (bytes) => {
      const text = decoder.decode(bytes);
      const { starts, ends, trouble } = lexText(text, { rules: 'codexglue-2021', reading: 'text', kept: NO_LITERALS });
      const inOrder = starts.every(
        (start, i) => start <= ends[i]! && ends[i]! <= text.length && start >= (ends[i - 1] ?? 0),
      );
      if (!inOrder) throw new Error('tokens overlap');
      return trouble === null;
    },
  },
];
