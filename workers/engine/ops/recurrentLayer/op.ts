import * as tf from '@tensorflow/tfjs-core';
import type { Activation, Cell } from '#core/models/registry.ts';
import type { RecurrentWeights } from '../contract.ts';
import { numbered, runLabKernel } from '../kernels.ts';

/** input [steps, rows, width] to states [steps, rows, hidden]; what the forward kernel leaves goes to its gradient unread. */
export function recurrentLayer(
  input: tf.Tensor3D,
  weights: RecurrentWeights,
  cell: Cell,
  activation: Activation,
): tf.Tensor3D {
  const attrs = { cell, activation };
  const layer = tf.customGrad((...args) => {
    const [input, weightIh, weightHh, biasIh, biasHh, save] = args as unknown as [...Operands, tf.GradSaveFunc];
    const operands = { input, weightIh, weightHh, biasIh, biasHh };
    const [states, ...trace] = runLabKernel('LabRecurrentLayer', operands, attrs);
    save([input, weightIh, weightHh, states, ...trace]);
    return { value: states, gradFunc };
  });
  const gradFunc = (dy: tf.Tensor, saved: tf.Tensor[]): tf.Tensor[] => {
    const [input, weightIh, weightHh, states, ...trace] = saved as Saved;
    const operands = { dy: dy as tf.Tensor3D, input, weightIh, weightHh, states, ...numbered('trace', trace) };
    const [dInput, dWeightIh, dWeightHh, dBias] = runLabKernel('LabRecurrentLayerGradient', operands, attrs);
    // The two biases have one gradient, but need a tensor each: one given for both may be disposed of under the second.
    return [dInput, dWeightIh, dWeightHh, dBias, tf.clone(dBias)];
  };
  return layer(input, weights.weightIh, weights.weightHh, weights.biasIh, weights.biasHh);
}

type Operands = [
  input: tf.Tensor3D,
  weightIh: tf.Tensor2D,
  weightHh: tf.Tensor2D,
  biasIh: tf.Tensor1D,
  biasHh: tf.Tensor1D,
];
type Saved = [
  input: tf.Tensor3D,
  weightIh: tf.Tensor2D,
  weightHh: tf.Tensor2D,
  states: tf.Tensor3D,
  ...trace: tf.Tensor[],
];
