import { array, assert, boolean, nat, property, tuple } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Heap } from './heap.ts';

const START = 1000;
const PAGE = 65_536;
const heapOf = (most = 100) => new Heap(new WebAssembly.Memory({ initial: 1, maximum: most }), START);

describe('Heap', () => {
  it('gives places that do not overlap, and forgets none, whatever is taken and given back', () => {
    assert(
      property(array(tuple(boolean(), nat(5000)), { maxLength: 80 }), (wishes) => {
        const heap = heapOf();
        const held = new Map<number, number>();
        const wrong: number[] = [];
        for (const [takes, size] of wishes) {
          const oldest = held.keys().next().value;
          if (takes || oldest === undefined) {
            const place = heap.take(size);
            const overlaps = [...held].some(([other, bytes]) => place + size > other && other + bytes > place);
            if (place % 64 !== 0 || place < START || overlaps) wrong.push(place);
            held.set(place, size);
          } else {
            heap.give(oldest, 0);
            held.delete(oldest);
          }
        }
        expect(wrong).toEqual([]);
        for (const place of held.keys()) heap.give(place, 0);
        expect(heap.takenBytes).toBe(0);
        // All of it is one piece again.
        expect(heap.take(64)).toBe(Math.ceil(START / 64) * 64);
      }),
    );
  });

  it('uses the same places for the same wishes, so that steps of changing length take no more', () => {
    const heap = heapOf();
    const step = (rows: number) => {
      const places = [3, 5, 2, 9].map((width) => heap.take(rows * width * 4));
      for (const place of places) heap.give(place, 0);
      return places;
    };
    const first = step(1000);
    for (const rows of [10, 999, 500, 1000, 1]) step(rows);
    expect(step(1000)).toEqual(first);
    const bytes = heap.memoryBytes;
    for (let rows = 1; rows <= 1000; rows += 7) step(rows);
    expect(heap.memoryBytes).toBe(bytes);
  });

  it('keeps a place that commands may still use from whoever writes at once', () => {
    const heap = heapOf();
    const used = heap.take(100);
    heap.give(used, 7);
    expect(heap.takeIdle(100, 6)).not.toBe(used);
    expect(heap.takeIdle(100, 7)).toBe(used);
    const other = heap.take(100);
    heap.give(other, 9);
    // a command comes after all before it
    expect(heap.take(100)).toBe(other);
  });

  it('says what is missing where the memory cannot grow, and stays as it was', () => {
    const heap = heapOf(2);
    expect(heap.reserve(PAGE)).toBe(true);
    expect(heap.reserve(3 * PAGE)).toBe(false);
    const place = heap.take(PAGE);
    expect(() => heap.take(2 * PAGE)).toThrow(/^The processor's memory is full: 65\.5 kB are in use, and 131 kB more/);
    expect(heap.takenBytes).toBe(PAGE);
    heap.give(place, 0);
    expect(heap.take(PAGE)).toBe(place);
    expect(() => heap.give(12, 0)).toThrow('nothing was taken at 12');
  });
});
