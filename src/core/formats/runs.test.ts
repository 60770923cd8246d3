import { describe, expect, it } from 'vitest';
import { presetConfig } from '../settings/config.ts';
import { modelSpec } from '../models/spec.ts';
import { metricsOf, parseMetrics, writeMetrics } from './metrics.ts';
import { runOf } from '../report/runs.fixture.ts';
import { hasWeights, runSchema } from '../runs/run.ts';
import { configOf, runOfWeights, runsOfMetrics } from './runs.ts';

const course = [
  [3, 0.6],
  [2.5, 0.66],
] as const;

describe('runs of a metrics file', () => {
  const theirs = [runOf('rnn', course), runOf('residual-rnn', course)];
  const metrics = parseMetrics(writeMetrics(metricsOf(theirs)), 'metrics.json');
  const runs = runsOfMetrics(metrics, { fingerprint: 'f00', weighed: new Set(['rnn']), at: 5 });

  it('have what the file measured', () => {
    for (const [index, { epochs, bestEpoch, test, config, dataset, yardsticks }] of runs.entries()) {
      const own = theirs[index]!;
      expect({ bestEpoch, test, config, dataset, yardsticks }).toEqual({
        bestEpoch: own.bestEpoch,
        test: own.test,
        config: own.config,
        dataset: own.dataset,
        yardsticks: own.yardsticks,
      });
      expect(epochs.map(({ validation }) => validation)).toEqual(own.epochs.map(({ validation }) => validation));
    }
  });

  it('are records that the lab stores and reads, under ids that the file decides', () => {
    for (const run of runs) expect(runSchema.parse({ ...run, number: 1 })).toEqual({ ...run, number: 1 });
    expect(runs.map(({ id, experiment }) => [id, experiment])).toEqual([
      ['f00-rnn', 'f00'],
      ['f00-residual-rnn', 'f00'],
    ]);
  });

  it('have weights where these came along', () => {
    expect(runs.map(hasWeights)).toEqual([true, false]);
  });

  it('take gradient norms where a program tells them, and know of none where it does not', () => {
    const [model] = metrics.models;
    const normOf = (gradientNorm: { mean: number; max: number } | undefined) => {
      const told = { ...model!, epochs: [{ ...model!.epochs[0]!, gradientNorm }] };
      const [run] = runsOfMetrics({ ...metrics, models: [told] }, { fingerprint: 'f00', weighed: new Set(), at: 5 });
      return run!.epochs[0]!.gradientNorm;
    };
    expect(normOf({ mean: 1, max: 2 })).toEqual({ mean: 1, max: 2 });
    expect(normOf(undefined)).toEqual({ mean: Number.NaN, max: Number.NaN });
  });
});

it('a run of weights alone is a record that the lab stores, complete with weights and without a measure', () => {
  const config = presetConfig('quick', 100);
  const spec = modelSpec('lstm', config, 500);
  const dataset = { id: 'mine', sha256: 'ab'.repeat(32) };
  const run = runOfWeights('lstm', spec, { config, dataset, fingerprint: 'f00', at: 5 });
  expect(runSchema.parse({ ...run, number: 3 })).toEqual({ ...run, number: 3 });
  expect(hasWeights(run)).toBe(true);
  expect(run.bestEpoch).toBeNull();
});

describe('configOf', () => {
  it('takes what is told and valid, and the rest from the preset', () => {
    const told = { preset: 'quick', hidden: 96, learningRate: -1, batch: '8', world_size: 2, trainFiles: null };
    // what it does not name is as it was before it could
    expect(configOf(told)).toEqual({
      ...presetConfig('quick', 0),
      hidden: 96,
      forgetBias: 0,
      initialization: 'uniform',
    });
    expect(configOf({})).toEqual(presetConfig('task', 0));
  });
});
