/**
 * A recurrent layer on WebGPU: the input product of all steps at once, then one dispatch a time step; backward likewise,
 * then the gradients of weights, bias and input as single products over all steps. The steps are programs.ts.
 */
import type * as tf from '@tensorflow/tfjs-core';
import { columnSum } from '../../backends/webgpu/columnSum.ts';
import { disposeData, GpuRuntime } from '../../backends/webgpu/runtime.ts';
import { sumInto } from '../../backends/webgpu/sum.ts';
import { listOf, registerLabKernel, type InfoOf, type Kernels } from '../kernels.ts';
import { matMulInto, transposeInto } from '../matMul/webgpu.ts';
import { backwardSteps, forwardSteps, type StepPair, type StepSizes } from './steps.ts';
import { CELLS } from '#core/models/registry.ts';

/** Gives the states, and for an LSTM its gates and cells. The projected input is written where gates or states are to be. */
registerLabKernel('LabRecurrentLayer', 'webgpu', ({ inputs, attrs }) => {
  const { input, weightIh, weightHh, biasIh, biasHh } = inputs;
  const sizes = sizesOf(input, weightHh, attrs);
  const { steps, batch, width, hidden, stacked } = sizes;
  const runtime = GpuRuntime.current();
  const bias = runtime.output([stacked]);
  const weightIhT = runtime.output([width, stacked]);
  const weightHhT = runtime.output([hidden, stacked]);
  const states = runtime.output([steps, batch, hidden]);
  const trace = CELLS[sizes.cell].hasCellState
    ? [runtime.output([steps, batch, stacked]), runtime.output([steps, batch, hidden])]
    : [];
  const product = { a: input, b: weightIhT, c: trace[0] ?? states, m: steps * batch, n: stacked, k: width };
  runtime.run([
    sumInto(biasIh, biasHh, bias, stacked),
    transposeInto(weightIh, weightIhT, stacked, width, stacked),
    transposeInto(weightHh, weightHhT, stacked, hidden, stacked),
    ...matMulInto(runtime, { ...product, lda: width, ldb: stacked, ldc: stacked, init: { bias } }),
    ...forwardSteps(runtime, sizes, [weightHhT, states, ...trace], stepsInOrder(steps)),
  ]);
  disposeData(bias, weightIhT, weightHhT);
  return [states, ...trace];
});

/** An LSTM's gates become dz in place, so this can be called once for a forward pass. */
registerLabKernel('LabRecurrentLayerGradient', 'webgpu', ({ inputs, attrs }) => {
  const { dy, input, weightIh, weightHh, states } = inputs;
  const [gates, cells] = listOf('trace', inputs);
  const sizes = sizesOf(input, weightHh, attrs);
  const { steps, batch, width, hidden, stacked } = sizes;
  const runtime = GpuRuntime.current();
  const dz = gates ?? runtime.output([steps, batch, stacked]);
  const carry = cells && runtime.output([batch, hidden]);
  const seen = cells && carry ? [cells, carry] : [states];
  runtime.run(backwardSteps(runtime, sizes, [dy, weightHh, dz, ...seen], stepsInOrder(steps).toReversed()));

  const positions = steps * batch;
  const dInput = runtime.output(input.shape);
  const dWeightIh = runtime.output([stacked, width]);
  const dWeightHh = runtime.output([stacked, hidden]);
  const dBias = runtime.output([stacked]);
  const byInput = { a: dz, b: weightIh, c: dInput, m: positions, n: width, k: stacked };
  const byPosition = { a: dz, m: stacked, lda: stacked, transposeA: true, init: 'zero' } as const;
  runtime.run([
    ...matMulInto(runtime, { ...byInput, lda: stacked, ldb: width, ldc: width, init: 'zero' }),
    ...matMulInto(runtime, { ...byPosition, b: input, c: dWeightIh, n: width, k: positions, ldb: width, ldc: width }),
    // From the second step on, by the states of the step before; the first one's are zeros.
    ...matMulInto(runtime, {
      ...byPosition,
      offsetA: batch * stacked,
      b: states,
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
  return [dInput, dWeightIh, dWeightHh, dBias];
});

interface Sizes extends StepSizes {
  readonly width: number;
  /** Rows of the weights: gates x hidden. */
  readonly stacked: number;
}

function sizesOf(
  input: InfoOf<tf.Tensor3D>,
  weightHh: InfoOf<tf.Tensor2D>,
  { cell, activation }: Kernels['LabRecurrentLayer']['attrs'],
): Sizes {
  const [steps, batch, width] = input.shape;
  const [stacked, hidden] = weightHh.shape;
  return { cell, activation, layers: 1, steps, batch, width, hidden, stacked };
}

function stepsInOrder(steps: number): StepPair[] {
  return Array.from({ length: steps }, (_, t): StepPair => [t, null]);
}
