/** The configuration of a training: schema and presets, derived from the settings registry. `metrics.json` records it. */
import { z } from 'zod';
import { recordOf } from '../records.ts';
import { defaultOf, SETTING_NAMES, SETTINGS, type SettingName } from './registry.ts';
import { PRESETS, type Preset } from './presets.ts';

type Shape = { readonly [Name in SettingName]: (typeof SETTINGS)[Name]['schema'] };

// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- each schema stands under its setting's own name
const shape = recordOf(SETTING_NAMES, (name) => SETTINGS[name].schema) as unknown as Shape;

export const trainingConfigSchema = z.strictObject({ preset: z.enum(PRESETS), ...shape });
export type TrainingConfig = z.infer<typeof trainingConfigSchema>;

/** Effective batch size: the rows whose gradients one step averages. */
export function rowsAStep({ batch, accumulate }: Pick<TrainingConfig, 'batch' | 'accumulate'>): number {
  return batch * accumulate;
}

/** Adam's constants: PyTorch's defaults, so that PyTorch runs are comparable without setting them. */
export const ADAM = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 } as const;

/**
 * The configuration of a preset.
 * @param trainingFiles files in the training split; decides the batch of `task`
 */
export function presetConfig(preset: Preset, trainingFiles: number): TrainingConfig {
  const values = recordOf(SETTING_NAMES, (name) => defaultOf(name, preset, trainingFiles));
  return trainingConfigSchema.parse({ preset, ...values });
}
