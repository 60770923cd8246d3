/** The sizes of buffers: what each follows, and which can be used in place of each other. */
import type { PlannedBuffer } from '#core/models/memoryPlan.ts';

/** What decides the sizes in a training step. */
export interface BatchSizes {
  readonly microBatches: number;
  /** Rows of a micro-batch. */
  readonly rows: number;
  readonly steps: number;
  /** Allocated for a slice of logits. */
  readonly sliceRows: number;
}

const VALUE_BYTES = 4;

/** What a buffer's size follows, how much of each, and what that comes to at most. */
export type BufferSize = Pick<PlannedBuffer, 'per' | 'width' | 'bytes'>;

/** The sizes of buffers of `width` values a run, a position, a row, or a row of a slice. */
export function bufferSizes({ rows, steps, sliceRows }: BatchSizes) {
  const sized = (per: BufferSize['per'], width: number, most: number): BufferSize => ({
    per,
    width,
    bytes: VALUE_BYTES * width * most,
  });
  const ofPositions = (width: number) => sized('position', width, rows * steps);
  return {
    ofRun: (width: number) => sized('run', width, 1),
    ofPositions,
    ofRows: (width: number) => sized('row', width, rows),
    /** `most` steps of each row at most. */
    ofSegment: (width: number, most: number) =>
      most < steps ? sized('segment', width, rows * most) : ofPositions(width),
    ofSlice: (width: number) => sized('slice', width, sliceRows),
  };
}

/** Buffers that can be used in place of each other, together, in the order in which each size comes first. */
export function bySize(buffers: readonly PlannedBuffer[]): readonly PlannedBuffer[][] {
  const groups = new Map<string, PlannedBuffer[]>();
  for (const buffer of buffers) {
    const size = [buffer.use, buffer.per, buffer.width, buffer.bytes].join(' ');
    groups.set(size, [...(groups.get(size) ?? []), buffer]);
  }
  return [...groups.values()];
}
