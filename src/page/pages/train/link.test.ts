import { assert, constantFrom, dictionary, double, option, property, record, string, subarray } from 'fast-check';
import { describe, expect, it } from 'vitest';
import report from '../../../../docs/REPORT.md?raw';
import { PRESETS } from '#core/settings/presets.ts';
import { DEVICE_CHOICES } from '#core/devices.ts';
import { MODEL_KINDS } from '#core/models/registry.ts';
import { experimentOfLink } from '#core/experiments/link.ts';
import { presetConfig } from '#core/settings/config.ts';
import { defaultOf, SETTING_NAMES, settingOf, type SettingName } from '#core/settings/registry.ts';
import { checkForm, DEFAULT_FORM } from './form.ts';
import { formToQuery, queryToForm, type LinkedForm } from './link.ts';

const { datasetId, preset, kinds, variants, device, draft } = DEFAULT_FORM;
const plain: LinkedForm = { datasetId, preset, kinds, variants, device, draft };

describe('a link', () => {
  it('of the plain experiment is the plain address', () => {
    expect(formToQuery(plain)).toBe('');
    expect(queryToForm('')).toEqual({ form: plain, ignored: [] });
  });

  it('of the study’s report is read whole', () => {
    const queries = [...report.matchAll(/`[?&]([^`#]*)(?:#\/train)?`/g)].map(([, query]) => query!);
    expect(queries.length).toBeGreaterThan(3);
    for (const query of queries) expect(queryToForm(query).ignored).toEqual([]);
  });

  it('means the same to the command line: with any two settings changed the configuration is the same', () => {
    const otherValue = (name: SettingName): string | number | null => {
      const setting = settingOf(name);
      if (setting.kind === 'choice') return setting.choices.at(-1)!;
      const { min, max, whole } = setting.bounds;
      const value = Math.min(max, whole ? Math.max(min, 7) : 0.375);
      return value === defaultOf(name, 'tiny', 0) ? Math.min(max, value + 1) : value;
    };
    for (const one of SETTING_NAMES) {
      for (const other of SETTING_NAMES) {
        const draft = { [one]: otherValue(one), [other]: otherValue(other) };
        const query = formToQuery({ ...plain, preset: 'tiny', draft });
        const byPage = checkForm(queryToForm(query).form, undefined).config;
        const { experiment } = experimentOfLink(`http://localhost:4173/?${query}#/train`);
        expect(experiment).toMatchObject({ preset: 'tiny', models: plain.kinds, sweep: {} });
        const byLink = { ...presetConfig(experiment.preset, 0), ...experiment.settings };
        expect(byLink, query).toEqual(byPage);
        expect([byLink[one], byLink[other]], query).toEqual([draft[one], draft[other]]);
      }
    }
  });

  it('reads as people would write it', () => {
    const form: LinkedForm = {
      ...plain,
      preset: 'tiny',
      kinds: ['rnn', 'residual'],
      variants: { ...plain.variants, residual: 'residual-rnn' },
      draft: { seed: 7, learningRate: 0.002, trainFiles: null, activation: 'relu' },
    };
    const query = 'preset=tiny&models=rnn,residual-rnn&seed=7&trainFiles=&learningRate=0.002&activation=relu';
    expect(formToQuery(form)).toBe(query);
    expect(queryToForm(`?${query}`)).toEqual({ form, ignored: [] });
  });

  it('has layers and connection as settings, and names models beyond the first ones', () => {
    const draft = { layers: 1, connection: 'scaled', weightTying: 'projected' };
    const form: LinkedForm = { ...plain, kinds: ['lstm', 'gru'], draft };
    expect(formToQuery(form)).toBe('models=lstm,gru&layers=1&connection=scaled&weightTying=projected');
    expect(queryToForm('models=lstm,gru&layers=1&connection=scaled&weightTying=projected')).toEqual({
      form,
      ignored: [],
    });
    expect(queryToForm('connection=none').ignored).toEqual([
      'connection = none must be one of sum, scaled, concatenated, value, gradient.',
    ]);
  });

  it('brings back every form', () => {
    const number = option(double({ noNaN: true, noDefaultInfinity: true }).map((x) => (x === 0 ? 0 : x)));
    const forms = record({
      datasetId: option(constantFrom('python-stdlib', 'mine-2')),
      preset: constantFrom(...PRESETS),
      kinds: subarray([...MODEL_KINDS]),
      device: constantFrom(...DEVICE_CHOICES),
      draft: record({ seed: number, hidden: number, activation: constantFrom('tanh', 'relu') }, { requiredKeys: [] }),
    });
    assert(
      property(forms, (some) => {
        const form: LinkedForm = { ...some, variants: plain.variants };
        expect(queryToForm(formToQuery(form))).toEqual({ form, ignored: [] });
      }),
    );
  });

  it('says what it could not read, and takes the default for it', () => {
    const { form, ignored } = queryToForm(
      'hidden=abc&preset=huge&models=gpt&device=tpu&data=../x&nonsense=1&seed=1&seed=2',
    );
    expect(form).toEqual({ ...plain, draft: { seed: 1 } });
    expect(ignored[0]).toBe('hidden = abc is not a number; the preset’s value is used.');
    expect(ignored).toHaveLength(6);
    expect(ignored.at(-1)).toBe('2 more could not be read.');
  });

  it('has lists, ranges, a sample and halving, and comes back with them', () => {
    const query =
      'models=lstm&sample=sobol:8:3&halving=3:2&seed=42-46,50&dropout=0.1,0.3&learningRate=0.001..0.01&optimizer=adam,sgd';
    const { form, ignored } = queryToForm(query);
    expect(ignored).toEqual([]);
    expect(form.sample).toEqual({ method: 'sobol', count: 8, seed: 3 });
    expect(form.halving).toEqual({ eta: 3, firstEpochs: 2 });
    expect(form.draft).toMatchObject({
      seed: { values: [42, 43, 44, 45, 46, 50] },
      dropout: { values: [0.1, 0.3], range: null },
      learningRate: { values: null, range: { from: 0.001, to: 0.01 } },
      optimizer: ['adam', 'sgd'],
    });
    expect(new Set(formToQuery(form).split('&'))).toEqual(new Set(query.split('&')));
  });

  it('refuses values that a setting cannot have, and samples that are none', () => {
    const { form, ignored } = queryToForm('seed=46-42&optimizer=adam,magic&sample=grid:9&halving=1:1&dropout=0.1,,0.2');
    expect(form).toEqual(plain);
    expect(ignored).toHaveLength(5);
  });

  it('keeps a number that is out of bounds, for its field to say so', () => {
    expect(queryToForm('hidden=-5').form.draft).toEqual({ hidden: -5 });
  });

  it('has numbers as programs write them, and no text that is none', () => {
    const { form, ignored } = queryToForm('learningRate=1e-3&hidden=0x10&embedding=1,000&batch=%20&dropout=0,3');
    expect(form.draft).toEqual({ learningRate: 0.001 });
    expect(ignored).toHaveLength(4);
    const wrong = { text: '1,5', problem: 'write 1.5 or 15.' };
    expect(formToQuery({ ...plain, draft: { clipNorm: wrong, dropout: 0.3 } })).toBe('dropout=0.3');
  });

  it('bears whatever somebody puts into it', () => {
    assert(
      property(dictionary(string(), string()), (pairs) => {
        const { form, ignored } = queryToForm(new URLSearchParams(pairs).toString());
        expect(MODEL_KINDS).toEqual(expect.arrayContaining([...form.kinds]));
        expect(ignored.length).toBeLessThanOrEqual(6);
      }),
    );
    const { ignored } = queryToForm(`${'x'.repeat(100_000)}=${'%'.repeat(1_000)}`);
    expect(ignored[0]!.length).toBeLessThan(150);
  });
});
