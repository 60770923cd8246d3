import { array, assert, constantFrom, property } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { runs } from '#core/fuzz.fixture.ts';
import { parseNumber } from '#core/numbers/parse.ts';
import { presetConfig, trainingConfigSchema } from '#core/settings/config.ts';
import type { NumberSettingName } from '#core/settings/registry.ts';
import { checkExperiment } from './experiment.ts';
import { checkDraft, FIELD_GROUPS, isShown, type Draft } from './fields.ts';
import { rangeEntry, readValues, severalInstead, valuesEntry, valuesInLink } from './values.ts';

const quick = presetConfig('quick', 300);

describe('checkDraft', () => {
  it('puts what was typed over the preset and keeps its name', () => {
    const checked = checkDraft(quick, { hidden: 64, activation: 'relu' });
    expect(checked.config).toEqual({ ...quick, hidden: 64, activation: 'relu' });
    expect(checked.config?.preset).toBe('quick');
  });

  it('says in words what is out of bounds', () => {
    expect(checkDraft(quick, { batch: 0 }).errors).toEqual({ batch: 'At least 1.' });
    expect(checkDraft(quick, { dropout: 2 }).errors).toEqual({ dropout: 'At most 0.95.' });
    expect(checkDraft(quick, { learningRate: 0 }).errors).toEqual({ learningRate: 'More than 0.' });
    expect(checkDraft(quick, { hidden: 1.5 }).errors).toEqual({ hidden: 'A whole number.' });
    expect(checkDraft(quick, { seed: null }).errors).toEqual({ seed: 'A number.' });
  });

  it('has no configuration while a text is no number, and says what its field says', () => {
    const checked = checkDraft(quick, { learningRate: { text: '1,5', problem: 'write 1.5 or 15.' }, hidden: 64 });
    expect(checked).toEqual({ config: null, errors: { learningRate: 'write 1.5 or 15.' } });
  });

  it('takes an empty number of training files as all', () => {
    expect(checkDraft(presetConfig('tiny', 300), { trainFiles: null }).config?.trainFiles).toBeNull();
  });
});

describe('several values', () => {
  const several = (name: NumberSettingName, text: string) => readValues(name, text, 'en-US') ?? undefined;

  it('are a list or a range of whole numbers; the configuration has the first of each', () => {
    const checked = checkDraft(quick, {
      seed: several('seed', '42-44, 50')!,
      learningRate: several('learningRate', '0.001,0.002')!,
    });
    expect(checked.errors).toBeNull();
    expect(checked.config).toMatchObject({ seed: 42, learningRate: 0.001 });
    expect(checked.errors === null && checked.varied).toEqual({
      sweep: { seed: [42, 43, 44, 50], learningRate: [0.001, 0.002] },
      ranges: {},
    });
  });

  it('are a range to draw from with a sample, but seeds are always listed', () => {
    const draft = {
      seed: several('seed', '1-3')!,
      hidden: several('hidden', '16-64')!,
      dropout: several('dropout', '0 - 0.5')!,
    };
    const checked = checkDraft(quick, draft, true);
    expect(checked.errors === null && checked.varied).toEqual({
      sweep: { seed: [1, 2, 3] },
      ranges: { hidden: { from: 16, to: 64 }, dropout: { from: 0, to: 0.5 } },
    });
    expect(checkDraft(quick, draft).errors).toEqual({
      dropout: 'List values, such as 0.1, 0.2. A range of such numbers needs a sample.',
    });
  });

  it('say which of them is out of bounds', () => {
    expect(checkDraft(quick, { dropout: several('dropout', '0.1, 2')! }).errors).toEqual({
      dropout: '2: at most 0.95.',
    });
  });

  it.each([
    ['0,001; 0,002', 'de-DE', [0.001, 0.002]],
    ['0,001, 0,002', 'de-DE', [0.001, 0.002]],
    ['0.001, 0.002,0.003', 'en-US', null],
    ['1,000, 2,000', 'en-US', [1000, 2000]],
    ['0.001', 'en-US', null],
    ['0.1, x', 'en-US', null],
    ['0.3-0.1', 'en-US', null],
    ['1e-3,2e-3', 'en-US', [0.001, 0.002]],
    // a decimal comma, or thousands that lost a digit
    ['1,5', 'en-US', null],
    ['0,001', 'en-US', null],
    ['1,5e-3', 'de-CH', null],
    ['1.234,5', 'en-US', null],
    ['12,345,67', 'en-US', null],
    ['1,5', 'de-DE', null],
  ] as const)('are read in the locale: %s in %s', (text, locale, values) => {
    expect(readValues('learningRate', text, locale)?.values ?? null).toEqual(values);
  });

  it('are told apart from one number by a space', () => {
    expect(severalInstead('hidden', '16,32', 'en-US')).toBe('16, 32');
    expect(severalInstead('hidden', '16, 32', 'en-US')).toBeNull();
    expect(severalInstead('hidden', '16.32', 'en-US')).toBeNull();
    expect(readValues('hidden', '16, 32', 'en-US')?.values).toEqual([16, 32]);
  });

  it('are never read where a text is one number in some locale', () => {
    const locales = ['en-US', 'de-DE', 'fr-FR', 'de-CH', 'hi-IN'];
    const text = array(constantFrom(...Array.from('0123456789.,;-e+ \u202f\u2019'), ', '), { maxLength: 9 }).map(
      (keys) => keys.join(''),
    );
    assert(
      property(
        text,
        constantFrom(...locales),
        constantFrom('hidden', 'clipNorm', 'forgetBias'),
        (typed, locale, name) => {
          if (readValues(name, typed, locale) === null) return;
          const numbers = locales.filter((one) => parseNumber(typed, one).problem === null);
          expect(numbers, typed).toEqual([]);
        },
      ),
      runs(5_000),
    );
  });

  it('are written as they are read', () => {
    for (const locale of ['en-US', 'de-DE']) {
      const { text } = valuesEntry('learningRate', [0.001, 0.0025], locale);
      expect(readValues('learningRate', text, locale)?.values).toEqual([0.001, 0.0025]);
      const seeds = valuesEntry('seed', [1, 2, 3, 7, 8], locale);
      expect(seeds.text).toBe(locale === 'en-US' ? '1-3, 7, 8' : '1-3; 7; 8');
      expect(readValues('seed', seeds.text, locale)?.values).toEqual([1, 2, 3, 7, 8]);
      expect(readValues('dropout', rangeEntry(0.1, 0.5, locale).text, locale)?.range).toEqual({ from: 0.1, to: 0.5 });
    }
    expect(readValues('trainFiles', 'all, 64', 'en-US')?.values).toEqual([null, 64]);
    expect(valuesInLink('trainFiles', [null, 64])).toBe('all,64');
  });
});

describe('an experiment of the form', () => {
  const form = { preset: 'quick', sample: undefined, halving: undefined } as const;
  const checkOf = (draft: Draft, change: Partial<Parameters<typeof checkExperiment>[0]> = {}) =>
    checkExperiment({ ...form, ...change }, checkDraft(quick, draft, change.sample !== undefined), quick, 'data', [
      'rnn',
      'lstm',
    ]);
  const rates = { learningRate: readValues('learningRate', '0.001, 0.002', 'en-US')! };

  it('is a run for each configuration and model, and a plain training for one', () => {
    expect(checkOf({ hidden: 64 })).toEqual({ state: 'plain' });
    expect(checkOf({ ...rates, hidden: 64 })).toMatchObject({
      state: 'experiment',
      combinations: 2,
      plan: { settings: { hidden: 64 }, sweep: { learningRate: [0.001, 0.002] }, models: ['rnn', 'lstm'] },
    });
    const drawn = { dropout: readValues('dropout', '0.1-0.5', 'en-US')! };
    const sample = { method: 'sobol', count: 4, seed: 0 } as const;
    expect(checkOf({ ...rates, ...drawn }, { sample })).toMatchObject({ state: 'experiment', combinations: 8 });
  });

  it('says why it cannot be trained', () => {
    const epochs = { epochs: readValues('epochs', '2, 4', 'en-US')! };
    expect(checkOf({}, { halving: { eta: 3, firstEpochs: 1 } })).toMatchObject({
      reason: expect.stringContaining('needs several configurations'),
    });
    expect(checkOf(epochs, { halving: { eta: 3, firstEpochs: 1 } })).toMatchObject({
      reason: expect.stringContaining('epochs vary'),
    });
    const tied = { weightTying: ['none', 'tied'] };
    expect(checkOf(tied)).toMatchObject({
      state: 'refused',
      reason: expect.stringContaining('one matrix cannot be both'),
    });
  });
});

describe('the form', () => {
  it('shows every setting of a configuration once, the seed apart from the groups', () => {
    const shown = ['seed', ...FIELD_GROUPS.flatMap(({ numbers, choices }) => [...numbers, ...choices])].toSorted();
    const all = Object.keys(trainingConfigSchema.shape).filter((name) => name !== 'preset');
    expect(shown).toEqual(all.toSorted());
  });

  it('hides a setting that changes nothing beside the others, unless it was changed', () => {
    expect(isShown('warmup', quick, {})).toBe(false);
    expect(isShown('warmup', quick, { schedule: 'cosine' })).toBe(true);
    expect(isShown('warmup', quick, { schedule: 'plateau' })).toBe(false);
    expect(isShown('warmup', quick, { warmup: 0.2 })).toBe(true);
    expect(isShown('warmup', quick, { schedule: ['constant', 'linear'] })).toBe(true);
    expect(isShown('hidden', quick, {})).toBe(true);
  });
});
