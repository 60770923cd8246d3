import { describe, expect, it } from 'vitest';
import { experimentOfLink, isLink } from './link.ts';

describe('a link as an experiment', () => {
  it('has the settings of its query, and several values as a sweep', () => {
    const link =
      'http://localhost:4173/?data=mine&preset=tiny&models=rnn,residual-rnn&device=cpu&seed=42-44&learningRate=0.001,0.002&hidden=24&trainFiles=#/train';
    expect(experimentOfLink(link)).toEqual({
      experiment: {
        schema: 1,
        dataset: 'mine',
        preset: 'tiny',
        models: ['rnn', 'residual-rnn'],
        settings: { hidden: 24, trainFiles: null },
        sweep: { seed: [42, 43, 44], learningRate: [0.001, 0.002] },
      },
      device: 'cpu',
    });
  });

  it('is the page’s plain experiment where it says nothing', () => {
    const plain = { dataset: null, preset: 'quick', models: ['rnn', 'lstm', 'residual'] };
    for (const link of ['https://lab.example/', 'https://lab.example/#/train', '?']) {
      expect(experimentOfLink(link)).toMatchObject({ experiment: plain, device: undefined });
    }
  });

  it('may draw values from ranges, and halve', () => {
    const link = '?models=lstm&sample=sobol:8:3&learningRate=0.001..0.01&hidden=16-64&seed=1-2&halving=3:2&epochs=9';
    expect(experimentOfLink(link).experiment).toMatchObject({
      sample: {
        method: 'sobol',
        count: 8,
        seed: 3,
        ranges: { learningRate: { from: 0.001, to: 0.01 }, hidden: { from: 16, to: 64 } },
      },
      sweep: { seed: [1, 2] },
      settings: { epochs: 9 },
      halving: { eta: 3, firstEpochs: 2 },
    });
    expect(() => experimentOfLink('?sample=sobol:8')).toThrow('The link: the sample has no range');
  });

  it('is told from the path of a file', () => {
    expect(['http://a/?seed=1', '?seed=1', '#/train'].map(isLink)).toEqual([true, true, true]);
    expect(['experiment.json', 'out/a b.json', '/tmp/x'].map(isLink)).toEqual([false, false, false]);
  });

  it.each([
    ['?rate=1', 'The link has rate'],
    ['?hidden=0', 'The link, hidden: 0 is not'],
    ['?hidden=', 'The link, hidden: null is not'],
    ['?preset=huge', 'preset: huge is not one of'],
    ['?models=rnn,none', 'models: none is not one of'],
  ])('is refused with the place: %s', (link, reason) => {
    expect(() => experimentOfLink(link)).toThrow(reason);
  });
});
