import { describe, expect, it } from 'vitest';
import { divergedRun, runOf } from '../report/runs.fixture.ts';
import { poolKey, poolRuns, spread } from './pools.ts';

const rnn = runOf('rnn', [[2.5, 0.7]], { id: 'rnn', number: 1 });
const lstm = runOf('lstm', [[2.6, 0.69]], { id: 'lstm', number: 2 });
const seeded = (seed: number, loss: number) =>
  runOf('rnn', [[loss, 0.7]], { id: `rnn-${seed}`, number: 10 + seed, config: { ...rnn.config, seed } });

describe('pools', () => {
  it('hold runs that differ in their seed alone', () => {
    const other = runOf('rnn', [[2, 0.7]], { id: 'wide', number: 9, config: { ...rnn.config, hidden: 512 } });
    const pools = poolRuns([seeded(1, 2), seeded(2, 4), other, lstm, runOf('rnn', [], { id: 'none' })]);
    expect(pools.map(({ runIds }) => runIds)).toEqual([['rnn-1', 'rnn-2'], ['wide'], ['lstm']]);
    expect(pools[0]?.seeds).toEqual([1, 2]);
    expect(pools[0]?.validation.loss).toEqual({ mean: 3, deviation: Math.SQRT2 });
    expect(pools[1]?.validation.loss.deviation).toBeNull();
    expect(pools[0]?.test?.loss.mean).toBeCloseTo(3.1);
  });

  it('have no test figures unless all of their runs have', () => {
    const [pool] = poolRuns([seeded(1, 2), { ...seeded(2, 4), test: null }]);
    expect(pool?.test).toBeNull();
  });

  it('have no deviation of what is not finite', () => {
    expect(spread([Infinity, 2])).toEqual({ mean: Infinity, deviation: null });
    expect(spread([Number.NaN, 2])).toEqual({ mean: Number.NaN, deviation: null });
  });

  it('give the rate of an epoch that was too short for the clock', () => {
    const [pool] = poolRuns([divergedRun('rnn')]);
    expect(pool!.tokensPerSecond).toBeCloseTo((1_000 + 10 * 1_001) / 10);
  });

  it('spread as statistics has it', () => {
    expect(spread([1, 2, 3, 4])).toEqual({ mean: 2.5, deviation: Math.sqrt(5 / 3) });
  });

  it('take the same seed twice for one: there is nothing to say of other seeds', () => {
    const again = { ...seeded(1, 4), id: 'again', device: { kind: 'cpu' as const, name: 'CPU' } };
    const [pool] = poolRuns([seeded(1, 2), again]);
    expect(pool).toMatchObject({ seeds: [1], runIds: ['rnn-1', 'again'], devices: [rnn.device.name, 'CPU'] });
    expect(pool?.validation.loss).toEqual({ mean: 3, deviation: null });
  });

  it('are told apart by model, data set and every setting but seed and preset', () => {
    const key = poolKey(rnn);
    expect(poolKey({ ...rnn, config: { ...rnn.config, seed: 7, preset: 'task' } })).toBe(key);
    const reordered = Object.fromEntries(Object.entries(rnn.config).toReversed()) as typeof rnn.config;
    expect(poolKey({ ...rnn, config: reordered })).toBe(key);
    const others = [
      poolKey({ ...rnn, model: 'lstm' }),
      poolKey({ ...rnn, dataset: { ...rnn.dataset, sha256: 'cd'.repeat(32) } }),
      poolKey({ ...rnn, config: { ...rnn.config, dropout: 0.5 } }),
      poolKey({ ...rnn, config: { ...rnn.config, trainFiles: 10 } }),
    ];
    expect(new Set([key, ...others]).size).toBe(5);
  });

  it('give size, the cost of the run that trained fastest, and how far their best epochs came on average', () => {
    const long = runOf(
      'rnn',
      [
        [3, 0.6],
        [2, 0.7],
        [2.5, 0.7],
      ],
      { id: 'long', number: 20, config: { ...rnn.config, seed: 9 } },
    );
    const [pool] = poolRuns([long, seeded(1, 2)]);
    expect(pool).toMatchObject({
      parameters: 123_456,
      seconds: 30,
      epochs: 2,
      bestEpoch: 1.5,
      runIds: ['rnn-1', 'long'],
    });
    expect(pool?.tokensPerSecond).toBeCloseTo(1001);
    expect(pool?.unknownShare).toBe(0.16);
    expect(pool?.train.loss.mean).toBeCloseTo(2.2);
  });
});
