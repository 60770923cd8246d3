import { describe, expect, it } from 'vitest';
import { combinationsOf, parseExperiment, parseValues, type Experiment } from './grid.ts';

describe('values of a setting', () => {
  it('are a list, or ranges of whole numbers', () => {
    expect(parseValues('seed', '42-44, 50', '--seeds')).toEqual([42, 43, 44, 50]);
    expect(parseValues('learningRate', '0.001,2e-3 , 0.001', '--sweep')).toEqual([0.001, 0.002]);
    expect(parseValues('schedule', 'constant,linear', '--sweep')).toEqual(['constant', 'linear']);
    expect(parseValues('trainFiles', 'all,100', '--sweep')).toEqual([null, 100]);
  });

  it.each([
    ['seed', '46-42', '46 is above 42'],
    ['seed', '42,,43', 'a value is missing'],
    ['seed', '', 'a value is missing'],
    ['seed', '1-5000', 'too many values'],
    ['seed', 'many', 'many is no number'],
    ['dropout', '0.1-0.3', '0.1-0.3 is no number'],
    ['dropout', '0.1,2', '2 is not'],
    ['schedule', 'constant,steep', 'steep is not'],
    ['hidden', '128.5', '128.5 is not'],
  ] as const)('are refused with a reason: %s %s', (name, text, reason) => {
    expect(() => parseValues(name, text, '--sweep')).toThrow(reason);
  });
});

const experiment: Experiment = {
  schema: 1,
  dataset: 'python-stdlib',
  preset: 'tiny',
  models: ['lstm'],
  settings: { hidden: 24 },
  sweep: { seed: [42, 43], learningRate: [0.001, 0.002], dropout: [0.1] },
};

describe('an experiment', () => {
  it('is every combination, seeds of one setting next to each other', () => {
    expect(combinationsOf(experiment)).toEqual(
      [0.001, 0.002].flatMap((learningRate) =>
        [42, 43].map((seed) => ({
          name: `learning-rate-${learningRate}-seed-${seed}`,
          changes: { hidden: 24, dropout: 0.1, learningRate, seed },
        })),
      ),
    );
  });

  it('is one plain training where nothing varies', () => {
    expect(combinationsOf({ settings: { seed: 7 }, sweep: {} })).toEqual([{ name: '', changes: { seed: 7 } }]);
  });

  it('has an end', () => {
    const seed = Array.from({ length: 501 }, (_, i) => i);
    expect(() => combinationsOf({ settings: {}, sweep: { seed, dropout: [0, 0.1] } })).toThrow('1,002 combinations');
  });

  it('has each drawn point with every listed value', () => {
    const sample = { method: 'sobol' as const, count: 2, seed: 0, ranges: { hidden: { from: 8, to: 64 } } };
    const drawn = combinationsOf({ settings: {}, sweep: { seed: [1, 2] }, sample });
    const [first, second] = [...new Set(drawn.map(({ changes }) => changes.hidden))];
    expect(first).not.toBe(second);
    expect(drawn.map(({ name }) => name)).toEqual([
      `hidden-${first}-seed-1`,
      `hidden-${first}-seed-2`,
      `hidden-${second}-seed-1`,
      `hidden-${second}-seed-2`,
    ]);
  });

  it('comes back from its file', () => {
    expect(parseExperiment(JSON.stringify(experiment), 'a.json')).toEqual(experiment);
    const short = { schema: 1, dataset: 'x', preset: 'task', models: ['rnn'] };
    expect(parseExperiment(JSON.stringify(short), 'a.json')).toEqual({ ...short, settings: {}, sweep: {} });
    const { learningRate: _, ...sweep } = experiment.sweep;
    const drawn: Experiment = {
      ...experiment,
      sweep,
      sample: { method: 'random', count: 8, seed: 3, ranges: { learningRate: { from: 0.001, to: 0.1 } } },
      halving: { eta: 2, firstEpochs: 1 },
    };
    expect(parseExperiment(JSON.stringify(drawn), 'a.json')).toEqual(drawn);
  });

  it.each([
    ['{', 'a.json is not JSON'],
    ['[]', 'a.json is not an experiment'],
    [JSON.stringify({ ...experiment, schema: 2 }), 'at schema'],
    [JSON.stringify({ ...experiment, models: [] }), 'at models'],
    [JSON.stringify({ ...experiment, models: ['transformer'] }), 'at models.0'],
    [JSON.stringify({ ...experiment, sweep: { rate: [1] } }), 'at sweep'],
    [JSON.stringify({ ...experiment, settings: { hidden: 0 } }), 'a.json: hidden: 0 is not'],
    [JSON.stringify({ ...experiment, sweep: { schedule: ['steep'] } }), 'a.json: schedule: steep is not'],
    [JSON.stringify({ ...experiment, other: 1 }), 'is not an experiment'],
    [JSON.stringify({ ...experiment, sample: { method: 'grid', count: 2, ranges: {} } }), 'at sample.method'],
    [JSON.stringify({ ...experiment, sample: { method: 'random', count: 2, ranges: {} } }), 'has no range'],
    [
      JSON.stringify({
        ...experiment,
        sample: { method: 'random', count: 2, ranges: { dropout: { from: 0, to: 1 } } },
      }),
      'dropout has a range and values',
    ],
    [JSON.stringify({ ...experiment, halving: { eta: 1, firstEpochs: 1 } }), 'at halving.eta'],
    [JSON.stringify({ ...experiment, sweep: { epochs: [2, 4] }, halving: { firstEpochs: 1 } }), 'epochs vary'],
    [JSON.stringify({ ...experiment, models: ['residual'], halving: { firstEpochs: 1 } }), 'residual-lstm'],
  ])('is refused with the place: %s', (text, reason) => {
    expect(() => parseExperiment(text, 'a.json')).toThrow(reason);
  });
});
