/**
 * The buffers of a training step on a GPU. Buffers of one size are used again by what is not held at the same time, so a plan has
 * as many of a size as are held together at most. workers/training/gpuMemory.browser.test.ts compares it with what real steps
 * ask for.
 */
import type { PlannedBuffer } from '#core/models/memoryPlan.ts';
import { bySize } from '../../memory/buffers.ts';

/** For each size, the buffers of the phase that holds most; the later phase if several do. */
export function peakBySize(phases: readonly (readonly PlannedBuffer[])[]): readonly PlannedBuffer[] {
  return bySize([...new Set(phases.flat())]).flatMap((same) => {
    const held = phases.map((buffers) => buffers.filter((buffer) => same.includes(buffer)));
    const counts = held.map((buffers) => buffers.reduce((sum, { count }) => sum + count, 0));
    return held[counts.lastIndexOf(Math.max(...counts))] ?? [];
  });
}
