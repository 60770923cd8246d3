/**
 * A recurrent layer on WebGPU: the input product of all steps at once, then one dispatch a time step; backward likewise,
 * then the gradients of weights, bias and input as single products over all steps. The steps are programs.ts.
 */
import * as tf from '@tensorflow/tfjs';
import type { Cell } from '../../../../src/core/config.ts';
import { columnSum } from '../../webgpu/column-sum.ts';
import { disposeData, GpuRuntime, tensorOf } from '../../webgpu/runtime.ts';
import type { Activation, RecurrentWeights } from '../contract.ts';
import { matMulInto, transposeInto } from '../mat-mul/webgpu.ts';
import { backwardSteps, forwardSteps, type StepPair, type StepSizes } from './steps.ts';

interface Sizes extends StepSizes {
  readonly width: number;
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
  const sizes: Sizes = { cell, activation, layers: 1, steps, batch, width, hidden, stacked };
  const layer = tf.customGrad((...args) => {
    const [x, weightIh, weightHh, biasIh, biasHh] = args as unknown as Operands;
    const save = args[5] as unknown as tf.GradSaveFunc;
    const { value, trace } = forward(x, weightIh, weightHh, tf.add(biasIh, biasHh), sizes);
    save([x, weightIh, weightHh, value, ...trace]);
    const gradFunc = (dy: tf.Tensor, saved: tf.Tensor[]): tf.Tensor[] => backward(dy, saved, sizes);
    return { value, gradFunc };
  });
  return layer(input, weights.weightIh, weights.weightHh, weights.biasIh, weights.biasHh);
}

type Operands = [tf.Tensor3D, tf.Tensor2D, tf.Tensor2D, tf.Tensor1D, tf.Tensor1D];

/** States, and for an LSTM its gates and cells. The projected input is written where gates or states are to be. */
function forward(
  x: tf.Tensor3D,
  weightIh: tf.Tensor2D,
  weightHh: tf.Tensor2D,
  bias: tf.Tensor,
  sizes: Sizes,
): { value: tf.Tensor3D; trace: tf.Tensor[] } {
  const { steps, batch, width, hidden, stacked } = sizes;
  const runtime = GpuRuntime.current();
  const weightIhT = runtime.output([width, stacked]);
  const weightHhT = runtime.output([hidden, stacked]);
  const states = runtime.output([steps, batch, hidden]);
  const trace =
    sizes.cell === 'lstm' ? [runtime.output([steps, batch, stacked]), runtime.output([steps, batch, hidden])] : [];
  const product = { a: x, b: weightIhT, c: trace[0] ?? states, m: steps * batch, n: stacked, k: width };
  runtime.run([
    transposeInto(weightIh, weightIhT, stacked, width, stacked),
    transposeInto(weightHh, weightHhT, stacked, hidden, stacked),
    ...matMulInto(runtime, { ...product, lda: width, ldb: stacked, ldc: stacked, init: { bias } }),
    ...forwardSteps(runtime, sizes, [weightHhT, states, ...trace], stepsInOrder(steps)),
  ]);
  disposeData(weightIhT, weightHhT);
  return { value: tensorOf(states), trace: trace.map((info) => tensorOf(info)) };
}

/** An LSTM's gates become dz in place, so this can be called once for a forward pass. */
function backward(dy: tf.Tensor, saved: tf.Tensor[], sizes: Sizes): tf.Tensor[] {
  const { steps, batch, width, hidden, stacked } = sizes;
  const [x, weightIh, weightHh, states, gates, cells] = saved as [tf.Tensor, tf.Tensor, tf.Tensor, ...tf.Tensor[]];
  const runtime = GpuRuntime.current();
  const dz = gates ?? runtime.output([steps, batch, stacked]);
  const carry = cells && runtime.output([batch, hidden]);
  const seen = cells && carry ? [cells, carry] : [states!];
  runtime.run(backwardSteps(runtime, sizes, [dy, weightHh, dz, ...seen], stepsInOrder(steps).toReversed()));

  const positions = steps * batch;
  const dx = runtime.output(x.shape);
  const dWeightIh = runtime.output([stacked, width]);
  const dWeightHh = runtime.output([stacked, hidden]);
  const dBias = runtime.output([stacked]);
  const byInput = { a: dz, b: weightIh, c: dx, m: positions, n: width, k: stacked };
  const byPosition = { a: dz, m: stacked, lda: stacked, transposeA: true, init: 'zero' } as const;
  runtime.run([
    ...matMulInto(runtime, { ...byInput, lda: stacked, ldb: width, ldc: width, init: 'zero' }),
    ...matMulInto(runtime, { ...byPosition, b: x, c: dWeightIh, n: width, k: positions, ldb: width, ldc: width }),
    // From the second step on, by the states of the step before; the first one's are zeros.
    ...matMulInto(runtime, {
      ...byPosition,
      offsetA: batch * stacked,
      b: states!,
      c: dWeightHh,
      n: hidden,
      k: positions - batch,
      ldb: hidden,
      ldc: hidden,
    }),
    columnSum(dz, dBias, positions, stacked),
  ]);
  if (!gates) disposeData(dz);
  if (carry) disposeData(carry);
  const bias = tensorOf(dBias);
  // The two biases have one gradient, but need a tensor each: one given for both may be disposed of under the second.
  return [tensorOf(dx), tensorOf(dWeightIh), tensorOf(dWeightHh), bias, tf.clone(bias)];
}

function stepsInOrder(steps: number): StepPair[] {
  return Array.from({ length: steps }, (_, t): StepPair => [t, null]);
}
