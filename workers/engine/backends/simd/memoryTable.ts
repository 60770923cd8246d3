/**
 * What a training step holds on the processor. All places come from one heap, so what is given back serves whatever comes next, and
 * the plan is what is held in the phase that holds most. A kernel that changes what it takes changes its lines here;
 * workers/training/processorMemory.browser.test.ts compares the table with what real steps take.
 */
import { CELLS } from '#core/models/registry.ts';
import type { BufferKind, PlannedBuffer } from '#core/models/memoryPlan.ts';
import { weightShapes } from '#core/models/weights.ts';
import { leadingOf, rowsAtOnce } from '../../ops/linearCrossEntropy/slices.ts';
import {
  bufferSizes,
  STEPS_IN_FLIGHT,
  type BufferSize,
  type Held,
  type MemoryTable,
  type PlanSizes,
  type PlanWork,
} from '../../plan.ts';

export const cpuMemory: MemoryTable = {
  sliceOf: (positions, tokens) => {
    const rows = rowsAtOnce(positions, tokens);
    return { rows, allocated: rows };
  },
  buffersOf: (work, sizes) => largestPhase(heldBy(work, sizes)),
  instead: null,
};

/** Columns of a panel of a packed operand (assembly/product.ts). */
const PANEL = 8;

/** A training step in order; with several micro-batches all but the update comes again for each. */
const PHASES = [
  'embedding',
  'layer 1',
  'layer 2',
  'loss',
  'layer 2 back',
  'layer 1 back',
  'embedding back',
  'accumulation',
  'update',
] as const;
type Phase = (typeof PHASES)[number];

/** TensorFlow.js's tape keeps what an op has saved, and gradients between ops, until the whole backward pass is done. */
function heldBy({ spec }: PlanWork, sizes: PlanSizes): readonly Held<Phase>[] {
  const { microBatches } = sizes;
  const { tokens, embedding, hidden } = spec;
  const { gates, hasCellState } = CELLS[spec.cell];
  const stacked = gates * hidden;
  const weights = weightShapes(spec).map(({ name, shape }) => ({ name, size: shape.reduce((a, b) => a * b, 1) }));
  const several = microBatches > 1;

  const { ofRun, ofPositions, ofRows, ofSlice } = bufferSizes(sizes);

  const table: Held<Phase>[] = [];
  const hold = (kind: BufferKind, what: string, size: BufferSize, from: Phase, to: Phase, count = 1) =>
    table.push({ buffer: { what, kind, ...size, use: 'compute', count }, from, to });

  for (const { name, size } of weights) {
    hold('weights', name, ofRun(size), 'embedding', 'update');
    hold('moments', `moments of ${name}`, ofRun(size), 'embedding', 'update', 2);
    // The two biases of a layer have one gradient.
    if (name.startsWith('rnn.bias_hh')) continue;
    if (several) hold('gradients', `summed gradient of ${name}`, ofRun(size), 'embedding', 'update');
    hold('gradients', `gradient of ${name}`, ofRun(size), madeIn(name), several ? 'accumulation' : 'update');
  }

  hold('activations', 'input and target ids', ofPositions(1), 'embedding', 'embedding back', 2);
  // Kept until they are read, which may be after the next step was handed over.
  const unread = 2 * STEPS_IN_FLIGHT * microBatches;
  hold('activations', 'losses and ranks', ofPositions(1), 'embedding', 'update', unread);
  hold('activations', 'embedded inputs', ofPositions(embedding), 'embedding', 'embedding back');
  hold('activations', 'states of both layers', ofPositions(hidden), 'layer 1', 'embedding back', 2);
  hold('activations', 'states between the layers', ofPositions(hidden), 'layer 1', 'embedding back');
  hold('activations', 'outputs of the layers', ofPositions(hidden), 'layer 1', 'loss');
  if (hasCellState) {
    hold('activations', 'gates of both layers', ofPositions(stacked), 'layer 1', 'embedding back', 2);
    hold('activations', 'cells of both layers', ofPositions(hidden), 'layer 1', 'embedding back', 2);
  }

  const layers = [
    { layer: 'layer 1', back: 'layer 1 back', input: embedding },
    { layer: 'layer 2', back: 'layer 2 back', input: hidden },
  ] as const;
  for (const { layer, back, input } of layers) {
    hold('scratch', 'input weight, packed', ofRun(input * panels(stacked)), layer, layer);
    hold('scratch', 'recurrent weight, packed', ofRun(gates * hidden * panels(hidden)), layer, layer);
    hold('scratch', 'recurrent weight, packed', ofRun(stacked * panels(hidden)), back, back);
    hold('scratch', 'input weight, packed', ofRun(stacked * panels(input)), back, back);
    hold('scratch', 'inputs, packed', ofPositions(panels(input)), back, back);
    hold('scratch', 'states of the step before, packed', ofPositions(panels(hidden)), back, back);
    if (hasCellState) hold('scratch', 'gradient of cells', ofRows(hidden), back, back);
    else hold('scratch', 'gradient of sums', ofPositions(hidden), back, back);
  }

  hold('scratch', 'output weight, packed', ofRun(hidden * panels(tokens) + tokens * panels(hidden)), 'loss', 'loss');
  hold('scratch', 'logits', ofSlice(leadingOf(tokens)), 'loss', 'loss');
  hold('scratch', 'states of a slice, packed', ofSlice(panels(hidden)), 'loss', 'loss');
  hold('scratch', 'gradient of outputs of the layers', ofPositions(hidden), 'loss', 'embedding back');
  hold('scratch', 'gradient of outputs, without dropout', ofPositions(hidden), 'layer 2 back', 'layer 1 back');
  hold('scratch', 'gradient of states between the layers', ofPositions(hidden), 'layer 2 back', 'layer 2 back');
  hold('scratch', 'gradient of states of layer 1', ofPositions(hidden), 'layer 1 back', 'layer 1 back');
  hold('scratch', 'gradient of embedded inputs', ofPositions(embedding), 'layer 1 back', 'embedding back');
  return table;
}

/** Columns with those that fill the last panel. */
function panels(columns: number): number {
  return Math.ceil(columns / PANEL) * PANEL;
}

/** The phase in which the gradient of a weight is made. */
function madeIn(weight: string): Phase {
  if (weight.startsWith('output')) return 'loss';
  if (weight.startsWith('embedding')) return 'embedding back';
  return weight.endsWith('l1') ? 'layer 2 back' : 'layer 1 back';
}

function largestPhase(table: readonly Held<Phase>[]): PlannedBuffer[] {
  const place = (phase: Phase) => PHASES.indexOf(phase);
  const held = PHASES.map((_, phase) =>
    table.filter(({ from, to }) => place(from) <= phase && phase <= place(to)).map(({ buffer }) => buffer),
  );
  const bytesOf = (buffers: readonly PlannedBuffer[]) =>
    buffers.reduce((sum, { bytes, count }) => sum + bytes * count, 0);
  return held.reduce((most, buffers) => (bytesOf(buffers) > bytesOf(most) ? buffers : most));
}
