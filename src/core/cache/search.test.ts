import { describe, expect, it } from 'vitest';
import { bestOf, gridOf, LAMBDAS, PointSum, SEARCHED_ROWS, searchedRows, THETAS } from './search.ts';

describe('searchedRows', () => {
  const lengths = Array.from({ length: 200 }, (_, row) => row % 7);

  it('draws some rows that have a target, the same for one seed', () => {
    const rows = searchedRows(lengths, 42);
    expect(rows).toHaveLength(SEARCHED_ROWS);
    expect(new Set(rows).size).toBe(SEARCHED_ROWS);
    expect(rows).toEqual(rows.toSorted((a, b) => a - b));
    expect(rows.every((row) => lengths[row]! > 1)).toBe(true);
    expect(searchedRows(lengths, 42)).toEqual(rows);
    expect(searchedRows(lengths, 43)).not.toEqual(rows);
  });

  it('takes all there are of a small split, and none of one without targets', () => {
    expect(searchedRows([5, 1, 0, 2], 1)).toEqual([0, 3]);
    expect(searchedRows([1, 0], 1)).toEqual([]);
  });
});

it('gridOf has every pair once', () => {
  const grid = gridOf();
  expect(grid).toHaveLength(THETAS.length * LAMBDAS.length);
  expect(new Set(grid.map(({ theta, lambda }) => `${theta} ${lambda}`)).size).toBe(grid.length);
});

it('PointSum is the mean over the targets, without padding', () => {
  const sum = new PointSum({ theta: 1, lambda: 0.2 });
  const texts = { slots: Int32Array.of(1, 2, 1, -1), ids: Int32Array.of(1, 5, 6), names: [false, true, true] };
  sum.add(texts, { losses: Float64Array.of(1, 2, 3, 99), ranks: Uint8Array.of(0, 4, 5, 0) });
  expect(sum.point()).toEqual({ theta: 1, lambda: 0.2, loss: 2, top5: 2 / 3 });
  expect(sum.targets).toBe(3);
});

describe('bestOf', () => {
  const point = (theta: number, loss: number) => ({ theta, lambda: 0.1, loss, top5: 0 });

  it('takes the lowest loss, of equal ones the first', () => {
    expect(bestOf([point(1, 3), point(2, 2), point(4, 2)])).toEqual({ theta: 2, lambda: 0.1 });
  });

  it('passes over what is no number, and gives nothing where nothing is one', () => {
    expect(bestOf([point(1, Number.NaN), point(2, 5)])).toEqual({ theta: 2, lambda: 0.1 });
    expect(bestOf([point(1, Number.NaN), point(2, Infinity)])).toBeNull();
    expect(bestOf([])).toBeNull();
  });
});
