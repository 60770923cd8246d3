/**
 * One recurrent layer over all time steps, composed of stock ops, with its backward pass through time written out. Cells are in cells/.
 *
 * Everything that does not depend on the step before is taken out of the loop: the input product, the derivatives of
 * the gates, and the gradients of weights, bias and input, each one product or one elementwise op over all steps.
 */
import * as tf from '@tensorflow/tfjs-core';
import { CELLS, type Activation, type Cell } from '#core/models/registry.ts';
import type { RecurrentWeights } from '../contract.ts';
import { matMul } from '../matMul/reference.ts';
import { CELL_REFERENCES } from './cells/reference.ts';
import { flattened, shiftLater } from './sequences.ts';

/** input [steps, rows, width] to states [steps, rows, hidden]. */
export function recurrentLayer(
  input: tf.Tensor3D,
  weights: RecurrentWeights,
  cell: Cell,
  activation: Activation,
): tf.Tensor3D {
  const [steps, rows, width] = input.shape;
  const { separateBiases } = CELLS[cell];
  const { forward, backward } = CELL_REFERENCES[cell];
  const layer = tf.customGrad((...args) => {
    const [x, weightIh, weightHh, biasIh, biasHh] = args as unknown as Operands;
    const save = args[5] as unknown as tf.GradSaveFunc;
    const product = matMul(flattened(x), weightIh, false, true);
    const projected = tf.add(product, separateBiases ? biasIh : tf.add(biasIh, biasHh));
    const { hidden, saved } = forward({
      projected: tf.reshape<tf.Rank.R3>(projected, [steps, rows, -1]),
      weightHh,
      biasHh,
      activation,
    });
    save([x, weightIh, weightHh, hidden, ...saved]);

    const gradFunc = (gradient: tf.Tensor, kept: tf.Tensor[]): tf.Tensor[] => {
      const [x, weightIh, weightHh, hidden, ...saved] = kept as [tf.Tensor3D, tf.Tensor2D, tf.Tensor2D, tf.Tensor3D];
      const dy = gradient as tf.Tensor3D;
      const gradients = backward({ dy, hidden, saved, weightHh, activation });
      const ofInput = flattened(gradients.input);
      const ofStates = gradients.recurrent === gradients.input ? ofInput : flattened(gradients.recurrent);
      const dBiasIh = tf.sum(ofInput, 0);
      return [
        tf.reshape(matMul(ofInput, weightIh), [steps, rows, width]),
        matMul(ofInput, flattened(x), true),
        matMul(ofStates, flattened(shiftLater(hidden)), true),
        dBiasIh,
        // A tensor of its own: one returned for two inputs may be disposed of under the second.
        separateBiases ? tf.sum(ofStates, 0) : tf.clone(dBiasIh),
      ];
    };
    return { value: hidden, gradFunc };
  });
  return layer(input, weights.weightIh, weights.weightHh, weights.biasIh, weights.biasHh);
}

type Operands = [tf.Tensor3D, tf.Tensor2D, tf.Tensor2D, tf.Tensor1D, tf.Tensor1D];
