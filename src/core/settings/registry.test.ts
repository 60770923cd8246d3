import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { presetConfig, trainingConfigSchema } from './config.ts';
import { GROUPED_SETTINGS, SETTING_NAMES, settingOf } from './registry.ts';
import { boundsInWords, formatSetting, flagOf, shortTitle } from './words.ts';
import { PRESETS } from './presets.ts';

const twin = readFileSync(new URL('../../../pytorch/minicopilot/config.py', import.meta.url), 'utf8');

describe('a configuration', () => {
  it('has the settings of the task', () => {
    expect(presetConfig('task', 309)).toEqual({
      preset: 'task',
      seed: 42,
      embedding: 256,
      hidden: 512,
      activation: 'tanh',
      vocabulary: 10_000,
      length: 1_000,
      batch: 2,
      learningRate: 0.001,
      layers: 2,
      connection: 'sum',
      weightTying: 'none',
      forgetBias: 0,
      initialization: 'uniform',
      accumulate: 1,
      optimizer: 'adam',
      weightDecay: 0.01,
      momentum: 0.9,
      schedule: 'constant',
      warmup: 0.1,
      dropout: 0.3,
      clipNorm: 1,
      epochs: 30,
      patience: 3,
      trainFiles: null,
    });
    expect([1_000, 5_000].map((files) => presetConfig('task', files).batch)).toEqual([8, 32]);
  });

  it('reads a record from before a setting', () => {
    const added = { forgetBias: 0, initialization: 'uniform', schedule: 'constant', warmup: 0.1 };
    const network = { layers: 2, connection: 'sum', weightTying: 'none' };
    const later = { accumulate: 1, optimizer: 'adam', weightDecay: 0.01, momentum: 0.9, ...network };
    const kept = Object.entries(presetConfig('quick', 10)).filter(([name]) => !(name in added || name in later));
    const old = Object.fromEntries(kept);
    expect(trainingConfigSchema.parse(old)).toEqual({ ...old, ...added, ...later });
  });

  it('depends on choices that there are', () => {
    for (const [other, choices] of SETTING_NAMES.flatMap((name) => Object.entries(settingOf(name).onlyWith ?? {}))) {
      const setting = settingOf(SETTING_NAMES.find((name) => name === other) ?? 'seed');
      expect(setting.kind === 'choice' ? setting.choices : []).toEqual(expect.arrayContaining([...choices]));
      expect(choices.length).toBeGreaterThan(0);
    }
  });

  it.each(SETTING_NAMES)('has bounds for %s that its schema keeps', (name) => {
    const setting = settingOf(name);
    const takes = (value: unknown) => setting.schema.safeParse(value).success;
    const [inside, outside] =
      setting.kind === 'choice'
        ? [setting.choices, ['', 'nonsense']]
        : [
            [setting.bounds.max, setting.bounds.aboveMin ? Number.MIN_VALUE : setting.bounds.min],
            [setting.bounds.max + 1, setting.bounds.aboveMin ? setting.bounds.min : setting.bounds.min - 1],
          ];
    expect(inside.map(takes)).toEqual(inside.map(() => true));
    expect(outside.map(takes)).toEqual(outside.map(() => false));
    expect(takes(null)).toBe(setting.kind === 'number' && setting.whenEmpty !== null);
  });
});

it('writes a configuration in the order that files have', () => {
  const stored =
    'preset seed batch length vocabulary embedding hidden layers connection weightTying activation forgetBias initialization dropout learningRate accumulate optimizer weightDecay momentum schedule warmup clipNorm epochs patience trainFiles';
  expect(Object.keys(presetConfig('tiny', 10))).toEqual(stored.split(' '));
  expect(trainingConfigSchema.keyof().options).toEqual(stored.split(' '));
});

it('names every setting once, in the order of the form', () => {
  expect(GROUPED_SETTINGS.toSorted()).toEqual(SETTING_NAMES.toSorted());
  expect(GROUPED_SETTINGS.map(shortTitle)).toEqual([
    'seed',
    'embedding',
    'hidden',
    'activation',
    'forget bias',
    'dropout',
    'vocabulary',
    'length',
    'training files',
    'batch',
    'rate',
    'clip',
    'max epochs',
    'patience',
    'layers',
    'connection',
    'weight tying',
    'optimizer',
    'weight decay',
    'momentum',
    'schedule',
    'warm-up',
    'accumulate',
    'initial weights',
  ]);
});

it('writes settings in words', () => {
  expect(formatSetting('trainFiles', null)).toBe('all');
  expect(formatSetting('vocabulary', 10_000)).toBe('10,000');
  expect(formatSetting('seed', 10_000)).toBe('10000');
  expect(boundsInWords('batch')).toBe('a whole number from 1 to 512');
  expect(boundsInWords('learningRate')).toBe('a number above 0 and up to 1');
  expect(boundsInWords('activation')).toBe('tanh or relu');
  expect(boundsInWords('schedule')).toBe('constant, linear, cosine, one-cycle or plateau');
  expect(boundsInWords('weightTying')).toBe('none, tied or projected');
  expect(boundsInWords('connection')).toBe('sum, scaled, concatenated, value or gradient');
});

describe('the PyTorch twin', () => {
  const numberOf = (text: string) => (text === 'None' ? null : Number(text.replaceAll('_', '')));
  const camel = (name: string) => name.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
  const numbers = [...twin.matchAll(/^ {4}(\w+): \S+ = _number\(([^,]+), ([^,]+), ([^,]+), "/gm)].map(
    ([, name = '', ...values]) => [camel(name), values.map(numberOf)] as const,
  );
  const changesOf = (preset: string) => {
    const [, text = ''] = new RegExp(`Config\\("${preset}",([^)]*)\\)`).exec(twin) ?? [];
    return Object.fromEntries(
      [...text.matchAll(/(\w+)=(?:"([^"]+)"|([\w.-]+))/g)].map(([, name = '', word, number = '']) => [
        camel(name),
        word ?? numberOf(number),
      ]),
    );
  };
  const choices = [...twin.matchAll(/^ {4}(\w+): str = _choice\((\w+), "/gm)].map(([, name = '', table = '']) => {
    const [, list = ''] = new RegExp(`^${table} = \\(([^)]*)\\)`, 'm').exec(twin) ?? [];
    return [camel(name), [...list.matchAll(/"([^"]+)"/g)].map(([, choice]) => choice)] as const;
  });
  const task = Object.fromEntries(numbers.map(([name, [value]]) => [name, value]));

  it('has the same settings, with the same bounds', () => {
    expect([...numbers, ...choices].map(([name]) => name).toSorted()).toEqual(SETTING_NAMES.toSorted());
    for (const [name, [, least, most]] of numbers) {
      const schema = trainingConfigSchema.keyof().parse(name);
      const takes = (value: unknown) => trainingConfigSchema.shape[schema].safeParse(value).success;
      expect([name, takes(least), takes(most), takes(Number(most) + 1)]).toEqual([name, true, true, false]);
      expect([name, takes(Number(least) - 1)]).toEqual([name, false]);
    }
  });

  it('has the same choices', () => {
    for (const [name, theirs] of choices) {
      const setting = settingOf(SETTING_NAMES.find((one) => one === name) ?? 'seed');
      expect([name, setting.kind === 'choice' && setting.choices]).toEqual([name, theirs]);
    }
  });

  it.each(PRESETS)('has the same defaults: %s', (preset) => {
    const firsts = Object.fromEntries(choices.map(([name, [first]]) => [name, first]));
    const theirs = { preset, ...firsts, ...task, ...changesOf(preset) };
    expect(theirs).toEqual(presetConfig(preset, 0));
  });

  it('takes the flags that the lab writes', () => {
    expect(SETTING_NAMES.map(flagOf).filter((flag) => !/^[a-z]+(-[a-z]+)*$/.test(flag))).toEqual([]);
  });
});
