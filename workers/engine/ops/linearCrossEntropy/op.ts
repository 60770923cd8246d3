import * as tf from '@tensorflow/tfjs-core';
import { scalarOnHost } from '../../backends/hostScalars.ts';
import type { Ops, TargetScores } from '../contract.ts';
import { runLabKernel } from '../kernels.ts';

/**
 * [n, hidden] states, [tokens, hidden] weight, [tokens] bias, [n] int32 targets. The kernel forms the gradients in the
 * forward pass; backward they are multiplied by the one that comes in.
 */
export const linearCrossEntropy: Ops['linearCrossEntropy'] = (states, weight, bias, targets, counted, gradients) => {
  const attrs = { counted, gradients };
  if (!gradients) {
    const [loss, losses, ranks] = runLabKernel('LabLinearCrossEntropy', { states, weight, bias, targets }, attrs);
    return { loss, losses, ranks };
  }
  let scores: Omit<TargetScores, 'loss'> | undefined;
  const lossOf = tf.customGrad((...args) => {
    const [states, weight, bias, save] = args as unknown as [...Operands, tf.GradSaveFunc];
    const operands = { states, weight, bias, targets };
    const [loss, losses, ranks, ...made] = runLabKernel('LabLinearCrossEntropy', operands, attrs);
    // Results beside the loss: kept past the tidy of the custom gradient, handed over below.
    scores = { losses: tf.keep(losses), ranks: tf.keep(ranks) };
    save(made);
    return { value: loss, gradFunc };
  });
  const loss = lossOf(states, weight, bias);
  if (!scores) throw new Error('the forward pass of the loss did not run');
  return { loss, ...scores };
};

type Operands = [states: tf.Tensor2D, weight: tf.Tensor2D, bias: tf.Tensor1D];

/** If the loss itself is differentiated, dy is known to be 1, which saves three multiplications by it. */
function gradFunc(dy: tf.Tensor, saved: tf.Tensor[]): tf.Tensor[] {
  const isOne = scalarOnHost(dy) === 1;
  return saved.map((gradient) => (isOne ? tf.clone(gradient) : tf.mul(gradient, dy)));
}
