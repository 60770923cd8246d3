/**
 * Compares a device with the reference at the size of the task: the forward pass, every gradient and one step of Adam of a
 * full-size model on a batch of unequal rows. PyTorch's cases (oracle.ts) check the reference on small sizes. This
 * checks a device's kernels on the shapes that they are made for.
 */
import { ADAM, presetConfig } from '#core/settings/config.ts';
import type { ModelName } from '#core/models/registry.ts';
import { modelSpec } from '#core/models/spec.ts';
import type { DeviceKind } from '#core/devices.ts';
import { PAD_ID, SPECIAL_IDS } from '#core/data/vocabulary.ts';
import { fail } from '#core/failure.ts';
import { streamFor } from '#core/random/stream.ts';
import { makeBatch, type Batch } from '#core/data/batches/batch.ts';
import { initialWeights } from '#core/models/weights.ts';
import type { OracleResult } from '#core/regression/verifier.ts';
import { openDevice } from '#engine/devices/device.ts';
import { unlessLost } from '#engine/devices/unlessLost.ts';
import type { Ops } from '#engine/ops/contract.ts';
import { logitsOf, stepForComparison, type StepRequest, type StepValues } from './stepForComparison.ts';
import { Worst } from './worst.ts';

/** Tokens of the rows: few, so that a software adapter takes seconds, but more steps than tiles are wide. */
const LENGTHS = [40, 23, 2];
const PREPARED_LENGTH = 64;
const CONFIG = presetConfig('task', LENGTHS.length);

/**
 * Float32 rounds at 6e-8, and sums of up to 10,002 products in another order, through 39 steps, part by ten to fifty times that;
 * adapters whose `exp` and `tanh` are only as good as WGSL asks get the rest. Loss and norm are relative, losses and gradients
 * against the largest of their tensor. Weights are absolute: theirs are up to 4.6, where float32 rounds at 2.4e-7.
 */
const LIMITS = { loss: 1e-5, losses: 1e-5, norm: 1e-5, gradient: 1e-4, weights: 1e-6 } as const;

/** Logits this close to a target's own may rank before or after it. */
const TIE = 1e-5;

/**
 * Opens `reference`, then the device: each step is read back whole before the next device opens, and the device stays open.
 * @throws LabError `bad-input` for the reference itself, `device` where the device cannot be used
 */
export async function checkFullSize(model: ModelName, kind: DeviceKind): Promise<OracleResult> {
  if (kind === 'reference') {
    fail('bad-input', 'The reference cannot be held against itself.', 'Name the device webgpu or cpu.');
  }
  const spec = modelSpec(model, CONFIG, CONFIG.vocabulary);
  const request: StepRequest = {
    spec,
    weights: initialWeights(spec, CONFIG.seed),
    batch: unequalRows(),
    training: { dropout: CONFIG.dropout, seed: CONFIG.seed, step: 1 },
    optimiser: CONFIG,
  };
  const expected = await on('reference', request, async (ops) => ({
    ...(await stepForComparison(request, ops)),
    logits: await logitsOf(request, ops),
  }));
  const values = await on(kind, request, (ops) => stepForComparison(request, ops));

  const worst = new Worst();
  worst.relative('loss', values.loss, expected.loss, LIMITS.loss);
  worst.scaled('losses', values.losses, expected.losses, LIMITS.losses);
  worst.equal('ranks that no rounding explains', ranksOutside(values.ranks, expected.logits, request.batch), 0);
  for (const [name, gradient] of expected.gradients) {
    worst.scaled(`grad.${name}`, values.gradients.get(name) ?? [], gradient, LIMITS.gradient);
  }
  checkUpdate(worst, '', request, values);
  checkUpdate(worst, 'reference: ', request, expected);
  return { case: `full-size ${model}`, device: kind, ok: worst.ok, worst: worst.report };
}

/** Opens a device and prepares it for longer rows than the batch has, as for most batches of an epoch. */
async function on<T>(kind: DeviceKind, { spec, batch }: StepRequest, work: (ops: Ops) => Promise<T>): Promise<T> {
  const device = await openDevice(kind);
  await device.prepare({ spec, batch: batch.rows, length: PREPARED_LENGTH });
  device.beginBatch(batch.rows, batch.steps);
  try {
    return await unlessLost(device, work(device.ops));
  } finally {
    device.release();
  }
}

/**
 * Compares norm and updated weights with float64 results from the device's own gradients. The first step of Adam divides a gradient by its
 * own magnitude, so two devices differ wherever a gradient is little more than its rounding error, by up to twice the learning rate.
 */
function checkUpdate(worst: Worst, label: string, { weights, optimiser }: StepRequest, values: StepValues): void {
  let squares = 0;
  for (const gradient of values.gradients.values()) {
    for (const value of gradient) squares += value * value;
  }
  const norm = Math.sqrt(squares);
  worst.relative(`${label}gradient_norm`, values.norm, norm, LIMITS.norm);
  const scale = Math.min(1, optimiser.clipNorm / (norm + 1e-6));
  for (const [name, gradient] of values.gradients) {
    const before = weights.get(name)?.data ?? [];
    const after = gradient.map((value, i) => {
      const clipped = value * scale;
      return (before[i] ?? Number.NaN) - (optimiser.learningRate * clipped) / (Math.abs(clipped) + ADAM.epsilon);
    });
    worst.absolute(`${label}final.${name}`, values.weights.get(name) ?? [], after, LIMITS.weights);
  }
}

/** Rows that end in PAD, of tokens among which the first ones are common, as in a real vocabulary. */
function unequalRows(): Batch {
  const random = streamFor(CONFIG.seed, 'full-size');
  const ids = CONFIG.vocabulary + SPECIAL_IDS - 1;
  const rows = LENGTHS.map((length) => Uint16Array.from({ length }, () => 1 + random.below(1 + random.below(ids))));
  return makeBatch(rows, CONFIG);
}

/** Targets whose rank is not the number of greater logits, whichever way the logits near their own are rounded. */
function ranksOutside(ranks: Float32Array, logits: Float32Array, { targets }: Batch): number {
  const tokens = logits.length / targets.length;
  let outside = 0;
  for (const [index, target] of targets.entries()) {
    if (target === PAD_ID) continue;
    const own = logits.subarray(index * tokens, (index + 1) * tokens);
    const least = countAbove(own, own[target]! + TIE);
    const most = countAbove(own, own[target]! - TIE) - 1;
    if (!(ranks[index]! >= least && ranks[index]! <= most)) outside++;
  }
  return outside;
}

function countAbove(values: Float32Array, bound: number): number {
  return values.reduce((count, value) => count + (value > bound ? 1 : 0), 0);
}
