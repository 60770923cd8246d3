import { array, assert, boolean, nat, property, tuple } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Heap } from './heap.ts';

const START = 1000;
const PAGE = 65_536;
const heapOf = (most = 100) => new Heap(new WebAssembly.Memory({ initial: 1, maximum: most }), START);

describe('Heap', () => {
  it('allocates blocks that do not overlap, and loses none, whatever is allocated and freed', () => {
    assert(
      property(array(tuple(boolean(), nat(5000)), { maxLength: 80 }), (wishes) => {
        const heap = heapOf();
        const held = new Map<number, number>();
        const wrong: number[] = [];
        for (const [allocates, size] of wishes) {
          const oldest = held.keys().next().value;
          if (allocates || oldest === undefined) {
            const address = heap.alloc(size);
            const overlaps = [...held].some(([other, bytes]) => address + size > other && other + bytes > address);
            if (address % 64 !== 0 || address < START || overlaps) wrong.push(address);
            held.set(address, size);
          } else {
            heap.free(oldest, 0);
            held.delete(oldest);
          }
        }
        expect(wrong).toEqual([]);
        for (const address of held.keys()) heap.free(address, 0);
        expect(heap.allocatedBytes).toBe(0);
        // All of it is one piece again.
        expect(heap.alloc(64)).toBe(Math.ceil(START / 64) * 64);
      }),
    );
  });

  it('uses the same addresses for the same sizes, so that steps of changing length take no more', () => {
    const heap = heapOf();
    const step = (rows: number) => {
      const addresses = [3, 5, 2, 9].map((width) => heap.alloc(rows * width * 4));
      for (const address of addresses) heap.free(address, 0);
      return addresses;
    };
    const first = step(1000);
    for (const rows of [10, 999, 500, 1000, 1]) step(rows);
    expect(step(1000)).toEqual(first);
    const bytes = heap.memoryBytes;
    for (let rows = 1; rows <= 1000; rows += 7) step(rows);
    expect(heap.memoryBytes).toBe(bytes);
  });

  it('keeps a block that commands may still use from whoever writes at once', () => {
    const heap = heapOf();
    const used = heap.alloc(100);
    heap.free(used, 7);
    expect(heap.allocIdle(100, 6)).not.toBe(used);
    expect(heap.allocIdle(100, 7)).toBe(used);
    const other = heap.alloc(100);
    heap.free(other, 9);
    // a command comes after all before it
    expect(heap.alloc(100)).toBe(other);
  });

  it('says what is missing where the memory cannot grow, and stays as it was', () => {
    const heap = heapOf(2);
    expect(heap.reserve(PAGE)).toBe(true);
    expect(heap.reserve(3 * PAGE)).toBe(false);
    const address = heap.alloc(PAGE);
    expect(() => heap.alloc(2 * PAGE)).toThrow(
      /^The memory of the device CPU is full: 65\.5 kB are in use, and 131 kB more/,
    );
    expect(heap.allocatedBytes).toBe(PAGE);
    heap.free(address, 0);
    expect(heap.alloc(PAGE)).toBe(address);
    expect(() => heap.free(12, 0)).toThrow('nothing is allocated at 12');
  });
});
