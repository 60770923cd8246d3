import { describe, expect, it } from 'vitest';
import { runOf } from '../report/runs.fixture.ts';
import { stepTable, type StepRecord } from '../stepTable.ts';
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

  it('are one a model, of the first run that was measured', () => {
    const unmeasured = { ...lstm, id: 'unmeasured' };
    const later = { ...lstm, id: 'later' };
    const all = { ...steps, unmeasured: stepTable([record(1, null)]), later: stepTable([record(1, [1, 1, 1, 1])]) };
    expect(layerNorms([unmeasured, lstm, later], all)).toHaveLength(1);
    expect(layerNorms([unmeasured], all)).toEqual([]);
  });
});
