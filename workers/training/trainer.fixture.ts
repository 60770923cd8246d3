/** Whole runs of a small model, from the start or from a checkpoint, and what they store. */
import { expect } from 'vitest';
import { presetConfig, type TrainingConfig } from '#core/settings/config.ts';
import type { ModelName } from '#core/models/registry.ts';
import { modelSpec, parameterCount } from '#core/models/spec.ts';
import { nameFlags } from '#core/cache/rowTexts.ts';
import { outsideCode } from '#core/data/outside.ts';
import { PAD_ID, UNK_ID } from '#core/data/vocabulary.ts';
import { streamFor } from '#core/random/stream.ts';
import type { RunRecord } from '#core/runs/run.ts';
import type { Breakdown } from '#core/metrics/breakdown.ts';
import { NO_STEPS, type StepTable } from '#core/runs/stepTable.ts';
import type { Rows } from '#core/data/batches/rows.ts';
import { CHECKPOINT_SCHEMA, readCheckpoint, writeCheckpoint } from '#core/runs/checkpoint.ts';
import { weightShapes, type Weights } from '#core/models/weights.ts';
import type { Device } from '#engine/devices/device.ts';
import type { TrainingProgress } from '#core/runs/training.ts';
import { breakdownSum } from './breakdownSum.ts';
import { Control } from './control.ts';
import { trainModel } from './trainer.ts';

const VOCABULARY = 30;
const manifest = {
  id: 'data',
  sha256: 'ab'.repeat(32),
  vocabulary: { tokens: Array.from({ length: VOCABULARY }, (_, id) => `name${id}`) },
};
const config: TrainingConfig = {
  ...presetConfig('tiny', 10),
  vocabulary: VOCABULARY,
  embedding: 5,
  hidden: 7,
  length: 10,
  epochs: 2,
};

/** @param texts whether the split keeps which `<UNK>`s have the same text */
function split(count: number, seed: number, longest: number, texts = false): Rows {
  const random = streamFor(seed, 'rows');
  const rows = Array.from({ length: count }, () => {
    const length = 2 + random.below(longest - 1);
    return Uint16Array.from({ length: longest }, (_, i) => (i < length ? 1 + random.below(31) : PAD_ID));
  });
  return {
    lengths: Uint16Array.from(rows, (row) => row.filter((id) => id !== PAD_ID).length),
    read: (indices) => Promise.resolve(indices.map((index) => rows[index]!)),
    readOutside: texts ? (indices) => Promise.resolve(indices.map((index) => outsideOf(rows[index]!))) : undefined,
  };
}

/** `<UNK>`s have one of three texts, in turn. */
const outsideOf = (row: Uint16Array) => row.map((id, at) => (id === UNK_ID ? outsideCode(1 + (at % 3), true) : 0));

const WRITER = {
  schema: CHECKPOINT_SCHEMA,
  build: 'test',
  device: { kind: 'any', rounding: 'any' },
  models: ['lstm'],
} as const;

export interface Trained {
  readonly run: RunRecord;
  readonly weights: Weights | undefined;
  readonly steps: StepTable;
  readonly breakdown: Breakdown | undefined;
  readonly progress: readonly TrainingProgress[];
}

/** What is stored of a run at one moment. */
export interface Stored {
  readonly run: RunRecord;
  readonly best: Weights | null;
  readonly steps: StepTable;
  readonly checkpoint: Uint8Array;
}

interface Options {
  readonly change?: Partial<TrainingConfig>;
  readonly plan?: RunRecord['plan'];
  /** Whether validation and test keep what a cache needs. */
  readonly texts?: boolean;
  /** Stored state to resume from. */
  readonly from?: Stored;
  /** Called for every checkpoint. */
  readonly onCheckpoint?: (stored: Stored, control: Control) => void;
  readonly onProgress?: (progress: TrainingProgress, control: Control) => void;
}

export async function train(
  device: Device,
  model: ModelName,
  { change, plan, from, onCheckpoint, onProgress, texts = true }: Options = {},
): Promise<Trained> {
  const own = { ...config, ...change };
  const states: RunRecord[] = [];
  const progress: TrainingProgress[] = [];
  let weights: Weights | undefined = from?.best ?? undefined;
  let steps = from?.steps ?? NO_STEPS;
  let breakdown: Breakdown | undefined;
  const cut = { length: own.length, vocabulary: VOCABULARY };
  const control = new Control(() => {});
  const spec = modelSpec(model, own, VOCABULARY);
  const fresh: RunRecord = {
    schema: 2,
    id: 'run',
    number: 1,
    experiment: 'experiment',
    model,
    parameters: parameterCount(spec),
    dataset: { id: manifest.id, sha256: manifest.sha256 },
    device: { kind: device.kind, name: device.name },
    config: own,
    ...(plan ? { plan } : {}),
    state: 'waiting',
    createdAt: 0,
    epochs: [],
    bestEpoch: null,
    ended: null,
    test: null,
    yardsticks: [],
    failure: null,
  };
  const ended = await trainModel({
    run: from?.run ?? fresh,
    resumption: from && { state: readCheckpoint(from.checkpoint, weightShapes(spec), own.optimizer), best: from.best },
    data: {
      train: split(11, 1, own.length),
      validation: split(5, 2, own.length, texts),
      test: split(5, 3, own.length, texts),
      dev: null,
      cut,
    },
    ignored: new Set(),
    names: nameFlags(manifest.vocabulary.tokens),
    device,
    control,
    onProgress: (word) => {
      progress.push(word);
      onProgress?.(word, control);
    },
    onTrouble: () => {},
    breakdownOf: (rows) => breakdownSum(rows, cut, manifest),
    store: (next, parts) => {
      states.push(next);
      weights = parts?.weights ?? weights;
      steps = parts?.steps ?? steps;
      breakdown = parts?.breakdown ?? breakdown;
      if (parts?.checkpoint) {
        const trainerState = { ...parts.checkpoint.trainerState, ...WRITER };
        const checkpoint = writeCheckpoint({ ...parts.checkpoint, trainerState });
        onCheckpoint?.({ run: next, best: weights ?? null, steps, checkpoint }, control);
      }
      return Promise.resolve();
    },
  });
  expect(states.at(-1)).toEqual(ended);
  return { run: ended, weights, steps, breakdown, progress };
}

/** What a repeated run must have bit for bit: everything except times. */
export function figures({ run, weights, steps, breakdown }: Trained) {
  const epochs = run.epochs.map(({ gradientNorm, train: trained, validation }) => ({
    gradientNorm,
    trained,
    validation,
  }));
  const { seconds: _, ...columns } = steps;
  return { epochs, steps: columns, test: run.test, best: run.bestEpoch, cache: run.cache, weights, breakdown };
}
