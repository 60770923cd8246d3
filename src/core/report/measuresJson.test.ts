import { describe, expect, it } from 'vitest';
import { measuresJson } from './measuresJson.ts';
import { metricsOf, metricsSchema, parseMetrics } from '../formats/metrics.ts';
import { runOf } from './runs.fixture.ts';

const rnn = runOf('rnn', [[2.5, 0.7]]);
const lstm = runOf('lstm', [[2.4, 0.72]]);

describe('measuresJson', () => {
  it('is a metrics.json where the runs share an experiment', () => {
    expect(parseMetrics(measuresJson([rnn, lstm]), 'here')).toEqual(metricsOf([rnn, lstm]));
  });

  it('is a list of them where not, and never fails over runs that differ', () => {
    const later = { ...rnn, experiment: 'later' };
    const elsewhere = { ...lstm, device: { kind: 'webgpu' as const, name: 'a GPU' } };
    const all = metricsSchema.array().parse(JSON.parse(measuresJson([rnn, later, lstm, elsewhere])));
    expect(all.map(({ models }) => models.map(({ name }) => name))).toEqual([['rnn', 'lstm'], ['rnn'], ['lstm']]);
    expect(all[2]!.device.name).toBe('a GPU');
    expect(JSON.parse(measuresJson([]))).toEqual([]);
  });
});
