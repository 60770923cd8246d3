/**
 * An experiment as the query of an address: `?preset=quick&models=rnn,lstm&seed=42-46&learningRate=0.001,0.002`. It has only what differs
 * from the defaults, so an address without a query is the default experiment. The number of threads depends on the machine and is left
 * out, and so is text that is not a number. Numbers are in the notation of programs, in every locale.
 */
import { parseValues } from '#core/experiments/values.ts';
import { halvingSchema, SAMPLE_METHODS, sampleSchema, type Halving } from '#core/experiments/searchSchema.ts';
import { LabError } from '#core/failure.ts';
import {
  GROUPED_SETTINGS,
  isChoiceSetting,
  isNumberSetting,
  SETTINGS,
  type NumberSettingName,
} from '#core/settings/registry.ts';
import { PRESETS } from '#core/settings/presets.ts';
import { DEVICE_CHOICES } from '#core/devices.ts';
import { parsePlainNumber } from '#core/numbers/parse.ts';
import { LOCALE } from '../../ui/numbers/locale.ts';
import type { Draft } from './fields.ts';
import { isValues, rangeEntry, valuesEntry, valuesInLink, type ValuesEntry } from './values.ts';
import { choiceOf, isSame } from './plan.ts';
import { DEFAULT_FORM, type FormSample, type TrainForm } from './form.ts';
import {
  MODEL_CHOICES,
  MODEL_KINDS,
  modelsOf,
  VARIANT_NAMES,
  isVariant,
  type ModelChoice,
  type Variant,
} from '#core/models/registry.ts';

/** What a link can say. */
export type LinkedForm = Pick<
  TrainForm,
  'datasetId' | 'preset' | 'kinds' | 'variants' | 'device' | 'draft' | 'sample' | 'halving'
>;

export interface ReadLink {
  readonly form: LinkedForm;
  /** What could not be read, a sentence each. */
  readonly ignored: readonly string[];
}

const NUMBERS = GROUPED_SETTINGS.filter(isNumberSetting);
const CHOICES = GROUPED_SETTINGS.filter(isChoiceSetting);
/** Characters of a value shown in a sentence: a link can hold anything. */
const MAX_SHOWN = 40;
const MAX_IGNORED = 5;
const NONE = 'none';

export function formToQuery(form: LinkedForm): string {
  const query = new URLSearchParams();
  if (form.datasetId !== null) query.set('data', form.datasetId);
  if (form.preset !== DEFAULT_FORM.preset) query.set('preset', form.preset);
  const isPlain = VARIANT_NAMES.every((variant) => form.variants[variant] === DEFAULT_FORM.variants[variant]);
  if (!isSame(form.kinds, DEFAULT_FORM.kinds) || !isPlain) {
    const models = form.kinds.map((kind) => choiceOf(kind, form.variants));
    query.set('models', models.length > 0 ? models.join(',') : NONE);
  }
  if (form.device !== DEFAULT_FORM.device) query.set('device', form.device);
  for (const name of NUMBERS) {
    const value = form.draft[name];
    const text = value === undefined ? null : numberInLink(name, value);
    if (text !== null) query.set(name, text);
  }
  for (const name of CHOICES) {
    const value = form.draft[name];
    if (value !== undefined) query.set(name, typeof value === 'string' ? value : value.join(','));
  }
  if (form.sample) query.set('sample', [form.sample.method, form.sample.count, form.sample.seed].join(':'));
  if (form.halving) query.set('halving', [form.halving.eta, form.halving.firstEpochs].join(':'));
  // these need no escape in a query, and are easier to read without
  return query.toString().replaceAll('%2C', ',').replaceAll('%3A', ':');
}

/** @param query with or without its question mark; may come from anybody */
export function queryToForm(query: string): ReadLink {
  const ignored: string[] = [];
  const draft: { -readonly [Name in keyof Draft]: Draft[Name] } = {};
  let form: Omit<LinkedForm, 'draft'> = DEFAULT_FORM;
  const seen = new Set<string>();
  const refuse = (name: string, value: string, why: string) => {
    ignored.push(`${shown(name)} = ${shown(value)} ${why}`);
  };
  for (const [name, value] of new URLSearchParams(query)) {
    if (seen.has(name)) {
      refuse(name, value, 'appears twice; the first value is used.');
      continue;
    }
    seen.add(name);
    const number = NUMBERS.find((one) => one === name);
    const choice = CHOICES.find((one) => one === name);
    if (number) {
      const parsed = value === '' ? null : parsePlainNumber(value);
      const several = parsed === null && value !== '' ? valuesIn(number, value) : null;
      if (several) draft[number] = several;
      else if (parsed === null && value !== '') refuse(name, value, 'is not a number; the preset’s value is used.');
      else draft[number] = parsed;
    } else if (name === 'data') {
      if (/^[a-z0-9][a-z0-9-]{0,63}$/.test(value)) form = { ...form, datasetId: value };
      else refuse(name, value, 'is not the name of a data set.');
    } else if (name === 'preset') {
      const preset = PRESETS.find((one) => one === value);
      if (preset) form = { ...form, preset };
      else refuse(name, value, `must be one of ${PRESETS.join(', ')}.`);
    } else if (name === 'device') {
      const device = DEVICE_CHOICES.find((one) => one === value);
      if (device) form = { ...form, device };
      else refuse(name, value, `must be one of ${DEVICE_CHOICES.join(', ')}.`);
    } else if (choice) {
      const { choices } = SETTINGS[choice];
      const known = value.split(',').map((part) => choices.find((one) => one === part));
      const several = known.filter((one) => one !== undefined);
      const [first] = several;
      if (first !== undefined && several.length === known.length) {
        draft[choice] = several.length > 1 ? [...new Set(several)] : first;
      } else
        refuse(
          name,
          value,
          choices.length === 2 ? `must be ${choices.join(' or ')}.` : `must be one of ${choices.join(', ')}.`,
        );
    } else if (name === 'sample') {
      const sample = sampleIn(value);
      if (sample) form = { ...form, sample };
      else refuse(name, value, `must be ${SAMPLE_METHODS.join(' or ')}, a count and a seed, such as sobol:16:0.`);
    } else if (name === 'halving') {
      const halving = halvingIn(value);
      if (halving) form = { ...form, halving };
      else refuse(name, value, 'must be eta and the first epochs, such as 3:2.');
    } else if (name === 'models') {
      const models = kindsOf(value);
      if (models) form = { ...form, ...models };
      else refuse(name, value, 'names an unknown model.');
    } else refuse(name, value, 'is not a setting of the lab.');
  }
  const { datasetId, preset, kinds, variants, device, sample, halving } = form;
  return { form: { datasetId, preset, kinds, variants, device, draft, sample, halving }, ignored: summed(ignored) };
}

/** Null for a text that is no number, which a link leaves out. */
function numberInLink(name: NumberSettingName, entry: NonNullable<Draft[NumberSettingName]> | null): string | null {
  if (entry === null) return '';
  if (typeof entry === 'number') return String(entry);
  if (!isValues(entry)) return null;
  if (entry.values) return valuesInLink(name, entry.values);
  return entry.range ? `${entry.range.from}..${entry.range.to}` : null;
}

/** `0.001,0.002`, `42-46`, or a range to draw from: `0.001..0.01`. */
function valuesIn(name: NumberSettingName, text: string): ValuesEntry | null {
  const [from, to, ...more] = text.split('..').map(parsePlainNumber);
  if (typeof from === 'number' && typeof to === 'number' && more.length === 0) {
    return from < to ? rangeEntry(from, to, LOCALE) : null;
  }
  try {
    return valuesEntry(name, parseValues(name, text, name), LOCALE);
  } catch (error) {
    if (error instanceof LabError) return null;
    throw error;
  }
}

function sampleIn(text: string): FormSample | null {
  const [name, count = '', seed = '0', ...more] = text.split(':');
  const method = SAMPLE_METHODS.find((one) => one === name);
  const parsed = sampleSchema.pick({ count: true, seed: true }).safeParse({
    count: parsePlainNumber(count),
    seed: parsePlainNumber(seed),
  });
  return method && parsed.success && more.length === 0 ? { method, ...parsed.data } : null;
}

function halvingIn(text: string): Halving | null {
  const [eta = '', firstEpochs = '', ...more] = text.split(':');
  const parsed = halvingSchema.safeParse({ eta: parsePlainNumber(eta), firstEpochs: parsePlainNumber(firstEpochs) });
  return parsed.success && more.length === 0 ? parsed.data : null;
}

/** Null where a name is none of the lab's. Of two forms of a variant the first in the lab's own order counts. */
function kindsOf(value: string): Pick<LinkedForm, 'kinds' | 'variants'> | null {
  if (value === NONE) return { kinds: [], variants: DEFAULT_FORM.variants };
  const names = value.split(',');
  if (!names.every((name) => MODEL_CHOICES.some((choice) => choice === name))) return null;
  const variants: Record<Variant, ModelChoice> = { ...DEFAULT_FORM.variants };
  const kinds = MODEL_KINDS.filter((kind) => {
    const named = isVariant(kind) ? [kind, ...modelsOf(kind)].find((choice) => names.includes(choice)) : kind;
    if (isVariant(kind) && named !== undefined) variants[kind] = named;
    return named !== undefined && names.includes(named);
  });
  return { kinds, variants };
}

function shown(text: string): string {
  return text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text;
}

function summed(ignored: readonly string[]): readonly string[] {
  if (ignored.length <= MAX_IGNORED) return ignored;
  return [...ignored.slice(0, MAX_IGNORED), `${ignored.length - MAX_IGNORED} more could not be read.`];
}
