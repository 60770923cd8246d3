/**
 * The state of a training between two steps: everything needed to resume it bit-identically to an uninterrupted run. It is one
 * safetensors file, with weights and optimizer state as tensors and the rest as JSON in the metadata, so that one hash covers everything.
 * The best weights so far are stored with the run.
 */
import { z } from 'zod';
import { MODEL_CHOICES } from '../models/registry.ts';
import { fail } from '../failure.ts';
import { anyNumber, parseJson, writeJson } from '../json.ts';
import { sumsSchema } from '../metrics/measures.ts';
import type { SumName } from '../metrics/sums.ts';
import { readSafetensors, writeSafetensors, type Tensor } from '../models/safetensors.ts';
import { keepsState, type OptimizerName, type OptimizerState } from '../optimization/optimizers.ts';
import type { WeightShape, Weights } from '../models/weights.ts';

export const CHECKPOINT_SCHEMA = 2;

const count = z.int().min(0);

const stepSchema = z.object({
  step: z.int().min(1),
  loss: anyNumber,
  gradientNorm: anyNumber,
  tokens: count,
  seconds: anyNumber,
  layerNorms: z.array(anyNumber).readonly().nullable(),
});

/** Names for the sums of schema 1, which stored them as a list. */
const UNNAMED_SUMS = [
  'loss',
  'knownLoss',
  'counted',
  'unknown',
  'top1',
  'top5',
  'top5Known',
  'codexglueCounted',
  'codexglueHits',
] as const satisfies readonly SumName[];

/** Converts a state of schema 1 to schema 2, and returns anything else unchanged. */
function withNamedSums(state: unknown): unknown {
  const old = z
    .looseObject({ schema: z.literal(1), sums: z.array(z.unknown()).length(UNNAMED_SUMS.length) })
    .safeParse(state);
  if (!old.success) return state;
  const { sums } = old.data;
  return {
    ...old.data,
    schema: CHECKPOINT_SCHEMA,
    sums: Object.fromEntries(UNNAMED_SUMS.map((name, i) => [name, sums[i]])),
  };
}

const trainerStateSchema = z.object({
  schema: z.literal(CHECKPOINT_SCHEMA),
  /** Build of the lab that wrote it, and how the device rounds. A different one may give different bits. */
  build: z.string(),
  device: z.object({ kind: z.string(), rounding: z.string() }),
  /** All models of the request. Those after this one are still to be trained. */
  models: z.array(z.enum(MODEL_CHOICES)).readonly(),
  /** Steps that the optimizer has taken. */
  step: count,
  /** The current epoch, from 1, and how many of its batches are done. */
  epoch: z.int().min(1),
  batches: count,
  /** The epoch's sums of measures, gradient norms, and times without pauses. */
  sums: sumsSchema,
  norms: z.array(anyNumber),
  seconds: anyNumber,
  dataWaitSeconds: anyNumber,
  /** Targets that the run trained on, and for how many seconds. */
  tokens: count,
  totalSeconds: anyNumber,
  history: z.object({ stride: z.int().min(1), kept: z.array(stepSchema).readonly() }),
});
export type TrainerState = z.infer<typeof trainerStateSchema>;

export interface Checkpoint {
  readonly trainerState: TrainerState;
  readonly weights: Weights;
  /** The optimizer's state for each weight: Adam's two moments, or SGD's momentum as `first` and an empty `second`. */
  readonly first: Weights;
  readonly second: Weights;
}

const PARTS = ['weights', 'first', 'second'] as const;
/** Key of the state in the metadata. Stored checkpoints have it, so it cannot change. */
const STATE_KEY = 'place';

export function writeCheckpoint({ trainerState, ...tensors }: Checkpoint): Uint8Array<ArrayBuffer> {
  const all = new Map<string, Tensor>();
  for (const part of PARTS) for (const [name, tensor] of tensors[part]) all.set(`${part}/${name}`, tensor);
  return writeSafetensors(all, { [STATE_KEY]: writeJson(trainerState) });
}

/** @throws LabError `bad-input` if it is not a checkpoint, or not one of a model with these shapes and this optimizer */
export function readCheckpoint(
  bytes: Uint8Array,
  shapes: readonly WeightShape[],
  optimizer: OptimizerName = 'adam',
): Checkpoint {
  const { tensors, metadata } = readSafetensors(bytes);
  const parsed = trainerStateSchema.safeParse(withNamedSums(jsonOf(metadata[STATE_KEY])));
  if (!parsed.success) reject(`it does not say how far training was: ${z.prettifyError(parsed.error)}`);
  const part = (of: (typeof PARTS)[number]): Weights =>
    new Map(
      shapes.map(({ name, shape }) => {
        const tensor = tensors.get(`${of}/${name}`);
        if (tensor?.dtype !== 'F32' || tensor.shape.join() !== shape.join()) {
          reject(`it has no ${of} of ${name} in the shape [${shape.join(', ')}]`);
        }
        return [name, tensor];
      }),
    );
  const kept = (state: OptimizerState): Weights => (keepsState(optimizer, state) ? part(state) : new Map());
  return { trainerState: parsed.data, weights: part('weights'), first: kept('first'), second: kept('second') };
}

function jsonOf(text: string | undefined): unknown {
  try {
    return text === undefined ? undefined : parseJson(text);
  } catch {
    return undefined; // the schema rejects undefined
  }
}

function reject(what: string): never {
  return fail(
    'bad-input',
    `The run cannot resume from this checkpoint: ${what}.`,
    'Its epochs and best weights are kept. Train it again from the start.',
  );
}
