/**
 * Output layer, cross-entropy and ranks on WebGPU, a slice of rows at a time: the product that gives the logits, one
 * program for losses and ranks, one that turns the logits into their gradient in place, and the products that take it
 * on. The formulas are in reference.ts, the programs in programs.ts.
 */
import type * as tf from '@tensorflow/tfjs-core';
import { outputWidth } from '#core/models/spec.ts';
import { columnSum } from '../../backends/webgpu/columnSum.ts';
import { floatBits, OPERATIONS_AN_ACCESS } from '../../backends/webgpu/grid.ts';
import { disposeData, GpuRuntime, type Dispatch } from '../../backends/webgpu/runtime.ts';
import {
  activation,
  outputGradients,
  passedOn,
  scratch,
  STEPS_IN_FLIGHT,
  type HeldBuffer,
  type StepKernels,
} from '../../memory/kernelMemory.ts';
import { registerLabKernel } from '../kernels.ts';
import { matMulInto, transposeInto } from '../matMul/webgpu.ts';
import { GRADIENT, gradientGrid, MEAN, SCORES } from './programs.ts';
import { leadingOf, sliceOf } from './slices.ts';

registerLabKernel('LabLinearCrossEntropy', 'webgpu', ({ inputs, attrs }) => {
  const runtime = GpuRuntime.current();
  const [n, hidden] = inputs.states.shape;
  const made = attrs.gradients ? gradientsOf(runtime, n, hidden, inputs.weight.shape[0]) : undefined;
  const scale = 1 / Math.max(1, attrs.counted);
  const scores = scoredSlices(runtime, inputs, scale, (_, slice, operands) =>
    made ? backward(runtime, slice, operands, made) : [],
  );
  return made ? [...scores, made.dStates, made.dWeight, made.dBias] : scores;
});

/**
 * Loss, losses and ranks, a slice of logits at a time.
 * @param inputs as LabLinearCrossEntropy has them
 * @param then what else is to be done with the logits of a slice, which it may write over
 */
export function scoredSlices(
  runtime: GpuRuntime,
  { states, weight, bias, targets }: Readonly<Record<'states' | 'weight' | 'bias' | 'targets', tf.TensorInfo>>,
  scale: number,
  then: (logits: tf.TensorInfo, slice: Slice, operands: Operands) => readonly Dispatch[],
): [loss: tf.TensorInfo, losses: tf.TensorInfo, ranks: tf.TensorInfo] {
  const [n, hidden] = states.shape as [number, number];
  const tokens = weight.shape[0]!;
  const leading = leadingOf(tokens);
  const { rows: sliceRows, allocated } = sliceOf(n, tokens, runtime.limits);
  const scratch: tf.TensorInfo[] = [];
  const scratchOf = (shape: readonly number[]): tf.TensorInfo => {
    const info = runtime.output(shape);
    scratch.push(info);
    return info;
  };
  const [losses, ranks, loss] = [runtime.output([n]), runtime.output([n]), runtime.output([])] as const;
  const operands: Operands = {
    weight,
    weightT: scratchOf([hidden, leading]),
    bias,
    targets,
    losses,
    ranks,
    logits: scratchOf([allocated, leading]),
    softmax: scratchOf([allocated, 2]),
    states,
    scale,
  };

  const dispatches: Dispatch[] = [transposeInto(weight, operands.weightT, tokens, hidden, leading)];
  for (let first = 0; first < n; first += sliceRows) {
    const slice: Slice = { first, rows: Math.min(sliceRows, n - first), hidden, tokens, leading };
    dispatches.push(...scoresOf(runtime, slice, operands), ...then(operands.logits, slice, operands));
  }
  dispatches.push({
    program: MEAN,
    tensors: [losses, targets, loss],
    uniforms: [n, floatBits(scale)],
    workgroups: [1],
    operations: OPERATIONS_AN_ACCESS * n,
  });
  runtime.run(dispatches);
  disposeData(...scratch);
  return [loss, losses, ranks];
}

export const memory: StepKernels['loss'] = {
  sliceOf,
  forward: (step) => {
    const { spec, microBatches, ofRun, ofPositions, ofSlice } = step;
    const { tokens } = spec;
    const width = outputWidth(spec);
    const leading = leadingOf(tokens);
    const results = STEPS_IN_FLIGHT * microBatches;
    const reading = { kind: 'scratch', use: 'read', until: 'always' } satisfies Partial<HeldBuffer>;
    return [
      [
        ...outputGradients(step),
        scratch('output weight, transposed', ofRun(width * leading)),
        scratch('logits', ofSlice(leading)),
        scratch('softmax of a slice', ofSlice(2)),
        activation('losses and ranks', ofPositions(1), { until: 'accumulation', count: 2 }),
        activation('loss', ofRun(1), { until: 'accumulation' }),
        passedOn('gradient of what the output layer sees', ofPositions(width)),
        { ...reading, what: 'losses and ranks on their way', size: ofPositions(1), count: 2 * results },
        { ...reading, what: 'loss on its way', size: ofRun(1), count: results },
      ],
    ];
  },
};

export interface Slice {
  /** First row and number of rows. */
  readonly first: number;
  readonly rows: number;
  readonly hidden: number;
  readonly tokens: number;
  /** Values from one row of logits, or of the transposed weight, to the next. */
  readonly leading: number;
}

export interface Operands {
  /** Rows of the slice alone. */
  readonly logits: tf.TensorInfo;
  readonly softmax: tf.TensorInfo;
  readonly weight: tf.TensorInfo;
  readonly weightT: tf.TensorInfo;
  readonly bias: tf.TensorInfo;
  /** States of all rows. */
  readonly states: tf.TensorInfo;
  readonly targets: tf.TensorInfo;
  readonly losses: tf.TensorInfo;
  readonly ranks: tf.TensorInfo;
  /** Factor of each loss's gradient. */
  readonly scale: number;
}

/** About: two accesses, and the exponential as two more. */
const OPERATIONS_A_LOGIT = 4 * OPERATIONS_AN_ACCESS;

/** Logits, losses and ranks of a slice. */
function scoresOf(runtime: GpuRuntime, slice: Slice, operands: Operands): Dispatch[] {
  const { first, rows, hidden, tokens, leading } = slice;
  const { states, weightT, logits, bias, targets, softmax, losses, ranks } = operands;
  const sizes = { m: rows, n: tokens, k: hidden, lda: hidden, ldb: leading, ldc: leading };
  return [
    ...matMulInto(runtime, { a: states, b: weightT, c: logits, ...sizes, offsetA: first * hidden, init: { bias } }),
    {
      program: SCORES,
      tensors: [logits, targets, softmax, losses, ranks],
      uniforms: [tokens, leading / 4, first],
      workgroups: [rows],
      operations: OPERATIONS_A_LOGIT * rows * tokens,
    },
  ];
}

/** Logits into their gradient, and that into the gradients of states, weight and bias. */
function backward(runtime: GpuRuntime, slice: Slice, operands: Operands, gradients: Gradients): Dispatch[] {
  const { first, rows, hidden, tokens, leading } = slice;
  const { states, weight, logits, targets, softmax, scale } = operands;
  const { dStates, dWeight, dBias } = gradients;
  const leadings = { lda: leading, ldb: hidden, ldc: hidden };
  const byState = { a: logits, b: weight, c: dStates, m: rows, n: hidden, k: tokens, ...leadings };
  const byToken = { a: logits, b: states, c: dWeight, m: tokens, n: hidden, k: rows, ...leadings, transposeA: true };
  return [
    {
      program: GRADIENT,
      tensors: [logits, targets, softmax],
      uniforms: [tokens, leading / 4, first, floatBits(scale)],
      workgroups: gradientGrid(rows, leading / 4),
      operations: OPERATIONS_A_LOGIT * rows * tokens,
    },
    ...matMulInto(runtime, { ...byState, offsetC: first * hidden, init: 'zero' }),
    ...matMulInto(runtime, { ...byToken, offsetB: first * hidden, init: first === 0 ? 'zero' : 'accumulate' }),
    columnSum(logits, dBias, rows, tokens, { leading, accumulate: first > 0 }),
  ];
}

interface Gradients {
  readonly dStates: tf.TensorInfo;
  readonly dWeight: tf.TensorInfo;
  readonly dBias: tf.TensorInfo;
}

function gradientsOf(runtime: GpuRuntime, n: number, hidden: number, tokens: number): Gradients {
  return {
    dStates: runtime.output([n, hidden]),
    dWeight: runtime.output([tokens, hidden]),
    dBias: runtime.output([tokens]),
  };
}
