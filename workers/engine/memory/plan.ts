/**
 * The memory plan of training a model on a device: how many rows of a batch are computed at once, and every buffer that takes.
 * Pure arithmetic over the model's sizes and the device's limits; nothing here allocates. What a step holds is said by its kernels
 * (kernelMemory.ts).
 */
import type { ModelSpec } from '#core/models/spec.ts';
import type { OptimizerName } from '#core/optimization/optimizers.ts';
import { fail } from '#core/failure.ts';
import { formatBytes, formatCount, formatCounted } from '#core/format.ts';
import { BUFFER_KINDS, type BufferKind, type MemoryPlan, type PlannedBuffer } from '#core/models/memoryPlan.ts';
import type { BatchSizes } from './buffers.ts';
import type { SliceLimits, StepKernels } from './kernelMemory.ts';
import { phasesOf } from './step.ts';

export interface PlanWork {
  readonly spec: ModelSpec;
  /** Adam where not given. */
  readonly optimizer?: OptimizerName;
  /** Rows a step. */
  readonly batch: number;
  /** Rows that are computed at once at most; all of them where not given. */
  readonly microBatch?: number;
  /** Tokens a row; the steps through time are one less. */
  readonly length: number;
}

export interface DeviceLimits extends SliceLimits {
  /** Limit of all buffers together, if known. */
  readonly budgetBytes: number | null;
}

/** How a device spends its memory in a training step. */
export interface DeviceMemory {
  readonly kernels: StepKernels;
  /** All that must be there, given what is held at once in each phase of a step: how a backend uses freed memory again. */
  readonly peakOf: (phases: readonly (readonly PlannedBuffer[])[]) => readonly PlannedBuffer[];
  /** A device with more memory, to suggest when a plan is refused; null if there is none. */
  readonly instead: string | null;
}

/**
 * @param limits of the device; null where nothing is reserved: then one micro-batch, its bytes as if it were
 * @param maxRows of a micro-batch: those of a stored plan, which is to give the same bits, or fewer where memory ran out
 * @throws LabError `device` that says what is needed, what there is, and what to change
 */
export function planMemory(
  work: PlanWork,
  memory: DeviceMemory,
  limits: DeviceLimits | null,
  maxRows = work.batch,
): MemoryPlan {
  const whole = draftOf(work, memory, limits, work.batch);
  const wholeExcess = excessOf(whole, limits);
  let [draft, excess] = [whole, wholeExcess];
  const most = Math.min(maxRows, work.microBatch ?? work.batch);
  for (let parts = 2; parts <= work.batch && (excess?.byRows || draft.rows > most); parts++) {
    draft = draftOf(work, memory, limits, Math.ceil(work.batch / parts));
    excess = excessOf(draft, limits);
  }
  if (excess) refuse(work, draft, excess, memory.instead);
  return { ...draft, note: draft.microBatches > 1 ? noteOf(work, draft, wholeExcess) : null };
}

type Draft = Omit<MemoryPlan, 'note'>;

function draftOf(work: PlanWork, memory: DeviceMemory, limits: DeviceLimits | null, rows: number): Draft {
  const steps = Math.max(2, work.length) - 1;
  const microBatches = Math.ceil(work.batch / rows);
  const slice = memory.kernels.loss.sliceOf(rows * steps, work.spec.tokens, limits);
  const sizes: BatchSizes = { microBatches, rows, steps, sliceRows: slice.allocated };
  const buffers = [...memory.peakOf(phasesOf({ optimizer: 'adam', ...work }, sizes, memory.kernels))];
  const bytesOf = (some: readonly PlannedBuffer[]) => some.reduce((sum, { bytes, count }) => sum + bytes * count, 0);
  const totalOf = (kind: BufferKind) => bytesOf(buffers.filter((buffer) => buffer.kind === kind));
  return {
    rows,
    microBatches,
    steps,
    sliceRows: slice.rows,
    buffers,
    totals: Object.fromEntries(BUFFER_KINDS.map((kind) => [kind, totalOf(kind)])) as Record<BufferKind, number>,
    bytes: bytesOf(buffers),
    limits: limits && { bufferBytes: limits.bufferBytes, budgetBytes: limits.budgetBytes },
  };
}

/** What of a plan a device has no room for. */
interface Excess {
  /** With its article, for a sentence: `the gates of layer 1`. */
  readonly what: string;
  readonly needed: number;
  readonly available: number;
  /** Whether it shrinks with the rows of a micro-batch. */
  readonly byRows: boolean;
}

function excessOf({ buffers, bytes }: Draft, limits: DeviceLimits | null): Excess | null {
  if (!limits) return null;
  const largest = buffers.reduce((a, b) => (b.bytes > a.bytes ? b : a));
  if (largest.bytes > limits.bufferBytes) {
    const byRows = largest.per !== 'run';
    return { what: largest.what, needed: largest.bytes, available: limits.bufferBytes, byRows };
  }
  if (limits.budgetBytes === null || bytes <= limits.budgetBytes) return null;
  return { what: 'all buffers together', needed: bytes, available: limits.budgetBytes, byRows: true };
}

/** Why a batch is cut into micro-batches. */
function noteOf(work: PlanWork, draft: Draft, excess: Excess | null): string {
  const { microBatches, rows } = draft;
  const cut = `Each step takes ${microBatches} micro-batches of at most ${formatCounted(rows, 'row')}`;
  if (!excess) return `${cut}.`;
  const { what, needed, available } = excess;
  const why = `for all ${work.batch} rows ${what} would need ${formatBytes(needed)}, and ${formatBytes(available)} are available`;
  return `${cut}: ${why}.`;
}

function refuse(
  work: PlanWork,
  { rows, steps }: Draft,
  { what, needed, available, byRows }: Excess,
  instead: string | null,
): never {
  const or = (last: string) => (instead === null ? `or ${last}` : `${last}, or the device ${instead}`);
  const { hidden, tokens } = work.spec;
  fail(
    'device',
    byRows
      ? `The device has too little memory: for ${formatCounted(rows, 'row')} of ${formatCounted(steps, 'step')}, ${what} would need ${formatBytes(needed)}, and ${formatBytes(available)} are available.`
      : `The device has too little memory: with ${formatCount(hidden)} hidden units and ${formatCount(tokens)} tokens, ${what} would need ${formatBytes(needed)}, and ${formatBytes(available)} are available.`,
    byRows
      ? `Choose a shorter row length, ${or('fewer hidden units')}.`
      : `Choose fewer hidden units, ${or('a smaller vocabulary')}.`,
  );
}
