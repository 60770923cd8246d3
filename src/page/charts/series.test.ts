import { describe, expect, it } from 'vitest';
import { ALL_FINITE } from './nonFinite.ts';
import { describeChart, pointAt, spread, type ChartSeries } from './series.ts';

describe('spread', () => {
  it('leaves labels that have room where they are', () => {
    expect(spread([90, 10, 50], 12, 0, 100)).toEqual([90, 10, 50]);
  });

  it('keeps labels apart, in order and inside', () => {
    const positions = spread([50, 51, 52, 99, 100], 12, 0, 100);
    const sorted = [...positions].toSorted((a, b) => a - b);
    expect(positions).toEqual(sorted);
    expect(sorted.every((y, i) => i === 0 || y - sorted[i - 1]! >= 12)).toBe(true);
    expect(Math.max(...positions)).toBeLessThanOrEqual(100);
  });
});

describe('pointAt', () => {
  it('takes the nearest', () => {
    const points = [1, 4, 9].map((x) => ({ x, y: x }));
    expect(pointAt(points, 6)?.x).toBe(4);
    expect(pointAt(points, 100)?.x).toBe(9);
    expect(pointAt([], 1)).toBeNull();
  });
});

describe('describeChart', () => {
  it('says the last and the best of each line, and the levels', () => {
    const series: ChartSeries = {
      key: 'a',
      label: 'RNN, validation',
      colour: 'red',
      dashed: false,
      faint: false,
      faded: false,
      points: [
        { x: 1, y: 2 },
        { x: 2, y: 3 },
      ],
      nonFinite: ALL_FINITE,
      endLabel: 'RNN',
      ring: 1,
      stoppedAt: null,
    };
    const level = { key: 'b', label: 'Bigram', endLabel: 'bigram', y: 4, stretches: true };
    expect(describeChart('Loss', 'epoch', [series], [level], String)).toBe(
      'Loss. RNN, validation: 3 at epoch 2, best at 1 with 2; Bigram: 4.',
    );
  });
});
