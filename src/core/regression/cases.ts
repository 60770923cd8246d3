/**
 * What the regression trains: three small configurations on batches drawn from a seed, the same on every machine. Any change here
 * changes the committed figures: write them anew (`npm run regress -- --write`).
 */
import { presetConfig, type TrainingConfig } from '../settings/config.ts';
import { PAD_ID, SPECIAL_IDS } from '../data/vocabulary.ts';
import { streamFor } from '../random/stream.ts';
import { makeBatch, type Batch } from '../data/batches/batch.ts';

export const CASE_NAMES = ['odd', 'even', 'deep'] as const;
export type CaseName = (typeof CASE_NAMES)[number];

/** Training steps of a case: enough that Adam's moments, and what they are corrected by, decide. */
export const CASE_STEPS = 8;

export interface RegressionCase {
  readonly name: CaseName;
  readonly config: TrainingConfig;
  /** Rows of a micro-batch at most. */
  readonly microRows: number;
}

/** For what no case asks about. */
const BASE = presetConfig('tiny', 0);

export const CASES: Readonly<Record<CaseName, RegressionCase>> = {
  // no width fits a panel, a tile or a vector; all that training does is switched on
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
  // every width fits, and the sequence takes several chunks of the wavefront; all that can be is switched off
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
  // more layers than the task's, over several chunks of the wavefront, and another connection
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
};

/** A batch a step. The first row is as long as can be, the second has no target at all, the others are as they come. */
export function caseBatches({ name, config }: RegressionCase): readonly Batch[] {
  const { batch, length, vocabulary } = config;
  const random = streamFor(config.seed, `regression/${name}`);
  return Array.from({ length: CASE_STEPS }, (_, step) => {
    const rows = Array.from({ length: batch }, (_, row) => {
      const ids = row === 0 ? length : row === 1 ? step % 2 : 2 + random.below(length - 1);
      return Uint16Array.from({ length }, (_, at) =>
        at < ids ? 1 + random.below(vocabulary + SPECIAL_IDS - 1) : PAD_ID,
      );
    });
    return makeBatch(rows, config);
  });
}
