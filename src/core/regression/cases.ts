/**
 * What the regression trains: small configurations on batches drawn from a seed, the same on every machine. Any change here changes the
 * committed figures: rewrite them (`npm run regress -- --write`).
 */
import { presetConfig, rowsAStep, type TrainingConfig } from '../settings/config.ts';
import { PAD_ID, SPECIAL_IDS } from '../data/vocabulary.ts';
import { streamFor } from '../random/stream.ts';
import { makeBatch, type Batch } from '../data/batches/batch.ts';

export const CASE_NAMES = ['odd', 'even', 'deep', 'scheduled', 'momentum'] as const;
export type CaseName = (typeof CASE_NAMES)[number];

/** Training steps of a case: enough for Adam's moments and their bias correction to affect the result. */
export const CASE_STEPS = 8;

export interface RegressionCase {
  readonly name: CaseName;
  readonly config: TrainingConfig;
  /** Maximum number of rows in a micro-batch. */
  readonly microRows: number;
}

/** Values of the settings that a case does not set. */
const BASE = presetConfig('tiny', 0);

export const CASES: Readonly<Record<CaseName, RegressionCase>> = {
  // no width is a multiple of a panel, tile or vector; dropout and clipping are on
  odd: {
    name: 'odd',
    config: {
      ...BASE,
      seed: 11,
      batch: 7,
      length: 13,
      vocabulary: 29,
      embedding: 5,
      hidden: 7,
      activation: 'tanh',
      dropout: 0.3,
      learningRate: 0.01,
      clipNorm: 0.25,
    },
    microRows: 3,
  },
  // every width is a multiple, and the sequence takes several chunks of the wavefront; dropout and clipping are off
  even: {
    name: 'even',
    config: {
      ...BASE,
      seed: 12,
      batch: 4,
      length: 41,
      vocabulary: 62,
      embedding: 16,
      hidden: 32,
      activation: 'tanh',
      dropout: 0,
      learningRate: 0.005,
      clipNorm: 0,
    },
    microRows: 4,
  },
  // more layers than the task has, over several chunks of the wavefront, and another residual connection
  deep: {
    name: 'deep',
    config: {
      ...BASE,
      seed: 13,
      batch: 5,
      length: 20,
      vocabulary: 41,
      embedding: 6,
      hidden: 9,
      layers: 3,
      connection: 'concatenated',
      activation: 'tanh',
      dropout: 0.2,
      learningRate: 0.01,
      clipNorm: 1,
    },
    microRows: 2,
  },
  // AdamW with a schedule, gradients of two batches per step, orthogonal weights, and a shared matrix after a projection
  scheduled: {
    name: 'scheduled',
    config: {
      ...BASE,
      seed: 14,
      batch: 3,
      accumulate: 2,
      length: 15,
      vocabulary: 37,
      embedding: 6,
      hidden: 11,
      weightTying: 'projected',
      forgetBias: 1,
      initialization: 'orthogonal-layers',
      dropout: 0.2,
      optimizer: 'adamw',
      weightDecay: 0.1,
      learningRate: 0.02,
      schedule: 'cosine',
      warmup: 0.25,
      clipNorm: 0.5,
    },
    microRows: 3,
  },
  // SGD with momentum and the one-cycle schedule, three batches per step, and a shared matrix without projection; widths are multiples
  momentum: {
    name: 'momentum',
    config: {
      ...BASE,
      seed: 15,
      batch: 2,
      accumulate: 3,
      length: 17,
      vocabulary: 46,
      embedding: 16,
      hidden: 16,
      weightTying: 'tied',
      activation: 'relu',
      dropout: 0,
      optimizer: 'sgd',
      momentum: 0.9,
      learningRate: 0.3,
      schedule: 'one-cycle',
      warmup: 0.3,
      clipNorm: 1,
    },
    microRows: 2,
  },
};

/** One batch per step. The first row has full length, the second has no target, and the others have random lengths. */
export function caseBatches({ name, config }: RegressionCase): readonly Batch[] {
  const { length, vocabulary } = config;
  const random = streamFor(config.seed, `regression/${name}`);
  return Array.from({ length: CASE_STEPS }, (_, step) => {
    const rows = Array.from({ length: rowsAStep(config) }, (_, row) => {
      const ids = row === 0 ? length : row === 1 ? step % 2 : 2 + random.below(length - 1);
      return Uint16Array.from({ length }, (_, at) =>
        at < ids ? 1 + random.below(vocabulary + SPECIAL_IDS - 1) : PAD_ID,
      );
    });
    return makeBatch(rows, config);
  });
}
