import { describe, expect, it } from 'vitest';
import { differences, median, nameOf, stepsFigures, stepsWork } from './trainLab.ts';

describe('figures of the train bench', () => {
  it('are those of the median step', () => {
    const work = stepsWork('lstm', { batch: 8, steps: 100 }, 3);
    expect(nameOf(work)).toBe('lstm, 8 x 100');
    expect(stepsFigures(work, [4, 1, 2])).toMatchObject({
      model: 'lstm',
      batch: 8,
      steps: 100,
      tokensPerSecond: 400,
      milliseconds: 2000,
    });
  });

  it('take the mean of the middle two of an even number', () => {
    expect(median([4, 1, 3, 2])).toBe(2.5);
    expect(median([])).toBeNaN();
  });

  it('name the tensors that differ', () => {
    expect(differences({ a: '1', b: '2' }, { a: '1', b: '3' })).toEqual(['b']);
  });
});
