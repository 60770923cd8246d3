/**
 * Every default of the lab, in one place, with the reason for it, and the schema of a training configuration.
 * Nothing here trains; the trainer reads it, the page shows it, `metrics.json` records it.
 */
import { z } from 'zod';
import { ACTIVATIONS } from '../models/registry.ts';

export const PRESETS = ['task', 'quick', 'tiny'] as const;
export type Preset = (typeof PRESETS)[number];

const whole = (least: number, most: number) => z.int().min(least).max(most);

export const trainingConfigSchema = z.strictObject({
  preset: z.enum(PRESETS),
  /** Decides initial weights, order of batches and dropout masks. */
  seed: whole(0, 0xffff_ffff),
  /** Rows a step. */
  batch: whole(1, 512),
  /** Tokens a row: longer rows are cut. */
  length: whole(2, 1000),
  /** Most frequent tokens kept, PAD and UNK not counted. */
  vocabulary: whole(1, 65_534),
  embedding: whole(1, 2048),
  hidden: whole(1, 2048),
  /** Activation of the RNN's recurrent layers; an LSTM's are fixed by its definition. */
  activation: z.enum(ACTIVATIONS),
  /** Added to an LSTM's forget gates before the first step; records before this could be set have none of it. */
  forgetBias: z.number().min(-10).max(10).default(0),
  dropout: z.number().min(0).max(0.95),
  learningRate: z.number().positive().max(1),
  /** Largest global gradient norm; 0 switches clipping off. */
  clipNorm: z.number().min(0).max(1000),
  /** Epochs at most. */
  epochs: whole(1, 1000),
  /** Epochs without a lower validation loss before training stops. */
  patience: whole(1, 1000),
  /** Uses only the first so many training files; null uses all. */
  trainFiles: whole(1, 10_000_000).nullable(),
});
export type TrainingConfig = z.infer<typeof trainingConfigSchema>;

/** Adam's constants: PyTorch's own defaults, so that a PyTorch run is comparable without a word. */
export const ADAM = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 } as const;

/**
 * Rows a step of `task`. A small corpus needs the extra steps more than the wider batch: on 309 files two rows a step came as far in two
 * epochs as eight did in four (docs/REPORT.md, Protocol).
 * @param trainingFiles in the training split
 */
function taskBatch(trainingFiles: number): number {
  if (trainingFiles < 1_000) return 2;
  return trainingFiles < 5_000 ? 8 : 32;
}

const SHARED = {
  seed: 42, // the task's own seed
  forgetBias: 0, // PyTorch's own start
  activation: 'tanh', // bounded and zero-centered: the state stays within ±1 through 1,000 steps, where relu lets it grow
  clipNorm: 1, // recurrent gradients explode now and then; PyTorch's word-language-model examples clip in this range
} as const;

/**
 * The configuration of a preset.
 * `task` is what the task says; `quick` shows curves in minutes without a GPU; `tiny` is for tests.
 * @param trainingFiles files in the training split; decides the batch of `task`
 */
export function presetConfig(preset: Preset, trainingFiles: number): TrainingConfig {
  switch (preset) {
    case 'task':
      return {
        ...SHARED,
        preset,
        embedding: 256,
        hidden: 512,
        vocabulary: 10_000,
        length: 1_000,
        batch: taskBatch(trainingFiles),
        learningRate: 1e-3, // Adam's usual rate, and the RNN's best in docs/REPORT.md; an LSTM's was 4e-3 there
        dropout: 0.3, // two layers of 512 overfit a million tokens within a few epochs without it
        epochs: 30,
        patience: 3,
        trainFiles: null,
      };
    case 'quick':
      return {
        ...SHARED,
        preset,
        embedding: 64,
        hidden: 128,
        vocabulary: 2_000,
        length: 256,
        batch: 8,
        learningRate: 5e-3, // small nets bear a higher rate, and 40 steps an epoch need it
        dropout: 0.2,
        epochs: 6,
        patience: 3,
        trainFiles: null,
      };
    case 'tiny':
      return {
        ...SHARED,
        preset,
        embedding: 16,
        hidden: 24,
        vocabulary: 200,
        length: 64,
        batch: 4,
        learningRate: 5e-3,
        dropout: 0.1,
        epochs: 3,
        patience: 3,
        trainFiles: 64,
      };
    default:
      return preset satisfies never;
  }
}
