/**
 * The memory of a training step on the processor. All tensors come from one heap, so what is freed serves whatever comes next, and a
 * plan is what is held in the phase that holds most. workers/training/cpuMemory.browser.test.ts compares it with what real
 * steps take.
 */
import type { PlannedBuffer } from '#core/models/memoryPlan.ts';

/** The buffers of the phase that holds most bytes; the first one if several do. */
export function largestPhase(phases: readonly (readonly PlannedBuffer[])[]): readonly PlannedBuffer[] {
  const bytesOf = (buffers: readonly PlannedBuffer[]) =>
    buffers.reduce((sum, { bytes, count }) => sum + bytes * count, 0);
  return phases.reduce((most, buffers) => (bytesOf(buffers) > bytesOf(most) ? buffers : most));
}
