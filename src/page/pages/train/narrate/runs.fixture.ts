/** Runs with given losses, for the tests of this folder. */
import {
  array,
  boolean,
  constantFrom,
  double,
  integer,
  oneof,
  option,
  record,
  tuple,
  type Arbitrary,
} from 'fast-check';
import { presetConfig, type TrainingConfig } from '#core/settings/config.ts';
import { MODEL_NAMES } from '#core/models/registry.ts';
import { measuresOf, runOf } from '#core/report/runs.fixture.ts';
import { RUN_STATES, type EpochRecord, type RunRecord } from '#core/runs/run.ts';
import { layersOf } from '#core/runs/stepTable.ts';
import type { StepColumns } from './facts.ts';

export interface EpochCourse {
  readonly train: number;
  readonly validation: number;
  readonly top5: number;
  /** Targets of both parts. */
  readonly counted?: number;
}

/** The epoch of the lowest loss, as early stopping finds it; its weights are kept. */
export function runWith(course: readonly EpochCourse[], but: Partial<RunRecord> = {}): RunRecord {
  let [best, lowest] = [null as number | null, Infinity];
  const epochs = course.map(({ train, validation, top5, counted = 1_000 }, i): EpochRecord => {
    if (validation < lowest) [best, lowest] = [i + 1, validation];
    return {
      epoch: i + 1,
      seconds: 10,
      steps: 16,
      tokensPerSecond: 1_000,
      gradientNorm: { mean: 0.5, max: 2 },
      train: { ...measuresOf(train, top5), counted },
      validation: { ...measuresOf(validation, top5), counted },
    };
  });
  return { ...runOf('rnn', []), epochs, bestEpoch: best, test: null, ...but };
}

const oddLoss = constantFrom(Infinity, Number.NaN, 0, 1e-9, 50, 705, 720, 1e300);
const anyLoss = oneof(
  { weight: 5, arbitrary: double({ min: 0.1, max: 12, noNaN: true }) },
  { weight: 1, arbitrary: oddLoss },
);
const rate = oneof(double({ min: 0, max: 1, noNaN: true }), constantFrom(0, 1, 0.7, 0.71, 0.7101, Number.NaN));

/** Falling, rising, flat, by heart, exploding; or anything. */
const course: Arbitrary<readonly EpochCourse[]> = oneof(
  array(record({ train: anyLoss, validation: anyLoss, top5: rate }), { maxLength: 7 }),
  tuple(
    double({ min: 2, max: 6, noNaN: true }),
    double({ min: -0.8, max: 0.8, noNaN: true }),
    oneof(double({ min: -0.8, max: 0.8, noNaN: true }), constantFrom(0, 0.0005, -0.0005, 3, 400)),
    integer({ min: 1, max: 9 }),
    rate,
  ).map(([start, slope, bend, epochs, top5]) =>
    Array.from({ length: epochs }, (_, i) => ({
      train: Math.max(0.01, start + slope * i),
      validation: Math.max(0.01, start + slope * i + (bend - slope) * Math.max(0, i - 2)),
      top5,
    })),
  ),
);

const config: Arbitrary<TrainingConfig> = record({
  preset: constantFrom('tiny', 'quick', 'task'),
  learningRate: constantFrom(1, 0.5, 0.005, 0.0001),
  clipNorm: constantFrom(0, 0.5, 1, 5),
  activation: constantFrom('tanh', 'relu'),
  batch: integer({ min: 1, max: 32 }),
  dropout: constantFrom(0, 0.3, 0.6),
  patience: integer({ min: 1, max: 4 }),
  epochs: integer({ min: 7, max: 12 }),
  trainFiles: option(integer({ min: 1, max: 5_000 })),
} as const).map(({ preset, ...own }) => ({ ...presetConfig(preset, 300), ...own }));

const failure = constantFrom(
  { kind: 'not-finite', what: 'The loss stopped being a number at step 3.', remedy: 'Lower the rate.' },
  { kind: 'device', what: 'The device was lost.', remedy: 'Train again.' },
);

export const anyRun: Arbitrary<RunRecord> = record({
  course,
  config,
  model: constantFrom(...MODEL_NAMES),
  state: constantFrom(...RUN_STATES),
  failure,
  empty: boolean(),
  bigram: option(tuple(oneof(double({ min: 0.5, max: 7, noNaN: true }), constantFrom(3, Number.NaN)), rate)),
  odd: option(integer({ min: 1, max: 9 }), { freq: 9 }),
}).map(({ course: epochs, config: own, model, state, failure: why, empty, bigram, odd }) => {
  const run = runWith(empty ? epochs.map((one) => ({ ...one, validation: Number.NaN, counted: 0 })) : epochs);
  const { bestEpoch } = run;
  const since = epochs.length - (bestEpoch ?? 0);
  return {
    ...run,
    id: `run-${model}-${epochs.length}-${state}`,
    model,
    config: own,
    state,
    // a record from elsewhere may name any epoch
    bestEpoch: odd === null ? bestEpoch : Math.min(odd, epochs.length) || null,
    ended: state === 'done' ? (since >= own.patience ? 'patience' : 'epochs') : null,
    failure: state === 'failed' ? why : null,
    yardsticks: bigram
      ? [
          { name: 'unigram', validation: measuresOf(bigram[0] + 1, bigram[1] / 2) },
          { name: 'bigram', validation: measuresOf(...bigram) },
        ]
      : [],
  };
});

const norm = oneof(double({ min: 1e-4, max: 10, noNaN: true }), constantFrom(0, Infinity, Number.NaN));

/** Steps with these losses and the same gradient norms of the layers in each. */
export function stepsOf(losses: readonly number[], norms: readonly number[] = []): StepColumns {
  const layers = layersOf(2).map((_, layer) => norms[layer] ?? Number.NaN);
  return { loss: Float32Array.from(losses), layerNorms: Float32Array.from(losses.flatMap(() => layers)) };
}

export const anySteps: Arbitrary<StepColumns> = oneof(
  array(anyLoss, { maxLength: 8 }).map((losses) => stepsOf(losses)),
  tuple(double({ min: 0.1, max: 9, noNaN: true }), integer({ min: 15, max: 30 }), tuple(norm, norm)).map(
    ([loss, steps, [layer1, layer2]]) =>
      stepsOf(
        Array.from({ length: steps }, () => loss),
        [1, layer1, layer2, 1],
      ),
  ),
);
