/**
 * The memory plan of training a model on a device: how many rows of a batch are computed at once, and every buffer that takes.
 * Pure arithmetic over the model's sizes and the device's limits; nothing here allocates.
 *
 * `heldBy` is the one table of what a training step holds, and from when to when. Buffers of one size are shared by what is
 * not held at once, so as many of a size are planned as are held together at most. A kernel that changes what it takes
 * changes its lines there; workers/train/memory.browser.test.ts holds the table against what real steps ask for.
 */
import { gatesOf, type ModelSpec } from '../../src/core/config.ts';
import { fail } from '../../src/core/failure.ts';
import { formatBytes, formatCount, formatCounted } from '../../src/core/format.ts';
import { BUFFER_KINDS, type BufferKind, type MemoryPlan, type PlannedBuffer } from '../../src/core/memoryPlan.ts';
import { weightShapes } from '../../src/core/weights.ts';
import { partialsOf } from './ops/adam/partials.ts';
import { leadingOf, sliceOf, type SliceLimits } from './ops/linear-cross-entropy/slices.ts';
import { chunksOf } from './ops/recurrent-stack/chunks.ts';

export interface PlanWork {
  readonly spec: ModelSpec;
  /** Rows a step. */
  readonly batch: number;
  /** Tokens a row; the steps through time are one less. */
  readonly length: number;
}

export interface DeviceLimits extends SliceLimits {
  /** Of all buffers, where that is known. */
  readonly budgetBytes: number | null;
}

const VALUE_BYTES = 4;
/** Steps whose results may be on their way to the processor at once. */
export const STEPS_IN_FLIGHT = 2;

/**
 * @param limits of the device; null where nothing is reserved: then one micro-batch, its bytes by the same table
 * @param mostRows of a micro-batch: those of a stored plan, which is to give the same bits, or fewer where memory ran out
 * @throws LabError `device` that says what is needed, what there is, and what to change
 */
export function planMemory(work: PlanWork, limits: DeviceLimits | null, mostRows = work.batch): MemoryPlan {
  const whole = draftOf(work, limits, work.batch);
  const wholeExcess = excessOf(whole, limits);
  let [draft, excess] = [whole, wholeExcess];
  for (let parts = 2; parts <= work.batch && (excess?.byRows || draft.rows > mostRows); parts++) {
    draft = draftOf(work, limits, Math.ceil(work.batch / parts));
    excess = excessOf(draft, limits);
  }
  if (excess) refuse(work, draft, excess);
  return { ...draft, note: draft.microBatches > 1 ? noteOf(work, draft, wholeExcess) : null };
}

type Draft = Omit<MemoryPlan, 'note'>;

function draftOf(work: PlanWork, limits: DeviceLimits | null, rows: number): Draft {
  const steps = Math.max(2, work.length) - 1;
  const microBatches = Math.ceil(work.batch / rows);
  const slice = sliceOf(rows * steps, work.spec.tokens, limits);
  const sizes: Sizes = { microBatches, rows, steps, sliceRows: slice.allocated };
  const buffers = heldTogether(heldBy(work, sizes));
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

/** A training step in order; with several micro-batches all but the update comes again for each. */
const PHASES = ['embedding', 'layers', 'loss', 'layers back', 'embedding back', 'accumulation', 'update'] as const;
type Phase = (typeof PHASES)[number];

/** Buffers of one size, and the phases, both included, in which they are held. */
interface Held {
  readonly buffer: PlannedBuffer;
  readonly from: Phase;
  readonly to: Phase;
}

interface Sizes {
  readonly microBatches: number;
  /** Of a micro-batch. */
  readonly rows: number;
  readonly steps: number;
  /** Allocated for a slice of logits. */
  readonly sliceRows: number;
}

/**
 * What a training step holds. TensorFlow.js's tape keeps what an op has saved, and the gradient of every value between two
 * ops, until the whole backward pass is done (`gradients` of its engine disposes of them together): hence the lines that
 * end with `embedding back`.
 */
function heldBy({ spec }: PlanWork, { microBatches, rows, steps, sliceRows }: Sizes): readonly Held[] {
  const { tokens, embedding, hidden } = spec;
  const lstm = spec.cell === 'lstm';
  const stacked = gatesOf(spec.cell) * hidden;
  const leading = leadingOf(tokens);
  const several = microBatches > 1;
  const weights = weightShapes(spec).map(({ name, shape }) => ({ name, size: shape.reduce((a, b) => a * b, 1) }));

  type Size = Pick<PlannedBuffer, 'per' | 'width' | 'bytes'>;
  const sizeOf = (per: Size['per'], width: number, most: number): Size => ({
    per,
    width,
    bytes: VALUE_BYTES * width * most,
  });
  const ofRun = (width: number) => sizeOf('run', width, 1);
  const ofPositions = (width: number) => sizeOf('position', width, rows * steps);
  const ofRows = (width: number) => sizeOf('row', width, rows);
  const ofSegment = (width: number, most: number) =>
    most < steps ? sizeOf('segment', width, rows * most) : ofPositions(width);
  const ofSlice = (width: number) => sizeOf('slice', width, sliceRows);

  const table: Held[] = [];
  const hold = (kind: BufferKind, what: string, size: Size, from: Phase, to: Phase, count = 1) =>
    table.push({ buffer: { what, kind, ...size, use: 'compute', count }, from, to });

  for (const { name, size } of weights) {
    hold('weights', name, ofRun(size), 'embedding', 'update');
    hold('moments', `moments of ${name}`, ofRun(size), 'embedding', 'update', 2);
    // The two biases of a layer have one gradient.
    if (name.startsWith('rnn.bias_hh')) continue;
    if (several) hold('gradients', `summed gradient of ${name}`, ofRun(size), 'embedding', 'update');
    hold('gradients', `gradient of ${name}`, ofRun(size), madeIn(name), several ? 'accumulation' : 'update');
  }

  hold('activations', 'input ids', ofPositions(1), 'embedding', 'embedding back');
  hold('activations', 'target ids', ofPositions(1), 'embedding', 'embedding back');
  hold('activations', 'embedded inputs', ofPositions(embedding), 'embedding', 'embedding back');

  // Both layers lie together: states, cells, gates.
  hold('activations', 'states of both layers', ofPositions(2 * hidden), 'layers', 'embedding back');
  hold('activations', 'states between the layers', ofPositions(hidden), 'layers', 'embedding back');
  hold('activations', 'outputs of the layers', ofPositions(hidden), 'layers', 'loss');
  if (lstm) {
    hold('activations', 'cells of both layers', ofPositions(2 * hidden), 'layers', 'embedding back');
    // Projected inputs, gates and gradients of the gates, each in place of the one before.
    const gates = ofPositions(2 * stacked);
    hold('activations', 'gates of both layers', gates, 'layers', 'embedding back');
    hold('scratch', 'gradient of cells of both layers', ofRows(2 * hidden), 'layers back', 'layers back');
  } else {
    hold('scratch', 'gradient of sums of both layers', ofPositions(2 * hidden), 'layers back', 'layers back');
  }
  hold('scratch', 'input weight of layer 1, transposed', ofRun(embedding * stacked), 'layers', 'layers');
  hold('scratch', 'input weight of layer 2, transposed', ofRun(hidden * stacked), 'layers', 'layers');
  hold('scratch', 'recurrent weights of both layers, transposed', ofRun(2 * hidden * stacked), 'layers', 'layers');
  hold('scratch', 'sums of biases', ofRun(stacked), 'layers', 'layers', 2);
  hold('scratch', 'recurrent weights of both layers', ofRun(2 * hidden * stacked), 'layers back', 'layers back');
  hold('scratch', 'gradient of states of both layers', ofPositions(2 * hidden), 'layers back', 'layers back');
  const chunk = Math.max(...chunksOf(steps).map((one) => one.steps));
  hold('scratch', 'gradient of states between the layers', ofSegment(hidden, chunk), 'layers back', 'layers back');
  hold('scratch', 'gradient of embedded inputs', ofPositions(embedding), 'layers back', 'embedding back');

  hold('scratch', 'output weight, transposed', ofRun(hidden * leading), 'loss', 'loss');
  hold('scratch', 'logits', ofSlice(leading), 'loss', 'loss');
  hold('scratch', 'softmax of a slice', ofSlice(2), 'loss', 'loss');
  hold('activations', 'losses and ranks', ofPositions(1), 'loss', 'accumulation', 2);
  hold('activations', 'loss', ofRun(1), 'loss', 'accumulation');
  hold('scratch', 'gradient of outputs of the layers', ofPositions(hidden), 'loss', 'embedding back');

  hold('scratch', 'first and last position of each token', ofRun(tokens), 'embedding back', 'embedding back', 2);
  hold('scratch', 'next position of the same token', ofPositions(1), 'embedding back', 'embedding back');

  const partials = weights.reduce((sum, { size }) => sum + partialsOf(size), 0);
  hold('scratch', 'partial sums of squares', ofRun(partials), 'update', 'update');
  hold('scratch', 'gradient norm', ofRun(1), 'update', 'update');

  const read = (what: string, size: Size, count: number): Held => {
    return { buffer: { what, kind: 'scratch', ...size, use: 'read', count }, from: 'embedding', to: 'update' };
  };
  const results = STEPS_IN_FLIGHT * microBatches;
  table.push(read('losses and ranks on their way', ofPositions(1), 2 * results));
  table.push(read('loss and norm on their way', ofRun(1), results + STEPS_IN_FLIGHT));
  return table;
}

/** The phase in which the gradient of a weight is made. */
function madeIn(weight: string): Phase {
  if (weight.startsWith('output')) return 'loss';
  return weight.startsWith('rnn') ? 'layers back' : 'embedding back';
}

/** Of each size, what is held in the phase that holds most: the later one where several do. */
function heldTogether(table: readonly Held[]): PlannedBuffer[] {
  const at = (phase: number, all: readonly PlannedBuffer[]) =>
    table
      .filter(({ buffer, from, to }) => all.includes(buffer) && place(from) <= phase && phase <= place(to))
      .map(({ buffer }) => buffer);
  return bySize(table.map(({ buffer }) => buffer)).flatMap((same) => {
    const counts = PHASES.map((_, phase) => at(phase, same).reduce((sum, { count }) => sum + count, 0));
    return at(counts.lastIndexOf(Math.max(...counts)), same);
  });
}

/** Buffers that can stand for each other, together, in the order in which each size comes first. */
export function bySize(buffers: readonly PlannedBuffer[]): readonly PlannedBuffer[][] {
  const groups = new Map<string, PlannedBuffer[]>();
  for (const buffer of buffers) {
    const size = [buffer.use, buffer.per, buffer.width, buffer.bytes].join(' ');
    groups.set(size, [...(groups.get(size) ?? []), buffer]);
  }
  return [...groups.values()];
}

function place(phase: Phase): number {
  return PHASES.indexOf(phase);
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
  const why = `for all ${work.batch} rows ${what} would take ${formatBytes(needed)}, and there are ${formatBytes(available)}`;
  return `${cut}: ${why}.`;
}

function refuse(work: PlanWork, { rows, steps }: Draft, { what, needed, available, byRows }: Excess): never {
  const { hidden, tokens } = work.spec;
  fail(
    'device',
    byRows
      ? `The device has too little memory: for ${formatCounted(rows, 'row')} of ${formatCounted(steps, 'step')} ${what} would take ${formatBytes(needed)}, and there are ${formatBytes(available)}.`
      : `The device has too little memory: ${what} would take ${formatBytes(needed)} at ${formatCount(hidden)} hidden units and ${formatCount(tokens)} tokens, and there are ${formatBytes(available)}.`,
    byRows
      ? 'Choose a shorter length, fewer hidden units, or the device cpu.'
      : 'Choose fewer hidden units, a smaller vocabulary, or the device cpu.',
  );
}
