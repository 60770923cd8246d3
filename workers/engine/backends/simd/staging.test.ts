import { array, assert, nat, property, tuple } from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Kernels } from './kernels.ts';
import { RING_BYTES, StagingRing } from './staging.ts';

/** A queue that computes only when asked. */
function queue() {
  const state = { written: 0, done: 0 };
  const kernels = {
    copy: () => void state.written++,
    written: () => state.written,
    done: () => state.done,
  };
  return { state, ring: new StagingRing(kernels as unknown as Kernels, 1_000) };
}

describe('StagingRing', () => {
  it('gives no bytes out twice before they were copied, and all of the ring in the end', () => {
    assert(
      property(array(tuple(nat(RING_BYTES / 4), nat(3)), { maxLength: 60 }), (wishes) => {
        const { state, ring } = queue();
        const live: { from: number; to: number; mark: number }[] = [];
        const wrong: number[] = [];
        for (const [bytes, computed] of wishes) {
          const address = ring.reserve(bytes);
          if (address !== null) {
            const overlaps = ({ from, to, mark }: (typeof live)[number]) =>
              mark > state.done && address + bytes > from && address < to;
            if (address < 1_000 || address + bytes > 1_000 + RING_BYTES || live.some(overlaps)) wrong.push(address);
            ring.copy(address, 0, bytes);
            live.push({ from: address, to: address + bytes, mark: state.written });
          }
          state.done = Math.min(state.written, state.done + computed);
        }
        expect(wrong).toEqual([]);
        state.done = state.written;
        expect(ring.reserve(RING_BYTES / 4)).toBe(1_000);
      }),
    );
  });

  it('has no room for what is large, or while too much is on its way', () => {
    const { state, ring } = queue();
    expect(ring.reserve(RING_BYTES / 4 + 1)).toBeNull();
    let pieces = 0;
    for (let address = ring.reserve(RING_BYTES / 4); address !== null; address = ring.reserve(RING_BYTES / 4)) {
      ring.copy(address, 0, 1);
      pieces++;
    }
    expect(pieces).toBe(4);
    state.done = 1;
    expect(ring.reserve(1_000)).toBe(1_000);
  });
});
