import * as tf from '@tensorflow/tfjs-core';
import type { RecurrentWeights, StackOptions } from '../contract.ts';
import { numbered, runLabKernel } from '../kernels.ts';

/** input [steps, rows, width] to [steps x rows, hidden]; what the forward kernel leaves goes to its gradient unread. */
export function recurrentStack(
  input: tf.Tensor3D,
  layers: readonly [RecurrentWeights, RecurrentWeights],
  options: StackOptions,
): tf.Tensor2D {
  const stack = tf.customGrad((...args) => {
    const save = args.at(-1) as unknown as tf.GradSaveFunc;
    const operands = args.slice(0, -1) as unknown as Operands;
    const [output, ...trace] = runLabKernel('LabRecurrentStack', named(operands), options);
    save([...operands, ...trace]);
    return { value: output, gradFunc };
  });
  const gradFunc = (dy: tf.Tensor, saved: tf.Tensor[]): tf.Tensor[] => {
    const operands = named(saved.slice(0, OPERANDS) as Operands);
    const trace = numbered('trace', saved.slice(OPERANDS));
    const [dInput, dIh0, dHh0, dBias0, dIh1, dHh1, dBias1] = runLabKernel(
      'LabRecurrentStackGradient',
      { dy: dy as tf.Tensor2D, ...operands, ...trace },
      options,
    );
    // The two biases of a layer have one gradient, but need a tensor each: one given for both may be disposed of under the second.
    return [dInput, dIh0, dHh0, dBias0, tf.clone(dBias0), dIh1, dHh1, dBias1, tf.clone(dBias1)];
  };
  const ofLayer = ({ weightIh, weightHh, biasIh, biasHh }: RecurrentWeights) => [weightIh, weightHh, biasIh, biasHh];
  return stack(input, ...layers.flatMap(ofLayer));
}

type Layer = [weightIh: tf.Tensor2D, weightHh: tf.Tensor2D, biasIh: tf.Tensor1D, biasHh: tf.Tensor1D];
type Operands = [input: tf.Tensor3D, ...Layer, ...Layer];
const OPERANDS = 9;

function named([input, ...weights]: Operands) {
  const [weightIh0, weightHh0, biasIh0, biasHh0, weightIh1, weightHh1, biasIh1, biasHh1] = weights;
  return { input, weightIh0, weightHh0, biasIh0, biasHh0, weightIh1, weightHh1, biasIh1, biasHh1 };
}
