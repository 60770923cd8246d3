import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { metricsOf, parseMetrics, writeMetrics } from './metrics.ts';
import { divergedRun, measuresOf, runOf } from '../report/runs.fixture.ts';

const runs = [
  runOf('rnn', [
    [3, 0.6],
    [2.5, 0.77],
  ]),
  runOf('lstm', [[2.8, 0.65]]),
];

describe('metrics.json', () => {
  it('keeps what overflowed, in plain JSON, and reads what Python writes for it', () => {
    const metrics = metricsOf([divergedRun('rnn')]);
    const text = writeMetrics(metrics);
    expect(JSON.parse(text)).toMatchObject({
      models: [
        {
          epochs: [{ tokensPerSecond: 'Infinity', train: { perplexity: 'Infinity' }, validation: { loss: null } }, {}],
        },
      ],
    });
    expect(parseMetrics(text, 'here')).toEqual(metrics);
    const python = text.replaceAll('"Infinity"', 'Infinity').replaceAll('null', 'NaN');
    expect(parseMetrics(python, 'here').models[0]!.epochs).toEqual(metrics.models[0]!.epochs);
  });

  it('is the file that the PyTorch package reads and writes in its tests', async () => {
    const own = writeMetrics(metricsOf([divergedRun('rnn')]));
    expect(own).toBe(await readFile('pytorch/tests/overflowed-metrics.json', 'utf8'));
  });

  it('holds what its schema promises and nothing else of the run', () => {
    const metrics = metricsOf(runs);
    expect(Object.keys(metrics)).toEqual(['schema', 'dataset', 'device', 'config', 'models', 'yardsticks']);
    expect(metrics.models.map(({ name, bestEpoch }) => [name, bestEpoch])).toEqual([
      ['rnn', 2],
      ['lstm', 1],
    ]);
    expect(Object.keys(metrics.models[0]!)).toEqual(['name', 'parameters', 'bestEpoch', 'epochs', 'test']);
    expect(Object.keys(metrics.models[0]!.epochs[0]!)).toEqual([
      'epoch',
      'seconds',
      'tokensPerSecond',
      'gradientNorm',
      'train',
      'validation',
    ]);
    expect(metrics.config).toMatchObject({ preset: 'quick', seed: 42 });
  });

  it('holds the measures of a dev split where the data set has one', () => {
    const [first] = runs;
    const [model] = parseMetrics(writeMetrics(metricsOf([{ ...first!, dev: measuresOf(2.7, 0.7) }])), 'here').models;
    expect(model?.dev).toMatchObject({ loss: 2.7, top5: 0.7 });
  });

  it('comes back as it was written', () => {
    const metrics = metricsOf(runs);
    expect(parseMetrics(writeMetrics(metrics), 'metrics.json')).toEqual(metrics);
  });

  it('writes a figure of an empty split as null and reads it as NaN', () => {
    const empty = { ...measuresOf(Number.NaN, Number.NaN), counted: 0, unknown: 0 };
    const text = writeMetrics(metricsOf([runOf('rnn', [[3, 0.6]], { test: empty })]));
    expect(JSON.parse(text)).toMatchObject({ models: [{ test: { loss: null, top5: null, counted: 0 } }] });
    expect(parseMetrics(text, 'metrics.json').models[0]!.test).toMatchObject({ loss: Number.NaN, counted: 0 });
  });

  it('reads another program’s: a device of its own, no yardsticks, no perplexity without unknown targets', () => {
    const { perplexityKnown: _, ...measures } = measuresOf(2, 0.7);
    const epoch = { epoch: 1, seconds: 1, tokensPerSecond: 1, train: measures, validation: measures };
    const other = {
      schema: 1,
      dataset: { id: 'a', sha256: 'b' },
      device: { kind: 'torch', name: 'PyTorch' },
      config: { seed: 1, workers: 4 },
      models: [{ name: 'lstm', parameters: 1, bestEpoch: 1, epochs: [epoch], test: measures }],
    };
    const read = parseMetrics(JSON.stringify(other), 'theirs.json');
    expect(read.yardsticks).toEqual([]);
    expect(read.models[0]!.test).toMatchObject({ loss: 2, perplexityKnown: Number.NaN });
  });

  it('refuses runs that cannot stand in one table, and no runs', () => {
    const other = runOf('lstm', [[2, 0.7]], { dataset: { id: 'other', sha256: 'cd'.repeat(32) } });
    expect(() => metricsOf([...runs, other])).toThrow('rnn and lstm differ in their dataset');
    expect(() => metricsOf([])).toThrow('No run has started');
  });

  it.each([
    ['{', 'not JSON'],
    ['{"schema":2}', 'format version 2'],
    ['{"schema":1}', 'is not the metrics.json'],
    ['[]', 'is not the metrics.json'],
  ])('refuses %s', (text, message) => {
    expect(() => parseMetrics(text, 'x.json')).toThrow(message);
  });
});
