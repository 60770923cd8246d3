/** An experiment as it is stored, for tests. */
import { presetConfig } from '../settings/config.ts';
import type { Experiment } from './grid.ts';
import { itemsOf } from './items.ts';
import { EXPERIMENT_SCHEMA, type ExperimentRecord } from './record.ts';

export const PLAN: Experiment = {
  schema: 1,
  dataset: 'python-stdlib',
  preset: 'tiny',
  models: ['lstm'],
  settings: {},
  sweep: { learningRate: [0.001, 0.002, 0.004] },
};

export function experimentOf(id: string, plan: Partial<Experiment> = {}, order = 1): ExperimentRecord {
  const whole = { ...PLAN, ...plan };
  return {
    schema: EXPERIMENT_SCHEMA,
    id,
    createdAt: order,
    plan: whole,
    dataset: { id: whole.dataset, sha256: 'ab'.repeat(32) },
    device: 'cpu',
    config: presetConfig('tiny', 10),
    items: [...itemsOf(whole, order)],
    halt: null,
  };
}
