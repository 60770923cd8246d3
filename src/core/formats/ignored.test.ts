import { expect, it } from 'vitest';
import { ignoredInWords, ignoredOf, listTensors } from './ignored.ts';

const tensors = [
  { name: 'num_batches', dtype: 'I64', shape: [] },
  { name: 'mask', dtype: 'BOOL', shape: [5, 5] },
  { name: 'norm.weight', dtype: 'BF16', shape: [5] },
  { name: 'scale', dtype: 'F32', shape: [1] },
];

it('tells what may be a layer: several floats', () => {
  const ignored = ignoredOf(tensors, (name) => name === 'mask');
  expect(ignored.map(({ name, mayBeLayer }) => [name, mayBeLayer])).toEqual([
    ['num_batches', false],
    ['norm.weight', true],
    ['scale', false],
  ]);
});

it('says how many were ignored, and which', () => {
  expect(ignoredInWords([])).toBe('');
  expect(ignoredInWords(tensors.slice(0, 1))).toBe('1 tensor was ignored: num_batches (I64).');
  expect(ignoredInWords(tensors, 2)).toBe('4 tensors were ignored: num_batches (I64), mask (BOOL [5, 5]) and 2 more.');
  expect(listTensors(tensors)).toBe('num_batches (I64), mask (BOOL [5, 5]), norm.weight (BF16 [5]), scale (F32 [1])');
});

it('shortens a name without end', () => {
  expect(ignoredInWords([{ name: 'x'.repeat(1e6), dtype: 'I64', shape: [] }]).length).toBeLessThan(200);
});
