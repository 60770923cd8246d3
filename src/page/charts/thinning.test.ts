import { describe, expect, it } from 'vitest';
import { thin, type ChartPoint } from './thinning.ts';

const wave = (count: number): ChartPoint[] =>
  Array.from({ length: count }, (_, i) => ({ x: i + 1, y: i === 777 ? 50 : i === 3210 ? -50 : Math.sin(i / 90) }));
const thinned = (points: readonly ChartPoint[], most: number) =>
  thin(
    points,
    most,
    ({ x }) => x,
    ({ y }) => y,
  );

describe('thin', () => {
  it('leaves short lists alone', () => {
    const points = wave(100);
    expect(thinned(points, 100)).toBe(points);
  });

  it('keeps both ends, the highest and the lowest, in order', () => {
    const points = wave(20_000);
    const kept = thinned(points, 1000);
    expect(kept.length).toBeLessThanOrEqual(1000);
    expect(kept.length).toBeGreaterThan(500);
    expect(kept[0]).toBe(points[0]);
    expect(kept.at(-1)).toBe(points.at(-1));
    expect(Math.max(...kept.map(({ y }) => y))).toBe(50);
    expect(Math.min(...kept.map(({ y }) => y))).toBe(-50);
    expect(kept.every(({ x }, i) => i === 0 || x > kept[i - 1]!.x)).toBe(true);
  });

  it('keeps the extremes when it grows and is thinned again and again', () => {
    let kept: readonly ChartPoint[] = [];
    for (const point of wave(20_000)) {
      kept = [...kept, point];
      if (kept.length > 400) kept = thinned(kept, 200);
    }
    expect(Math.max(...kept.map(({ y }) => y))).toBe(50);
    expect(Math.min(...kept.map(({ y }) => y))).toBe(-50);
  });

  it('does not let a value that is no number hide its neighbours', () => {
    const points = wave(5_000).map((point) => (point.x % 7 === 0 ? { x: point.x, y: Number.NaN } : point));
    expect(Math.max(...thinned(points, 100).map(({ y }) => (Number.isNaN(y) ? -Infinity : y)))).toBe(
      Math.max(...points.map(({ y }) => (Number.isNaN(y) ? -Infinity : y))),
    );
  });
});
