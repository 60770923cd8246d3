import { describe, expect, it } from 'vitest';
import type { Metrics } from '#core/formats/metrics.ts';
import {
  commonSetting,
  PAIR_SETTINGS,
  pairTraining,
  pairTrainings,
  scheduleSearch,
  scheduleTrainings,
  SEEDS,
} from './plan.ts';
import { readResults, type Results } from './results.ts';

const committed = await readResults();

/** The committed results without pairs, plus each missing pair of the first seed, with the validation loss that `lossOf` gives. */
function withPairs(lossOf: (rate: number) => number): Results {
  const results = new Map([...committed].filter(([name]) => !name.startsWith('pairs/')));
  const template = committed.get('python-stdlib/lstm-seed-42')!;
  for (const { name, model, config } of pairTrainings(results)) {
    if (results.has(name)) continue;
    const [trained] = template.models;
    const epoch = trained!.epochs[0]!;
    const validation = { ...epoch.validation, loss: lossOf(config.learningRate) };
    const metrics: Metrics = {
      ...template,
      config: { ...config },
      models: [{ ...trained!, name: model, bestEpoch: 1, epochs: [{ ...epoch, epoch: 1, validation }] }],
    };
    results.set(name, metrics);
  }
  return results;
}

describe('identical pairs', () => {
  it('use the trainings that exist, under their names', () => {
    const names = pairTrainings(committed).map(({ name }) => name);
    for (const done of [
      'python-stdlib/rnn-seed-42',
      'python-stdlib/lstm-seed-42',
      'python-stdlib/residual-lstm-seed-42',
    ]) {
      expect(names).toContain(done);
    }
    expect(names).toContain('slow/lstm');
    expect(new Set(names).size).toBe(names.length);
  });

  it('give an RNN no forget bias, so that its training serves both settings of a rate', () => {
    const [plain, biased] = [PAIR_SETTINGS[1]!, PAIR_SETTINGS[3]!];
    expect(pairTraining('rnn', biased, 42, committed)).toEqual(pairTraining('rnn', plain, 42, committed));
    expect(pairTraining('lstm', biased, 42, committed)).not.toEqual(pairTraining('lstm', plain, 42, committed));
  });

  it('choose the common setting only when every model has its first seed there, and then add its seeds', () => {
    const without = new Map([...committed].filter(([name]) => !name.startsWith('pairs/')));
    expect(commonSetting(without)).toBeNull();
    const slow = withPairs((rate) => (rate === 1e-3 ? 1 : 9));
    expect(commonSetting(slow)).toEqual({ learningRate: 1e-3, forgetBias: 0 });
    const names = pairTrainings(slow).map(({ name }) => name);
    expect(names).toContain('pairs/lstm-rate-0.001-seed-44');
    expect(names).toContain('python-stdlib/rnn-seed-44');
    expect(commonSetting(withPairs((rate) => (rate === 2e-3 ? 1 : 9)))?.learningRate).toBe(2e-3);
  });
});

describe('schedules', () => {
  it('search at a quarter of the length, then train the best at full size with every seed', () => {
    const search = scheduleSearch();
    expect(scheduleTrainings(new Map())).toEqual([]);
    const results = new Map(
      search.map(({ name, config, model }): [string, Metrics] => {
        const template = committed.get('python-stdlib/lstm-seed-42')!;
        const [trained] = template.models;
        const epoch = trained!.epochs[0]!;
        const loss = config.schedule === 'one-cycle' && config.learningRate === 8e-3 ? 1 : 2;
        const validation = { ...epoch.validation, loss };
        const epochs = [{ ...epoch, epoch: 1, validation }];
        return [
          name,
          { ...template, config: { ...config }, models: [{ ...trained!, name: model, bestEpoch: 1, epochs }] },
        ];
      }),
    );
    const full = scheduleTrainings(results);
    expect(full.map(({ name }) => name)).toEqual(
      SEEDS.map((seed) => `schedules/lstm-one-cycle-rate-0.008-seed-${seed}`),
    );
    for (const { config } of full) {
      expect(config).toMatchObject({ length: 1000, schedule: 'one-cycle', learningRate: 8e-3, epochs: 4 });
    }
  });
});
