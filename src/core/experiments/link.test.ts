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
    const plain = { dataset: null, preset: 'quick', models: ['rnn', 'lstm', 'residual'], settings: {}, sweep: {} };
    for (const link of ['https://lab.example/', 'https://lab.example/#/train', '?']) {
      expect(experimentOfLink(link)).toMatchObject({ experiment: plain, device: undefined });
    }
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
