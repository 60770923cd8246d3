/**
 * Compares the engine with one case of PyTorch's results (pytorch/oracle/README.md describes a case): states,
 * logits, loss, counts and gradients of the first batch, then the losses and final weights of some Adam steps.
 */
import * as tf from '@tensorflow/tfjs-core';
import { z } from 'zod';
import { CELL_NAMES, CONNECTION_NAMES, WEIGHT_TYING_NAMES } from '#core/models/registry.ts';
import { parameterCount, type ModelSpec } from '#core/models/spec.ts';
import { PAD_ID } from '#core/data/vocabulary.ts';
import { fail } from '#core/failure.ts';
import { MeasureSum } from '#core/metrics/measures.ts';
import { readSafetensors, type Tensor } from '#core/models/safetensors.ts';
import type { OracleResult } from '#core/regression/verifier.ts';
import type { Device } from '#engine/devices/device.ts';
import { unlessLost } from '#engine/devices/unlessLost.ts';
import { batchOf, CASE_REMEDY, idsOf, weightsUnder } from './cases.ts';
import { CompletionModel, type DropoutContext } from '#engine/models/completionModel.ts';
import { Optimiser } from '#engine/models/optimiser.ts';
import { Worst } from './worst.ts';

const factsSchema = z.object({
  case: z.string(),
  cell: z.enum(CELL_NAMES),
  residual: z.boolean(),
  /** Older cases lack it: they have H1 + H2, and two layers. */
  connection: z.enum(CONNECTION_NAMES).optional(),
  layers: z.int().default(2),
  weight_tying: z.enum(WEIGHT_TYING_NAMES).default('none'),
  vocab: z.int(),
  embed: z.int(),
  hidden: z.int(),
  pad: z.literal(PAD_ID),
  loss: z.number(),
  perplexity: z.number(),
  counted: z.int(),
  top1_hits: z.int(),
  top5_hits: z.int(),
  gradient_norm: z.number(),
  parameters: z.int(),
  adam: z.object({
    lr: z.number(),
    beta1: z.literal(0.9),
    beta2: z.literal(0.999),
    eps: z.literal(1e-8),
    clip_norm: z.number(),
    losses: z.array(z.number()).min(1),
  }),
});

/** Agreement that PyTorch's float32 results allow; the oracle's README gives the reasons. */
const LIMITS = { first: 1e-5, adam: 1e-4, states: 1e-5, gradient: 1e-4, final: 1e-4 } as const;

const NO_DROPOUT: DropoutContext = { dropout: 0, seed: 0, step: 1 };

export function checkOracleCase(facts: string, file: Uint8Array, device: Device): Promise<OracleResult> {
  return unlessLost(device, compare(facts, file, device));
}

async function compare(facts: string, file: Uint8Array, device: Device): Promise<OracleResult> {
  const expected = parseFacts(facts);
  const { tensors } = readSafetensors(file);
  const spec: ModelSpec = {
    cell: expected.cell,
    layers: expected.layers,
    connection: expected.connection ?? (expected.residual ? 'sum' : 'none'),
    weightTying: expected.weight_tying,
    tokens: expected.vocab,
    embedding: expected.embed,
    hidden: expected.hidden,
    activation: 'tanh',
  };
  const worst = new Worst();
  worst.equal('parameters', parameterCount(spec), expected.parameters);
  const { rows, steps } = idsOf(tensors, 0);
  await device.prepare({ spec, batch: rows, length: steps + 1 });
  const model = new CompletionModel(spec, weightsUnder('init.', tensors), device.ops);
  const optimiser = new Optimiser(model, device.ops, {
    learningRate: expected.adam.lr,
    clipNorm: expected.adam.clip_norm,
  });
  try {
    device.beginBatch(rows, steps);
    await checkStates(model, tensors, worst);
    for (const [index, expectedLoss] of expected.adam.losses.entries()) {
      const { batch, targets } = batchOf(tensors, index % 4);
      const scores = model.gradients(batch, NO_DROPOUT);
      const norm = optimiser.step(scores.gradients);
      if (index === 0) {
        const sum = new MeasureSum(new Set());
        sum.add(targets, await scores.losses.data(), await scores.ranks.data());
        const { loss, perplexity, counted, top1, top5 } = sum.measures();
        worst.relative('loss', loss, expected.loss, LIMITS.first);
        worst.relative('perplexity', perplexity, expected.perplexity, LIMITS.first * Math.max(1, expected.loss));
        worst.equal('counted', counted, expected.counted);
        worst.equal('top1_hits', Math.round(top1 * counted), expected.top1_hits);
        worst.equal('top5_hits', Math.round(top5 * counted), expected.top5_hits);
        worst.relative('gradient_norm', (await norm.data())[0]!, expected.gradient_norm, LIMITS.first);
        for (const [at, name] of [...model.variables.keys()].entries()) {
          const gradient = tensors.get(`grad.${name}`);
          if (gradient)
            worst.scaled(`grad.${name}`, await scores.gradients[at]!.data(), gradient.data, LIMITS.gradient);
        }
      }
      const limit = index === 0 ? LIMITS.first : LIMITS.adam;
      worst.relative(`adam.losses[${index}]`, (await scores.loss.data())[0]!, expectedLoss, limit);
      tf.dispose([batch.inputs, batch.targets, scores.loss, scores.losses, scores.ranks, norm, ...scores.gradients]);
    }
    for (const [name, variable] of model.variables) {
      const final = tensors.get(`final.${name}`);
      if (final) worst.absolute(`final.${name}`, await variable.data(), final.data, LIMITS.final);
    }
  } finally {
    model.dispose();
    optimiser.dispose();
    device.release();
  }
  return { case: expected.case, device: device.kind, ok: worst.ok, worst: worst.report };
}

async function checkStates(model: CompletionModel, tensors: ReadonlyMap<string, Tensor>, worst: Worst): Promise<void> {
  if (!tensors.has('logits')) return;
  const { batch, rows, steps } = batchOf(tensors, 0);
  const computed = tf.tidy(() => {
    const { layers, output } = model.states(batch.inputs);
    return { layers, logits: model.logits(output) };
  });
  const { layers: depth, hidden } = model.spec;
  const states = await computed.layers.data<'float32'>();
  const positions = steps * rows;
  const compare = (name: string, values: Float32Array) => {
    const expected = tensors.get(name) ?? fail('bad-input', `The case has no ${name}.`, CASE_REMEDY);
    worst.absolute(name, rowMajor(values, steps, rows), expected.data, LIMITS.states);
  };
  for (let layer = 0; layer < depth; layer++) {
    compare(`h${layer + 1}`, states.subarray(layer * positions * hidden, (layer + 1) * positions * hidden));
  }
  compare('logits', await computed.logits.data<'float32'>());
  tf.dispose([computed.layers, computed.logits, batch.inputs, batch.targets]);
}

/** [steps, rows, width] as [rows, steps, width]: the oracle's tensors are row by row, ours step by step. */
function rowMajor(values: Float32Array, steps: number, rows: number): Float32Array {
  const width = values.length / (steps * rows);
  const turned = new Float32Array(values.length);
  for (let row = 0; row < rows; row++) {
    for (let t = 0; t < steps; t++) {
      const from = (t * rows + row) * width;
      turned.set(values.subarray(from, from + width), (row * steps + t) * width);
    }
  }
  return turned;
}

function parseFacts(text: string): z.infer<typeof factsSchema> {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    fail('bad-input', 'The facts of the case are not JSON.', 'Write the case again with make_oracle.py.', cause);
  }
  const parsed = factsSchema.safeParse(json);
  if (!parsed.success) {
    fail('bad-input', `The facts of the case are not complete: ${z.prettifyError(parsed.error)}`, CASE_REMEDY);
  }
  return parsed.data;
}
