/** An experiment: models, seeds and values of settings, listed or drawn. Every combination of them is trained. */
import { z } from 'zod';
import { fail, messageOf } from '../failure.ts';
import { isVariant, MODEL_CHOICES, modelsOf, modelTitle } from '../models/registry.ts';
import type { TrainingConfig } from '../settings/config.ts';
import { PRESETS } from '../settings/presets.ts';
import { SETTING_NAMES } from '../settings/registry.ts';
import type { SettingValue } from '../settings/values.ts';
import { flagOf } from '../settings/words.ts';
import { halvingSchema } from './searchSchema.ts';
import { MAX_VALUES, requireValue } from './values.ts';
import { requireSample, samplePoints } from './sample.ts';
import { sampleSchema } from './searchSchema.ts';

export { parseValues, requireValue } from './values.ts';

/** More combinations are refused: nobody trains that many, so it must be a typing error. */
export const MAX_COMBINATIONS = 1_000;

const valueSchema = z.union([z.string(), z.number(), z.null()]);
const settingNameSchema = z.enum(SETTING_NAMES);

/** As a small JSON file. What is left out is the preset's. */
export const experimentSchema = z.strictObject({
  schema: z.literal(1),
  dataset: z.string().min(1),
  preset: z.enum(PRESETS),
  models: z.array(z.enum(MODEL_CHOICES)).min(1),
  /** The same in every combination. */
  settings: z.partialRecord(settingNameSchema, valueSchema).default({}),
  /** Settings with several values each. */
  sweep: z.partialRecord(settingNameSchema, z.array(valueSchema).min(1).max(MAX_VALUES)).default({}),
  /** Settings whose values are sampled; each drawn point is trained with every combination of `sweep`. */
  sample: sampleSchema.optional(),
  /** Trains all combinations a little and the best ones further; without it all are trained to their end. */
  halving: halvingSchema.optional(),
});
export type Experiment = z.infer<typeof experimentSchema>;

/** One combination. */
export interface Combination {
  /** Name of its folder, from the settings that vary: `learning-rate-0.002-seed-43`; empty where nothing varies. */
  readonly name: string;
  /** Settings that are not the preset's. */
  readonly changes: Partial<TrainingConfig>;
}

/**
 * Reads an experiment's file.
 * @throws LabError `bad-input` where it is none, or a setting cannot have one of its values
 */
export function parseExperiment(text: string, name: string): Experiment {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    fail('bad-input', `${name} is not JSON: ${messageOf(cause)}.`, 'Choose the file of an experiment.', cause);
  }
  const parsed = experimentSchema.safeParse(json);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const place = issue && issue.path.length > 0 ? ` at ${issue.path.join('.')}` : '';
    fail('bad-input', `${name} is not an experiment${place}: ${issue?.message ?? ''}.`, 'Correct the file.');
  }
  requirePlan(parsed.data, name);
  return parsed.data;
}

/** @param where for a sentence, such as the file's name @throws LabError `bad-input` where it cannot be trained */
export function requirePlan({ models, settings, sweep, sample, halving }: Experiment, where: string): void {
  for (const setting of SETTING_NAMES) {
    const values = [...(setting in settings ? [settings[setting]] : []), ...(sweep[setting] ?? [])];
    for (const value of values) requireValue(setting, value ?? null, `${where}: ${setting}`);
    if (sample?.ranges[setting] && values.length > 0) {
      fail('bad-input', `${where}: ${setting} has a range and values.`, 'Give either a range or values.');
    }
  }
  if (sample) requireSample(sample, where);
  if (!halving) return;
  if ((sweep.epochs?.length ?? 0) > 1 || sample?.ranges.epochs) {
    fail('bad-input', `${where}: epochs vary, which halving gives out itself.`, 'Give one number of epochs.');
  }
  const open = models.find(isVariant);
  if (open) {
    fail(
      'bad-input',
      `${where}: the ${modelTitle(open)} model is based on the better baseline, which is not known while halving trains.`,
      `Choose ${modelsOf(open).join(' or ')} instead.`,
    );
  }
}

/**
 * Every combination, in the order of the settings, drawn points outermost. The seed varies fastest, so all seeds of one combination are
 * trained before the next one begins.
 * @throws LabError `bad-input` for too many
 */
export function combinationsOf({
  settings,
  sweep,
  sample,
}: Pick<Experiment, 'settings' | 'sweep' | 'sample'>): readonly Combination[] {
  const order = SETTING_NAMES.toSorted((a, b) => Number(a === 'seed') - Number(b === 'seed'));
  const varied = order.filter((name) => (sweep[name]?.length ?? 0) > 0);
  const points = sample ? samplePoints(sample) : [{}];
  const count = varied.reduce((product, name) => product * sweep[name]!.length, points.length);
  if (count > MAX_COMBINATIONS) {
    fail(
      'bad-input',
      `The experiment has ${count.toLocaleString('en-US')} combinations; at most ${MAX_COMBINATIONS.toLocaleString('en-US')} are trained.`,
      'Give fewer values.',
    );
  }
  let combinations: readonly { readonly parts: readonly string[]; readonly values: Record<string, SettingValue> }[] =
    points.map((point) => ({
      parts: Object.entries(point).map(([name, value]) => partOf(name, value)),
      values: { ...settings, ...point },
    }));
  for (const name of varied) {
    const list = sweep[name]!;
    combinations = combinations.flatMap(({ parts, values }) =>
      list.map((value) => ({
        // a single value does not vary
        parts: list.length > 1 ? [...parts, partOf(name, value)] : parts,
        values: { ...values, [name]: value },
      })),
    );
  }
  return combinations.map(({ parts, values }) => ({
    name: parts.join('-'),
    changes: values,
  }));
}

function partOf(name: string, value: SettingValue): string {
  return `${flagOf(name)}-${String(value ?? 'all')}`;
}
