import { describe, expect, it } from 'vitest';
import { runOf } from '../report/runs.fixture.ts';
import { stepTable, type StepRecord } from '../runs/stepTable.ts';
import { FIRST_STEP, layerNorms } from './layerNorms.ts';

const record = (step: number, layers: readonly number[] | null): StepRecord => ({
  step,
  loss: 1,
  gradientNorm: 1,
  tokens: step,
  seconds: step,
  layerNorms: layers,
});

const lstm = runOf('lstm', [[3, 0.6]]);
const steps = {
  [lstm.id]: stepTable([
    record(1, [0, 8, 2, 0]),
    record(2, [0, 9, 9, 0]),
    record(3, [0, 1, 4, 0]),
    record(4, null),
    record(5, [0, 3, 6, 0]),
  ]),
};

describe('gradient norms by layer', () => {
  it('are means over the steps of the later half that were measured', () => {
    expect(layerNorms([lstm], steps)).toEqual([{ model: 'lstm', layer1: 2, layer2: 5 }]);
  });

  it('are those of the first step where that is asked for', () => {
    expect(layerNorms([lstm], steps, FIRST_STEP)).toEqual([{ model: 'lstm', layer1: 8, layer2: 2 }]);
  });

  it('are one pair a model, of the oldest pool that was measured, its mean over seeds', () => {
    const unmeasured = { ...lstm, id: 'unmeasured' };
    const seed = { ...lstm, id: 'seed', config: { ...lstm.config, seed: lstm.config.seed + 1 } };
    const other = { ...lstm, id: 'other', config: { ...lstm.config, dropout: 0.5 } };
    const all = {
      ...steps,
      unmeasured: stepTable([record(1, null)]),
      seed: stepTable([record(1, [1, 4, 1, 1])]),
      other: stepTable([record(1, [1, 100, 100, 1])]),
    };
    const runs = [unmeasured, lstm, seed, other];
    expect(layerNorms(runs, all)).toEqual([{ model: 'lstm', layer1: 3, layer2: 3 }]);
    expect(layerNorms([unmeasured], all)).toEqual([]);
  });
});
