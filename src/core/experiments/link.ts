/**
 * An experiment from a link of the Train page, `http://host/?preset=tiny&models=rnn,lstm&seed=42-44&hidden=256#/train`: the page leaves out
 * what is as in its plain form. A setting may have several values, as lists and ranges, or a range that a sample draws from.
 */
import { DEVICE_CHOICES, type DeviceChoice } from '../devices.ts';
import { fail } from '../failure.ts';
import { MODEL_CHOICES, TASK_KINDS } from '../models/registry.ts';
import { LINK_PRESET, PRESETS, type Preset } from '../settings/presets.ts';
import { SETTING_NAMES } from '../settings/registry.ts';
import { parsePlainNumber } from '../numbers/parse.ts';
import { parseExperiment, parseValues, requireValue, type Experiment } from './grid.ts';
import { SAMPLE_METHODS, type Halving, type Sample, type SampleRange } from './searchSchema.ts';

export interface LinkedExperiment {
  /** The data set is null where the link names none. */
  readonly experiment: Omit<Experiment, 'dataset'> & { readonly dataset: string | null };
  readonly device: DeviceChoice | undefined;
}

/** Whether a text is a link rather than a file path. */
export function isLink(text: string): boolean {
  return /^https?:\/\//i.test(text) || text.startsWith('#') || text.startsWith('?');
}

/** @throws LabError `bad-input` for what is not a setting, or cannot have its value */
export function experimentOfLink(link: string): LinkedExperiment {
  const query = /\?([^#]*)/.exec(link)?.[1] ?? '';
  const settings: Experiment['settings'] = {};
  const sweep: Experiment['sweep'] = {};
  let [dataset, preset, models, device]: [string | null, Preset, Experiment['models'], DeviceChoice | undefined] = [
    null,
    LINK_PRESET,
    [...TASK_KINDS],
    undefined,
  ];
  const parameters = new URLSearchParams(query);
  const [method = '', count = '', drawSeed = '0'] = parameters.get('sample')?.split(':') ?? [];
  const ranges: Sample['ranges'] = {};
  let halving: Halving | undefined;
  for (const [name, value] of parameters) {
    const setting = SETTING_NAMES.find((one) => one === name);
    const range = method !== '' && setting !== 'seed' ? rangeIn(value) : null;
    if (setting && range) ranges[setting] = range;
    else if (setting) {
      // an empty field, such as all training files
      const values = value === '' ? [null] : parseValues(setting, value, `The link, ${name}`);
      for (const one of values) requireValue(setting, one, `The link, ${name}`);
      if (values.length > 1) sweep[setting] = [...values];
      else settings[setting] = values[0] ?? null;
    } else if (name === 'data') dataset = value;
    else if (name === 'preset') preset = oneOf(PRESETS, name, value);
    else if (name === 'device') device = oneOf(DEVICE_CHOICES, name, value);
    else if (name === 'halving') {
      const [eta = '', firstEpochs = ''] = value.split(':');
      halving = { eta: Number(eta), firstEpochs: Number(firstEpochs) };
    } else if (name === 'sample') continue;
    else if (name === 'models') models = value.split(',').map((model) => oneOf(MODEL_CHOICES, name, model));
    else fail('bad-input', `The link has ${name}, which is not a setting of the lab.`, 'Copy it again from the page.');
  }
  const sample =
    method === ''
      ? {}
      : {
          sample: {
            method: oneOf(SAMPLE_METHODS, 'sample', method),
            count: Number(count),
            seed: Number(drawSeed),
            ranges,
          },
        };
  const plan = {
    schema: 1,
    dataset: dataset ?? '-',
    preset,
    models,
    settings,
    sweep,
    ...sample,
    ...(halving && { halving }),
  };
  return { experiment: { ...parseExperiment(JSON.stringify(plan), 'The link'), dataset }, device };
}

/** `0.001..0.01`, or of whole numbers also `8-64`. */
function rangeIn(text: string): SampleRange | null {
  const [, from, to] = /^([^,]*?\d)(?:\.\.|(?<!e)-)(\d[^,]*)$/i.exec(text) ?? [];
  const bounds = [parsePlainNumber(from ?? ''), parsePlainNumber(to ?? '')];
  const [low, high] = bounds;
  return typeof low === 'number' && typeof high === 'number' ? { from: low, to: high } : null;
}

function oneOf<const Choice extends string>(choices: readonly Choice[], name: string, value: string): Choice {
  return (
    choices.find((choice) => choice === value) ??
    fail(
      'bad-input',
      `The link, ${name}: ${value} is not one of ${choices.join(', ')}.`,
      'Copy it again from the page.',
    )
  );
}
