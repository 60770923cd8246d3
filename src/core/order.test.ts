import { expect, it } from 'vitest';
import { ascending, descending } from './order.ts';

it('orders infinite numbers, and puts what is no number last', () => {
  const values = [Number.NaN, Infinity, 2, -Infinity, Number.NaN, Infinity, 1];
  expect(values.toSorted(ascending)).toEqual([-Infinity, 1, 2, Infinity, Infinity, Number.NaN, Number.NaN]);
  expect(values.toSorted(descending)).toEqual([Infinity, Infinity, 2, 1, -Infinity, Number.NaN, Number.NaN]);
});
