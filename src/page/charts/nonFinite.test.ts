import { array, assert, constantFrom, double, integer, oneof, property } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatLoss } from '#core/format.ts';
import { chartRows } from './ChartTable.tsx';
import { ALL_FINITE, withSmall, countNonFinite, logNote, nonFiniteNote, valueText } from './nonFinite.ts';
import { curveShape } from './path.ts';
import { describeChart, readingsAt, snap, valuesWithin, type ChartSeries } from './series.ts';
import { smooth } from './smoothing.ts';
import { thin, type ChartPoint } from './thinning.ts';

const y = oneof(
  { weight: 6, arbitrary: double({ min: -1e6, max: 1e6, noNaN: true }) },
  { weight: 1, arbitrary: constantFrom(Infinity, -Infinity, Number.NaN, 0, 1.7e308) },
);
const curve = array(y, { maxLength: 400 }).map((ys): ChartPoint[] => ys.map((value, x) => ({ x, y: value })));

const seriesOf = (points: readonly ChartPoint[]): ChartSeries => ({
  key: 'a',
  label: 'RNN, train',
  colour: 'red',
  dashed: false,
  faint: false,
  faded: false,
  points,
  nonFinite: countNonFinite(points.map((point) => point.y)),
  endLabel: null,
  ring: null,
  stoppedAt: null,
});

const ODD = [2, Infinity, Number.NaN, 3, -Infinity].map((value, x) => ({ x, y: value }));

describe('what is not finite', () => {
  it('is counted and named as what it is', () => {
    expect(nonFiniteNote(countNonFinite([1, 2]))).toBeNull();
    expect(nonFiniteNote({ overflowed: 3, notANumber: 1 })).toBe(
      '3 points overflowed (▲ at the edge), 1 is not a number (a gap).',
    );
    expect(nonFiniteNote({ overflowed: 1, notANumber: 0 })).toBe('1 point overflowed (▲ at the edge).');
    expect(nonFiniteNote({ overflowed: 0, notANumber: 2 })).toBe('2 points are not a number (a gap).');
    expect(logNote(1, 'log')).toBe('1 point at or below 0 has no place on a log axis.');
    expect(logNote(1, 'linear')).toBeNull();
    expect([1, Infinity, -Infinity, Number.NaN].map((value) => valueText(value, formatLoss))).toEqual([
      '1.000',
      'overflowed',
      'overflowed below zero',
      'not a number',
    ]);
    expect([520_790_693, 1.5e30, 2e-9, 0].map(withSmall(formatLoss))).toEqual([
      '520,790,693.000',
      '1.50×10³⁰',
      '2.00×10⁻⁹',
      '0.000',
    ]);
  });

  it('is reported at the crosshair, in the text, in the table and in the file', () => {
    const series = [seriesOf(ODD)];
    expect(snap(series, 1.2)).toBe(1);
    expect(readingsAt(series, 1)[0]?.y).toBe(Infinity);
    expect(describeChart('Loss', 'step', series, [], String)).toBe(
      'Loss. RNN, train: overflowed below zero at step 4. 2 points overflowed (▲ at the edge), 1 is not a number (a gap).',
    );
    expect(chartRows('step', series).slice(1)).toEqual([
      ['0', '2'],
      ['1', 'Infinity'],
      ['2', 'NaN'],
      ['3', '3'],
      ['4', '-Infinity'],
    ]);
    const readings = readingsAt([seriesOf([{ x: 0, y: Number.NaN }]), seriesOf([{ x: 0, y: 1 }])], 0);
    expect(readings.map((reading) => reading.y)).toEqual([1, Number.NaN]);
  });

  it('breaks a line, and is marked at the edge that it lies beyond', () => {
    const linear = (value: number) => 100 - value;
    const shape = curveShape(ODD, (x) => 10 * x, linear);
    expect(shape).toEqual({
      path: '',
      lone: [
        { x: 0, y: 98 },
        { x: 30, y: 97 },
      ],
      above: [10],
      below: [40],
    });
    const points = [4, 0, 2, 1].map((value, x) => ({ x, y: value }));
    expect(curveShape(points, (x) => x, Math.log2)).toEqual({
      path: 'M2,1L3,0',
      lone: [{ x: 0, y: 2 }],
      above: [],
      below: [],
    });
  });
});

describe('whatever the values', () => {
  it('thinning keeps one of each kind, the extremes, the ends and the order', () => {
    assert(
      property(curve, integer({ min: 7, max: 60 }), (points, most) => {
        const kept = thin(
          points,
          most,
          (point) => point.x,
          (point) => point.y,
        );
        expect(kept.length).toBeLessThanOrEqual(Math.max(most, 0));
        expect(kept.every((point, i) => i === 0 || point.x > kept[i - 1]!.x)).toBe(true);
        expect([kept[0], kept.at(-1)]).toEqual([points[0], points.at(-1)]);
        const all = (list: readonly ChartPoint[]) => list.map((point) => point.y);
        for (const kind of [Infinity, -Infinity, Number.NaN])
          expect(all(kept).includes(kind)).toBe(all(points).includes(kind));
        const finite = (list: readonly ChartPoint[]) => all(list).filter(Number.isFinite);
        expect(Math.max(...finite(kept))).toBe(Math.max(...finite(points)));
        expect(Math.min(...finite(kept))).toBe(Math.min(...finite(points)));
      }),
    );
  });

  it('smoothing stays within what it smooths, and leaves what is not finite where it is', () => {
    assert(
      property(curve, double({ min: 0, max: 0.99, noNaN: true }), (points, weight) => {
        const smoothed = smooth(points, weight);
        expect(smoothed.map(({ x }) => x)).toEqual(points.map(({ x }) => x));
        const odd = points.flatMap((point, i) => (Number.isFinite(point.y) ? [] : [i]));
        expect(odd.map((i) => smoothed[i]!.y)).toEqual(odd.map((i) => points[i]!.y));
        let [low, high] = [Infinity, -Infinity];
        const outside = points.filter((point, i) => {
          if (!Number.isFinite(point.y)) return false;
          [low, high] = [Math.min(low, point.y), Math.max(high, point.y)];
          const room = 1e-9 * Math.max(Math.abs(low), Math.abs(high)) + 1e-300;
          return !(smoothed[i]!.y >= low - room && smoothed[i]!.y <= high + room);
        });
        expect(outside).toEqual([]);
      }),
    );
  });

  it('a drawn line has finite coordinates only, and every finite point on it or beside it', () => {
    assert(
      property(curve, (points) => {
        const { path, lone, above, below } = curveShape(
          points,
          (x) => x * 10,
          (value) => 200 - value / 1e4,
        );
        expect(path).not.toMatch(/NaN|Infinity/);
        const drawn = (path.match(/[ML]/g) ?? []).length + lone.length;
        expect(drawn).toBe(points.filter((point) => Number.isFinite(point.y)).length);
        const count = (value: number) => points.filter((point) => point.y === value).length;
        expect([above.length, below.length]).toEqual([count(Infinity), count(-Infinity)]);
      }),
    );
  });
});

it('the values within a range are those of its points and of the lines through its edges', () => {
  const points = [
    { x: 0, y: 0 },
    { x: 10, y: 100 },
    { x: 20, y: Infinity },
  ];
  expect(valuesWithin(points, 2, 4)).toEqual([20, 40]);
  expect(valuesWithin(points, 5, 10)).toEqual([50, 100]);
  expect(valuesWithin(points, 30, 40)).toEqual([]);
  expect(valuesWithin([], 0, 1)).toEqual([]);
  expect(countNonFinite([])).toBe(ALL_FINITE);
});
