import type * as tf from '@tensorflow/tfjs-core';
import type { TargetScores, TextLogits } from '../contract.ts';
import { runLabKernel } from '../kernels.ts';

export function textLogits(
  states: tf.Tensor2D,
  weight: tf.Tensor2D,
  bias: tf.Tensor1D,
  targets: tf.Tensor1D,
  counted: number,
  ids: tf.Tensor2D,
): TargetScores & { readonly logits: TextLogits } {
  const operands = { states, weight, bias, targets, ids };
  const [loss, losses, ranks, texts, largest] = runLabKernel('LabTextLogits', operands, { counted });
  return { loss, losses, ranks, logits: { texts, largest } };
}
