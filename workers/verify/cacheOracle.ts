/** Compares a device's ops for a continuous cache with PyTorch's results: `cache.json` of pytorch/oracle. */
import * as tf from '@tensorflow/tfjs-core';
import { parseCacheOracle, rowOfCase, type CacheOracleCase } from '#core/cache/oracleCase.ts';
import { MISSED, rowScores } from '#core/cache/rowScores.ts';
import { rowTexts } from '#core/cache/rowTexts.ts';
import type { OracleResult } from '#core/regression/verifier.ts';
import type { Device } from '#engine/devices/device.ts';
import { unlessLost } from '#engine/devices/unlessLost.ts';
import { Worst } from './worst.ts';

/** Largest difference of a loss, in nats. PyTorch computes it in float64 from the same float32 states. */
const LIMIT = 1e-4;

export async function checkCacheOracle(text: string, device: Device): Promise<OracleResult> {
  const worst = new Worst();
  for (const [index, one] of parseCacheOracle(text).entries())
    await unlessLost(device, compare(one, index, device, worst));
  return { case: 'cache', device: device.kind, ok: worst.ok, worst: worst.report };
}

async function compare(one: CacheOracleCase, index: number, { ops }: Device, worst: Worst): Promise<void> {
  const { vocab, theta, lambda, losses, ranks } = one;
  const { ids, outside } = rowOfCase(one);
  const texts = rowTexts(ids, outside, vocab, []);
  const steps = losses.length;
  const count = texts.ids.length;
  const computed = tf.tidy(() => {
    const states = tf.tensor2d(one.states.flat(), [steps, one.states[0]!.length]);
    const targets = tf.tensor1d(Int32Array.from(ids.subarray(1)), 'int32');
    const own = tf.tensor2d(texts.ids, [1, count], 'int32');
    const weight = tf.tensor2d(one.weight.flat(), [vocab, one.states[0]!.length]);
    const scores = ops.textLogits(states, weight, tf.tensor1d(one.bias), targets, steps, own);
    const slots = tf.tensor2d(texts.slots, [steps, 1], 'int32');
    const masses = ops.cacheMasses(states, slots, count, theta);
    return [masses, scores.logits.texts, scores.logits.largest, scores.losses];
  });
  const [masses, logits, largest, modelLosses] = await Promise.all(computed.map((tensor) => tensor.data<'float32'>()));
  tf.dispose(computed);
  const values = {
    masses: masses!,
    logits: logits!,
    slots: count,
    largest: largest!,
    largestCount: largest!.length / steps,
    losses: modelLosses!,
  };
  const scores = rowScores(texts, values, (t) => t, { theta, lambda });
  worst.absolute(`losses of case ${index}`, scores.losses, losses, LIMIT);
  const wrong = ranks.filter((rank, t) => scores.ranks[t] !== Math.min(MISSED, rank ?? MISSED));
  worst.equal(`ranks of case ${index} that differ`, wrong.length, 0);
}
