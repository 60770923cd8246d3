/**
 * Both recurrent layers on WebGPU, as a wavefront: time is cut into chunks, and while layer 2 is in one chunk layer 1 is
 * already in the next, each dispatch taking one step of both. So a sequence of T steps takes about T dispatches each way
 * instead of 2 T, and a small step leaves less of a GPU idle. Between the chunks run what needs no order in time: dropout and
 * the products with input weights; after them, the gradients of the weights as single products over all steps.
 *
 * Tensors hold both layers, [2, steps, rows, ...]. One buffer serves an LSTM's projected inputs, then its gates, then their
 * gradients (recurrent-layer/programs.ts); an RNN's projected inputs become its states.
 */
import type * as tf from '@tensorflow/tfjs-core';
import { columnSum } from '../../backends/webgpu/columnSum.ts';
import { disposeData, GpuRuntime, type Dispatch } from '../../backends/webgpu/runtime.ts';
import { sumInto } from '../../backends/webgpu/sum.ts';
import type { StackOptions } from '../contract.ts';
import { activation, weightGradients, passedOn, scratch, type StepKernels } from '../../memory/kernelMemory.ts';
import { masked, maskedPlus, type Mask } from '../dropout/webgpu.ts';
import { listOf, registerLabKernel, type InfoOf } from '../kernels.ts';
import { matMulInto, transposeInto } from '../matMul/webgpu.ts';
import { backwardSteps, forwardSteps, type StepPair, type StepSizes } from '../recurrentLayer/steps.ts';
import { chunksOf, type Chunk } from './chunks.ts';
import { CELLS } from '#core/models/registry.ts';

registerLabKernel('LabRecurrentStack', 'webgpu', ({ inputs, attrs: options }) => {
  const { input, weightHh0 } = inputs;
  const sizes = sizesOf(input, weightHh0, options);
  const { cell, steps, batch, hidden, width, stacked, positions } = sizes;
  const runtime = GpuRuntime.current();
  const states = runtime.output([2, steps, batch, hidden]);
  const trace = CELLS[cell].hasCellState
    ? [runtime.output([2, steps, batch, stacked]), runtime.output(states.shape)]
    : [];
  const projected = trace[0] ?? states;
  const between = runtime.output([steps, batch, hidden]);
  const output = runtime.output([positions, hidden]);
  const inputWeights = [runtime.output([width, stacked]), runtime.output([hidden, stacked])] as const;
  const recurrent = runtime.output([2, hidden, stacked]);
  const biases = [runtime.output([stacked]), runtime.output([stacked])] as const;
  const leading = { ldb: stacked, ldc: stacked, n: stacked, c: projected };

  const dispatches: Dispatch[] = [
    sumInto(inputs.biasIh0, inputs.biasHh0, biases[0], stacked),
    sumInto(inputs.biasIh1, inputs.biasHh1, biases[1], stacked),
    transposeInto(inputs.weightIh0, inputWeights[0], stacked, width, stacked),
    transposeInto(inputs.weightIh1, inputWeights[1], stacked, hidden, stacked),
    transposeInto(weightHh0, recurrent, stacked, hidden, stacked),
    transposeInto(inputs.weightHh1, recurrent, stacked, hidden, stacked, hidden * stacked),
    ...matMulInto(runtime, {
      ...leading,
      a: input,
      b: inputWeights[0],
      m: positions,
      k: width,
      lda: width,
      init: { bias: biases[0] },
    }),
  ];
  const tensors = [recurrent, states, ...trace];
  const chunks = chunksOf(steps);
  for (let round = 0; round <= chunks.length; round++) {
    const [first, second] = [chunks[round], chunks[round - 1]];
    if (second) {
      const { from, count } = placesOf(second, batch, hidden);
      dispatches.push(
        masked(states, between, { count, fromX: from, toY: from }, maskOf(options, 0, sizes, from)),
        ...matMulInto(runtime, {
          ...leading,
          a: between,
          b: inputWeights[1],
          m: count / hidden,
          k: hidden,
          lda: hidden,
          offsetA: from,
          offsetC: (positions + second.first * batch) * stacked,
          init: { bias: biases[1] },
        }),
      );
    }
    dispatches.push(...forwardSteps(runtime, sizes, tensors, pairsOf(first, second)));
  }
  const all = positions * hidden;
  const sum = options.residual ? 0 : null;
  dispatches.push(masked(states, output, { count: all, fromX: all, alsoX: sum, toY: 0 }, maskOf(options, 1, sizes, 0)));
  runtime.run(dispatches);
  disposeData(...inputWeights, recurrent, ...biases);
  return [output, states, between, ...trace];
});

/** An LSTM's gates become their gradients in place, so this can be called once for a forward pass. */
registerLabKernel('LabRecurrentStackGradient', 'webgpu', ({ inputs, attrs: options }) => {
  const { dy, input, weightIh0, weightHh0, weightIh1, weightHh1 } = inputs;
  const [states, between, gates, cells] = listOf('trace', inputs) as Trace;
  const sizes = sizesOf(input, weightHh0, options);
  const { steps, batch, hidden, width, stacked, positions } = sizes;
  const runtime = GpuRuntime.current();
  const chunks = chunksOf(steps);
  const all = positions * hidden;
  const longest = Math.max(...chunks.map(({ steps: count }) => count));
  const dStates = runtime.output(states.shape);
  const dz = gates ?? runtime.output([2, steps, batch, stacked]);
  const recurrent = runtime.output([2, stacked, hidden]);
  const dBetween = runtime.output([longest, batch, hidden]);
  const carry = cells && runtime.output([2, batch, hidden]);
  const seen = cells && carry ? [cells, carry] : [states];
  const tensors = [dStates, recurrent, dz, ...seen];
  const square = stacked * hidden;

  const dispatches: Dispatch[] = [
    masked(weightHh0, recurrent, { count: square, fromX: 0, toY: 0 }),
    masked(weightHh1, recurrent, { count: square, fromX: 0, toY: square }),
    masked(dy, dStates, { count: all, fromX: 0, toY: all }, maskOf(options, 1, sizes, 0)),
  ];
  for (let round = 0; round <= chunks.length; round++) {
    // From the last chunk to the first, layer 2 ahead of layer 1.
    const [first, second] = [chunks[chunks.length - round], chunks[chunks.length - 1 - round]];
    if (first) {
      const { from, count } = placesOf(first, batch, hidden);
      dispatches.push(
        ...matMulInto(runtime, {
          a: dz,
          b: weightIh1,
          c: dBetween,
          m: count / hidden,
          n: hidden,
          k: stacked,
          lda: stacked,
          ldb: hidden,
          ldc: hidden,
          offsetA: (positions + first.first * batch) * stacked,
          init: 'zero',
        }),
        maskedPlus(
          dBetween,
          dStates,
          { count, fromX: 0, toY: from, plusY: options.residual ? all + from : null },
          maskOf(options, 0, sizes, from),
        ),
      );
    }
    dispatches.push(...backwardSteps(runtime, sizes, tensors, pairsOf(first, second, true)));
  }

  const dInput = runtime.output([steps, batch, width]);
  const dWeights = [
    runtime.output([stacked, width]),
    runtime.output([stacked, hidden]),
    runtime.output([stacked, hidden]),
    runtime.output([stacked, hidden]),
  ] as const;
  const dBiases = [runtime.output([stacked]), runtime.output([stacked])] as const;
  const byPosition = { a: dz, m: stacked, lda: stacked, transposeA: true, init: 'zero' } as const;
  const ofInput = (x: tf.TensorInfo, c: tf.TensorInfo, n: number, layer: number) =>
    matMulInto(runtime, {
      ...byPosition,
      b: x,
      c,
      n,
      k: positions,
      ldb: n,
      ldc: n,
      offsetA: layer * positions * stacked,
    });
  // From the second step on, by the states of the step before; the first one's are zeros.
  const ofStates = (c: tf.TensorInfo, layer: number) =>
    matMulInto(runtime, {
      ...byPosition,
      b: states,
      c,
      n: hidden,
      k: positions - batch,
      ldb: hidden,
      ldc: hidden,
      offsetA: (layer * positions + batch) * stacked,
      offsetB: layer * all,
    });
  dispatches.push(
    ...matMulInto(runtime, {
      a: dz,
      b: weightIh0,
      c: dInput,
      m: positions,
      n: width,
      k: stacked,
      lda: stacked,
      ldb: width,
      ldc: width,
      init: 'zero',
    }),
    ...ofInput(input, dWeights[0], width, 0),
    ...ofStates(dWeights[1], 0),
    ...ofInput(between, dWeights[2], hidden, 1),
    ...ofStates(dWeights[3], 1),
    columnSum(dz, dBiases[0], positions, stacked),
    columnSum(dz, dBiases[1], positions, stacked, { offset: positions * stacked }),
  );
  runtime.run(dispatches);
  disposeData(dStates, recurrent, dBetween);
  if (!gates) disposeData(dz);
  if (carry) disposeData(carry);
  return [dInput, dWeights[0], dWeights[1], dBiases[0], dWeights[2], dWeights[3], dBiases[1]];
});

export const memory: StepKernels['layers'] = {
  forward: ({ spec, ofRun, ofPositions }) => {
    const { embedding, hidden } = spec;
    const { gates, hasCellState } = CELLS[spec.cell];
    const stacked = gates * hidden;
    const cellStates = [
      activation('cells of both layers', ofPositions(2 * hidden)),
      // Projected inputs, gates and gradients of the gates, each in place of the one before.
      activation('gates of both layers', ofPositions(2 * stacked)),
    ];
    return [
      [
        activation('states of both layers', ofPositions(2 * hidden)),
        activation('states between the layers', ofPositions(hidden)),
        activation('outputs of the layers', ofPositions(hidden), { until: 'next' }),
        ...(hasCellState ? cellStates : []),
        scratch('input weight of layer 1, transposed', ofRun(embedding * stacked)),
        scratch('input weight of layer 2, transposed', ofRun(hidden * stacked)),
        scratch('recurrent weights of both layers, transposed', ofRun(2 * hidden * stacked)),
        scratch('sums of biases', ofRun(stacked), 2),
      ],
    ];
  },
  backward: (step) => {
    const { spec, steps, ofRun, ofPositions, ofRows, ofSegment } = step;
    const { embedding, hidden } = spec;
    const { gates, hasCellState } = CELLS[spec.cell];
    const longest = Math.max(...chunksOf(steps).map((chunk) => chunk.steps));
    return [
      [
        ...weightGradients(step, 'rnn'),
        hasCellState
          ? scratch('gradient of cells of both layers', ofRows(2 * hidden))
          : scratch('gradient of sums of both layers', ofPositions(2 * hidden)),
        scratch('recurrent weights of both layers', ofRun(2 * gates * hidden * hidden)),
        scratch('gradient of states of both layers', ofPositions(2 * hidden)),
        scratch('gradient of states between the layers', ofSegment(hidden, longest)),
        passedOn('gradient of embedded inputs', ofPositions(embedding)),
      ],
    ];
  },
};

type Trace = [states: tf.TensorInfo, between: tf.TensorInfo, gates?: tf.TensorInfo, cells?: tf.TensorInfo];

interface Sizes extends StepSizes {
  /** Width of the input. */
  readonly width: number;
  /** Rows of the weights: gates x hidden. */
  readonly stacked: number;
  /** steps x rows */
  readonly positions: number;
}

function sizesOf(input: InfoOf<tf.Tensor3D>, weightHh: InfoOf<tf.Tensor2D>, { cell, activation }: StackOptions): Sizes {
  const [steps, batch, width] = input.shape;
  const [stacked, hidden] = weightHh.shape;
  return { cell, activation, layers: 2, steps, batch, hidden, width, stacked, positions: steps * batch };
}

/** The steps of two chunks side by side; a layer without a chunk, or at its end, rests. */
function pairsOf(first: Chunk | undefined, second: Chunk | undefined, backwards = false): StepPair[] {
  const stepOf = (chunk: Chunk | undefined, index: number) => {
    if (!chunk || index >= chunk.steps) return null;
    return chunk.first + (backwards ? chunk.steps - 1 - index : index);
  };
  const count = Math.max(first?.steps ?? 0, second?.steps ?? 0);
  return Array.from({ length: count }, (_, index): StepPair => [stepOf(first, index), stepOf(second, index)]);
}

/** Where a chunk's values lie in [steps, rows, hidden]. */
function placesOf(chunk: Chunk, batch: number, hidden: number): { readonly from: number; readonly count: number } {
  return { from: chunk.first * batch * hidden, count: chunk.steps * batch * hidden };
}

function maskOf({ dropout }: StackOptions, layer: number, { batch, hidden }: Sizes, start: number): Mask | null {
  return dropout && { rate: dropout.rate, key: { ...dropout.key, layer }, shape: [batch, hidden], start };
}
