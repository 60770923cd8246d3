/**
 * Output layer, cross-entropy without PAD, and ranks.
 *
 * logits = states weight^T + bias;  loss_j = logsumexp(logits_j) - logits_j[target_j];  loss = sum_j loss_j / counted
 * d loss / d logits_j = (softmax(logits_j) - onehot(target_j)) / counted at targets, zero at PAD.
 * The rank of a target is the number of logits strictly greater than its own.
 *
 * The logits of 1,000 steps and 10,002 tokens are 40 MB a row of the batch, so a slice of states is taken at a time and
 * its gradients are formed at once: no more than one slice of logits is ever held.
 */
import * as tf from '@tensorflow/tfjs-core';
import { PAD_ID } from '#core/data/vocabulary.ts';
import type { Ops } from '../contract.ts';
import { matMul } from '../matMul/reference.ts';

/** Most logits in a slice: 16 MiB; a few temporaries of this size exist at once. */
const SLICE_VALUES = 4 * 1024 * 1024;

export const linearCrossEntropy: Ops['linearCrossEntropy'] = (states, weight, bias, targets, counted, gradients) => {
  if (!gradients) {
    return tf.tidy(() => {
      const { losses, ranks } = bySlices(states, weight, bias, targets, 0);
      return { loss: meanOf(losses, targets, counted), losses, ranks };
    });
  }
  let losses: tf.Tensor1D | undefined;
  let ranks: tf.Tensor1D | undefined;
  const lossOf = tf.customGrad((...args) => {
    const [h, w, b] = args as unknown as [tf.Tensor2D, tf.Tensor2D, tf.Tensor1D];
    const save = args[3] as unknown as tf.GradSaveFunc;
    const out = bySlices(h, w, b, targets, 1 / Math.max(1, counted));
    // Results beside the loss: kept past the tidy of the custom gradient, handed over below.
    losses = tf.keep(out.losses);
    ranks = tf.keep(out.ranks);
    save(out.gradients);
    const gradFunc = (dy: tf.Tensor, saved: tf.Tensor[]): tf.Tensor[] => saved.map((gradient) => tf.mul(gradient, dy));
    return { value: meanOf(out.losses, targets, counted), gradFunc };
  });
  const loss = lossOf(states, weight, bias);
  if (!losses || !ranks) throw new Error('the forward pass of the loss did not run');
  return { loss, losses, ranks };
};

/** A type alias, since `tf.tidy` takes no interface. */
type Slice = {
  readonly losses: tf.Tensor1D;
  readonly ranks: tf.Tensor1D;
  readonly dStates?: tf.Tensor2D;
  readonly dWeightT?: tf.Tensor2D;
  readonly dBias?: tf.Tensor1D;
};

interface Scored {
  readonly losses: tf.Tensor1D;
  readonly ranks: tf.Tensor1D;
  /** Gradients of states, weight and bias; empty if not wanted. */
  readonly gradients: tf.Tensor[];
}

/** @param scale of the gradients of each target's loss; 0 makes none */
function bySlices(
  states: tf.Tensor2D,
  weight: tf.Tensor2D,
  bias: tf.Tensor1D,
  targets: tf.Tensor1D,
  scale: number,
): Scored {
  const [n, hidden] = states.shape;
  const tokens = weight.shape[0];
  const size = Math.max(1, Math.floor(SLICE_VALUES / tokens));
  const weightT = tf.transpose(weight);
  const parts: Slice[] = [];
  let sums = scale === 0 ? [] : [tf.zeros<tf.Rank.R2>([hidden, tokens]), tf.zeros<tf.Rank.R1>([tokens])];
  for (let from = 0; from < n; from += size) {
    const count = Math.min(size, n - from);
    const out = tf.tidy((): Slice => {
      const h = tf.slice(states, [from, 0], [count, hidden]);
      const target = tf.slice(targets, from, count);
      // Places of the targets' logits. Each op over all logits costs as much as a fifth of a product, so few are used.
      const places = tf.stack([tf.range(0, count, 1, 'int32'), target], 1);
      const logits = tf.fused.matMul({ a: h, b: weightT, bias }) as tf.Tensor2D;
      const targetLogit = tf.reshape<tf.Rank.R2>(tf.gatherND(logits, places), [count, 1]);
      const softmax = tf.softmax(logits);
      // logsumexp = max - log(softmax at the max), which cannot underflow: the largest share is at least 1 / tokens.
      const logSum = tf.sub(tf.max(logits, 1), tf.log(tf.max(softmax, 1)));
      const losses = tf.sub<tf.Tensor1D>(logSum, tf.reshape(targetLogit, [count]));
      // Not greater(): TensorFlow.js's wasm kernel takes a third of a second for a slice, since it broadcasts value by value.
      const ranks = tf.sum<tf.Tensor1D>(tf.step(tf.sub(logits, targetLogit)), 1);
      if (scale === 0) return { losses, ranks };
      const weightOfRow = tf.reshape(tf.mul(tf.cast(tf.notEqual(target, PAD_ID), 'float32'), scale), [count, 1]);
      const weighted = tf.mul<tf.Tensor2D>(softmax, weightOfRow);
      const atTarget = tf.sub(tf.gatherND(weighted, places), tf.reshape(weightOfRow, [count]));
      const dLogits = tf.tensorScatterUpdate<tf.Rank.R2>(weighted, places, atTarget);
      const [dWeightT, dBias] = sums as [tf.Tensor2D, tf.Tensor1D];
      return {
        losses,
        ranks,
        dStates: matMul(dLogits, weight),
        dWeightT: tf.add<tf.Tensor2D>(dWeightT, matMul(h, dLogits, true)),
        dBias: tf.add<tf.Tensor1D>(dBias, tf.sum(dLogits, 0)),
      };
    });
    parts.push(out);
    if (out.dWeightT && out.dBias) {
      tf.dispose(sums);
      sums = [out.dWeightT, out.dBias];
    }
  }
  const gradients: tf.Tensor[] = [];
  if (scale !== 0) {
    const [dWeightT, dBias] = sums as [tf.Tensor2D, tf.Tensor1D];
    gradients.push(tf.concat(parts.flatMap((part) => part.dStates ?? [])), tf.transpose(dWeightT), dBias);
  }
  return {
    losses: tf.concat(parts.map((part) => part.losses)),
    ranks: tf.concat(parts.map((part) => part.ranks)),
    gradients,
  };
}

function meanOf(losses: tf.Tensor1D, targets: tf.Tensor1D, counted: number): tf.Scalar {
  const masked = tf.mul(losses, tf.cast(tf.notEqual(targets, PAD_ID), 'float32'));
  return tf.mul(tf.sum(masked), 1 / Math.max(1, counted));
}
