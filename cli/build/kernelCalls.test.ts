import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { KERNEL_CALLS, kernelCalls, kernelCallsNow } from './kernelCalls.ts';

it('the written calls are those of the source; `npm run kernels` writes them', async () => {
  expect(await readFile(KERNEL_CALLS, 'utf8')).toBe(await kernelCallsNow());
});

const sources = (index: string, queue: string, sums: string) => new Map(Object.entries({ index, queue, sums }));
const QUEUE = 'export function written(): u32 {\n';

it('commands are those that return nothing; the queue keeps its positions', () => {
  const text = kernelCalls(
    sources(
      "export { pause, written } from './queue';\nexport { bytes, sum } from './sums';\n",
      `${QUEUE}}\nexport function pause(): void {\n}`,
      `export enum Order {
  /** From the first. */
  Forward,
  Backward,
}
/** Bytes of a sum. */
export function bytes(count: i32): usize {
}
/**
 * Adds up, in order.
 * @param order which end comes
 *   first
 */
export function sum(
  from: usize,
  order: Order,
): void {
}`,
    ),
  );
  expect(text).toContain('export const Order = { Forward: 0, Backward: 1 } as const;');
  expect(text).toContain('sum(from: number, order: Order): void;');
  expect(text).toContain('/** which end comes first */\nreadonly order: Order;');
  expect(text).toContain('sum: ({ from, order }) => program.sum(from, order),');
  expect(text).toContain('/** Bytes of a sum. */\nbytes(count: number): number;');
  expect(text).not.toContain('bytes: (');
  expect(text).not.toContain('pause: (');
});

it.each([
  { what: 'No exported function lost was found.', index: "export { lost } from './sums';", sums: '' },
  {
    what: 'No exported enum Order was found.',
    index: "export { sum } from './sums';",
    sums: 'export function sum(order: Order): void {',
  },
  {
    what: 'Order has a member "Forward = 1".',
    index: "export { sum } from './sums';",
    sums: 'export enum Order { Forward = 1 }\nexport function sum(order: Order): void {',
  },
  {
    what: 'sum has a parameter "from: usize = 0".',
    index: "export { sum } from './sums';",
    sums: 'export function sum(from: usize = 0): void {',
  },
  {
    what: 'sum has no parameter to.',
    index: "export { sum } from './sums';",
    sums: '/** @param to where */\nexport function sum(from: usize): void {',
  },
])('refuses what it does not understand: $what', ({ what, index, sums }) => {
  expect(() => kernelCalls(sources(index, QUEUE, sums))).toThrow(what);
});
