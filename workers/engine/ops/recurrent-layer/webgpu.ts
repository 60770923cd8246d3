/**
 * A recurrent layer on WebGPU: the input product of all steps at once, then one dispatch a time step; backward likewise,
 * then the gradients of weights, bias and input as single products over all steps. The steps are programs.ts.
 */
import * as tf from '@tensorflow/tfjs';
import type { Cell } from '../../../../src/core/config.ts';
import { columnSum } from '../../webgpu/column-sum.ts';
import { GpuRuntime, type Dispatch } from '../../webgpu/runtime.ts';
import type { Activation, RecurrentWeights } from '../contract.ts';
import { matMulInto, transposeInto } from '../mat-mul/webgpu.ts';
import { backwardProgram, forwardProgram, unitGroups, WORKGROUP, type StepShape } from './programs.ts';

interface Sizes {
  readonly steps: number;
  readonly batch: number;
  readonly width: number;
  readonly hidden: number;
  /** Rows of the weights: gates x hidden. */
  readonly stacked: number;
}

export function recurrentLayer(
  input: tf.Tensor3D,
  weights: RecurrentWeights,
  cell: Cell,
  activation: Activation,
): tf.Tensor3D {
  const [steps, batch, width] = input.shape;
  const [stacked, hidden] = weights.weightHh.shape;
  const sizes: Sizes = { steps, batch, width, hidden, stacked };
  const shape = shapeFor(cell, activation, hidden, batch);
  const layer = tf.customGrad((...args) => {
    const [x, weightIh, weightHh, biasIh, biasHh] = args as unknown as Operands;
    const save = args[5] as unknown as tf.GradSaveFunc;
    const { value, trace } = forward(x, weightIh, weightHh, tf.add(biasIh, biasHh), sizes, shape);
    save([x, weightIh, weightHh, value, ...trace]);
    const gradFunc = (dy: tf.Tensor, saved: tf.Tensor[]): tf.Tensor[] => backward(dy, saved, sizes, shape);
    return { value, gradFunc };
  });
  return layer(input, weights.weightIh, weights.weightHh, weights.biasIh, weights.biasHh);
}

type Operands = [tf.Tensor3D, tf.Tensor2D, tf.Tensor2D, tf.Tensor1D, tf.Tensor1D];

/** How much of a step one invocation computes: enough to use each weight it loads for several rows. */
function shapeFor(cell: Cell, activation: Activation, hidden: number, batch: number): StepShape {
  return { cell, activation, hidden, rows: Math.min(8, batch), columns: cell === 'lstm' ? 1 : 2 };
}

function forward(
  x: tf.Tensor3D,
  weightIh: tf.Tensor2D,
  weightHh: tf.Tensor2D,
  bias: tf.Tensor,
  sizes: Sizes,
  shape: StepShape,
): { value: tf.Tensor3D; trace: tf.Tensor[] } {
  const { steps, batch, width, hidden, stacked } = sizes;
  const runtime = GpuRuntime.current();
  const weightIhT = runtime.output([width, stacked]);
  const weightHhT = runtime.output([hidden, stacked]);
  const projected = runtime.output([steps, batch, stacked]);
  const states = runtime.output([steps, batch, hidden]);
  const trace = shape.cell === 'lstm' ? [runtime.output([steps, batch, stacked]), runtime.output(states.shape)] : [];
  const product = { a: x, b: weightIhT, c: projected, m: steps * batch, n: stacked, k: width };
  const tensors = [projected, weightHhT, states, ...trace];
  runtime.run([
    transposeInto(weightIh, weightIhT, stacked, width, stacked),
    transposeInto(weightHh, weightHhT, stacked, hidden, stacked),
    ...matMulInto(runtime, { ...product, lda: width, ldb: stacked, ldc: stacked, init: { bias } }),
    ...timeSteps(sizes, shape, forwardProgram(shape), tensors, range(steps)),
  ]);
  disposeData(weightIhT, weightHhT, projected);
  return { value: tensorOf(states), trace: trace.map((info) => tensorOf(info)) };
}

function backward(dy: tf.Tensor, saved: tf.Tensor[], sizes: Sizes, shape: StepShape): tf.Tensor[] {
  const { steps, batch, width, hidden, stacked } = sizes;
  const [x, weightIh, weightHh, states, ...trace] = saved as [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor3D];
  const runtime = GpuRuntime.current();
  const dz = runtime.output([steps, batch, stacked]);
  const carry = shape.cell === 'lstm' ? [runtime.output([batch, hidden])] : [];
  const seen = shape.cell === 'lstm' ? trace : [states];
  runtime.run(
    timeSteps(sizes, shape, backwardProgram(shape), [dy, weightHh, dz, ...seen, ...carry], range(steps).toReversed()),
  );

  const positions = steps * batch;
  const dx = runtime.output(x.shape);
  const dWeightIh = runtime.output([stacked, width]);
  const dWeightHh = runtime.output([stacked, hidden]);
  const dBias = runtime.output([stacked]);
  const before = shiftLater(states);
  const byPosition = { a: dz, m: stacked, k: positions, lda: stacked, transposeA: true, init: 'zero' } as const;
  runtime.run([
    ...matMulInto(runtime, {
      a: dz,
      b: weightIh,
      c: dx,
      m: positions,
      n: width,
      k: stacked,
      lda: stacked,
      ldb: width,
      ldc: width,
      init: 'zero',
    }),
    ...matMulInto(runtime, { ...byPosition, b: x, c: dWeightIh, n: width, ldb: width, ldc: width }),
    ...matMulInto(runtime, { ...byPosition, b: before, c: dWeightHh, n: hidden, ldb: hidden, ldc: hidden }),
    columnSum(dz, dBias, positions, stacked),
  ]);
  disposeData(dz, ...carry);
  const bias = tensorOf(dBias);
  // The two biases have one gradient, but need a tensor each: one given for both may be disposed of under the second.
  return [tensorOf(dx), tensorOf(dWeightIh), tensorOf(dWeightHh), bias, tf.clone(bias)];
}

function timeSteps(
  { batch, steps, hidden, stacked }: Sizes,
  shape: StepShape,
  program: Dispatch['program'],
  tensors: readonly tf.TensorInfo[],
  order: readonly number[],
): Dispatch[] {
  const workgroups = [Math.ceil(unitGroups(shape) / WORKGROUP), Math.ceil(batch / shape.rows)] as const;
  const operations = 2 * batch * hidden * stacked;
  return order.map((t) => ({ program, tensors, uniforms: [t, batch, steps], workgroups, operations }));
}

/** The state of the step before at each step, zeros at the first. */
function shiftLater(states: tf.Tensor3D): tf.Tensor3D {
  const [steps, batch, hidden] = states.shape;
  const first = tf.zeros<tf.Rank.R3>([1, batch, hidden]);
  return steps === 1 ? first : tf.concat([first, tf.slice(states, [0, 0, 0], [steps - 1, batch, hidden])], 0);
}

function tensorOf<T extends tf.Tensor>(info: tf.TensorInfo): T {
  return tf.engine().makeTensorFromTensorInfo(info) as T;
}

function disposeData(...infos: tf.TensorInfo[]): void {
  for (const { dataId } of infos) tf.backend().disposeData(dataId);
}

function range(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index);
}
