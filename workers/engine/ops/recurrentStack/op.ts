import * as tf from '@tensorflow/tfjs-core';
import { CELLS } from '#core/models/registry.ts';
import type { RecurrentWeights, StackOptions } from '../contract.ts';
import { numbered, runLabKernel } from '../kernels.ts';

/** Tensors of a layer: two weights and two biases. */
const PER_LAYER = 4;

/** input [steps, rows, width] to states [layers, steps, rows, hidden]; what the forward kernel leaves goes to its gradient unread. */
export function recurrentStack(
  input: tf.Tensor3D,
  layers: readonly RecurrentWeights[],
  options: StackOptions,
): tf.Tensor4D {
  const count = 1 + PER_LAYER * layers.length;
  const stack = tf.customGrad((...args) => {
    const save = args.at(-1) as unknown as tf.GradSaveFunc;
    const operands = args.slice(0, -1) as tf.Tensor[];
    const [states, ...forBackward] = runLabKernel('LabRecurrentStack', named(operands), options);
    save([...operands, states, ...forBackward]);
    return { value: states, gradFunc };
  });
  const gradFunc = (dy: tf.Tensor, saved: tf.Tensor[]): tf.Tensor[] => {
    const operands = named(saved.slice(0, count));
    const [states, ...forBackward] = saved.slice(count);
    const [dInput, ...ofLayers] = runLabKernel(
      'LabRecurrentStackGradient',
      { dy: dy as tf.Tensor4D, states: states as tf.Tensor4D, ...operands, ...numbered('saved', forBackward) },
      options,
    );
    if (CELLS[options.cell].separateBiases) return [dInput, ...ofLayers];
    // The two biases of a layer have one gradient, but need a tensor each: one given for both may be disposed of under the second.
    return [
      dInput,
      ...ofLayers.flatMap((gradient, index) => (index % 3 === 2 ? [gradient, tf.clone(gradient)] : [gradient])),
    ];
  };
  return stack(input, ...layers.flatMap((one) => [one.weightIh, one.weightHh, one.biasIh, one.biasHh]));
}

function named([input, ...weights]: readonly tf.Tensor[]) {
  const every = <T extends tf.Tensor>(kind: number) =>
    weights.filter((_, index) => index % PER_LAYER === kind) as unknown as T[];
  return {
    input: input as tf.Tensor3D,
    ...numbered('weightIh', every<tf.Tensor2D>(0)),
    ...numbered('weightHh', every<tf.Tensor2D>(1)),
    ...numbered('biasIh', every<tf.Tensor1D>(2)),
    ...numbered('biasHh', every<tf.Tensor1D>(3)),
  };
}
