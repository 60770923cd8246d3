/**
 * What a training step holds on a GPU. Buffers of one size are shared by what is not held at once, so as many of a size are planned
 * as are held together at most. A kernel that changes what it takes changes its lines here; workers/training/gpuMemory.browser.test.ts
 * holds the table against what real steps ask for. `reference` is told by it too, about.
 */
import { CELLS } from '#core/models/registry.ts';
import type { BufferKind, PlannedBuffer } from '#core/models/memoryPlan.ts';
import { weightShapes } from '#core/models/weights.ts';
import { LAYERS } from '#core/runs/stepTable.ts';
import { partialsOf } from '../../ops/adam/partials.ts';
import { leadingOf, sliceOf } from '../../ops/linearCrossEntropy/slices.ts';
import { chunksOf } from '../../ops/recurrentStack/chunks.ts';
import {
  bufferSizes,
  bySize,
  STEPS_IN_FLIGHT,
  type BufferSize,
  type Held,
  type MemoryTable,
  type PlanSizes,
  type PlanWork,
} from '../../plan.ts';

export const gpuMemory: MemoryTable = {
  sliceOf: (positions, tokens, limits) => sliceOf(positions, tokens, limits),
  buffersOf: (work, sizes) => heldTogether(heldBy(work, sizes)),
  instead: 'cpu',
};

/** A training step in order; with several micro-batches all but the update comes again for each. */
const PHASES = ['embedding', 'layers', 'loss', 'layers back', 'embedding back', 'accumulation', 'update'] as const;
type Phase = (typeof PHASES)[number];

/**
 * What a training step holds. TensorFlow.js's tape keeps what an op has saved, and the gradient of every value between two
 * ops, until the whole backward pass is done (`gradients` of its engine disposes of them together): hence the lines that
 * end with `embedding back`.
 */
function heldBy({ spec }: PlanWork, sizes: PlanSizes): readonly Held<Phase>[] {
  const { microBatches, steps } = sizes;
  const { tokens, embedding, hidden } = spec;
  const { gates, hasCellState } = CELLS[spec.cell];
  const stacked = gates * hidden;
  const leading = leadingOf(tokens);
  const several = microBatches > 1;
  const weights = weightShapes(spec).map(({ name, shape }) => ({ name, size: shape.reduce((a, b) => a * b, 1) }));

  const { ofRun, ofPositions, ofRows, ofSegment, ofSlice } = bufferSizes(sizes);

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

  hold('activations', 'input ids', ofPositions(1), 'embedding', 'embedding back');
  hold('activations', 'target ids', ofPositions(1), 'embedding', 'embedding back');
  hold('activations', 'embedded inputs', ofPositions(embedding), 'embedding', 'embedding back');

  // Both layers lie together: states, cells, gates.
  hold('activations', 'states of both layers', ofPositions(2 * hidden), 'layers', 'embedding back');
  hold('activations', 'states between the layers', ofPositions(hidden), 'layers', 'embedding back');
  hold('activations', 'outputs of the layers', ofPositions(hidden), 'layers', 'loss');
  if (hasCellState) {
    hold('activations', 'cells of both layers', ofPositions(2 * hidden), 'layers', 'embedding back');
    // Projected inputs, gates and gradients of the gates, each in place of the one before.
    hold('activations', 'gates of both layers', ofPositions(2 * stacked), 'layers', 'embedding back');
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
  hold('scratch', 'gradient norms', ofRun(1 + LAYERS.length), 'update', 'update');

  const read = (what: string, size: BufferSize, count: number): Held<Phase> => {
    return { buffer: { what, kind: 'scratch', ...size, use: 'read', count }, from: 'embedding', to: 'update' };
  };
  const results = STEPS_IN_FLIGHT * microBatches;
  table.push(read('losses and ranks on their way', ofPositions(1), 2 * results));
  table.push(
    read('loss on its way', ofRun(1), results),
    read('gradient norms on their way', ofRun(1 + LAYERS.length), STEPS_IN_FLIGHT),
  );
  return table;
}

/** The phase in which the gradient of a weight is made. */
function madeIn(weight: string): Phase {
  if (weight.startsWith('output')) return 'loss';
  return weight.startsWith('rnn') ? 'layers back' : 'embedding back';
}

/** For each size, the buffers of the phase that holds most; the later phase if several do. */
function heldTogether(table: readonly Held<Phase>[]): PlannedBuffer[] {
  const at = (phase: number, all: readonly PlannedBuffer[]) =>
    table
      .filter(({ buffer, from, to }) => all.includes(buffer) && place(from) <= phase && phase <= place(to))
      .map(({ buffer }) => buffer);
  return bySize(table.map(({ buffer }) => buffer)).flatMap((same) => {
    const counts = PHASES.map((_, phase) => at(phase, same).reduce((sum, { count }) => sum + count, 0));
    return at(counts.lastIndexOf(Math.max(...counts)), same);
  });
}

function place(phase: Phase): number {
  return PHASES.indexOf(phase);
}
