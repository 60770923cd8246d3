import { describe, expect, it } from 'vitest';
import { runOf } from '#core/report/runs.fixture.ts';
import type { RunRecord } from '#core/runs/run.ts';
import { pooledEpochSeries, type RunPool } from './pooledSeries.ts';
import { MODEL_STYLE, type RunStyle } from './runSeries.ts';

const look: RunStyle = { ...MODEL_STYLE, x: 'epoch', smoothing: 0, train: true };
const seeded = (seed: number, losses: readonly number[]): RunRecord => {
  const run = runOf(
    'lstm',
    losses.map((loss) => [loss, 0.5] as const),
    { id: `lstm-${seed}` },
  );
  return { ...run, config: { ...run.config, seed } };
};
const runs = [seeded(1, [4, 3, 2]), seeded(2, [2, 1])];
const pool: RunPool = { key: 'lstm', title: 'LSTM', runIds: ['lstm-1', 'lstm-2'] };

describe('pooled curves', () => {
  const series = pooledEpochSeries(runs, [pool], {}, 'loss', look);
  const named = (key: string) => series.find((one) => one.key === key)!;

  it('are the mean over seeds, for as long as all of them trained, and every seed thin beneath it', () => {
    expect(named('lstm-validation').points).toEqual([
      { x: 1, y: 3 },
      { x: 2, y: 2 },
    ]);
    expect(named('lstm-validation')).toMatchObject({ faint: false, dashed: false, endLabel: 'LSTM' });
    expect(named('lstm-validation').label).toBe('LSTM, validation, mean of 2 seeds');
    expect(named('lstm-train')).toMatchObject({ dashed: true, endLabel: null });
    expect(named('lstm-1-seed').points.map(({ y }) => y)).toEqual([4, 3, 2]);
    expect(named('lstm-2-seed')).toMatchObject({ faint: true, endLabel: null });
    // the mean is drawn above its seeds
    expect(series.at(-1)?.key).toBe('lstm-validation');
  });

  it('lie where the seeds lie on average', () => {
    const byTokens = pooledEpochSeries(runs, [pool], {}, 'loss', { ...look, x: 'tokens' });
    const xs = byTokens.find(({ key }) => key === 'lstm-validation')!.points.map(({ x }) => x);
    const [one, two] = runs.map(({ epochs }) => epochs[0]!.train.counted);
    expect(xs[0]).toBe((one! + two!) / 2);
  });

  it('count a seed that overflowed as what it is', () => {
    const pooled = pooledEpochSeries([runs[0]!, seeded(2, [Infinity, 1])], [pool], {}, 'loss', look);
    const mean = pooled.find(({ key }) => key === 'lstm-validation')!;
    expect(mean.points[0]!.y).toBe(Infinity);
    expect(mean.points[1]!.y).toBe(2);
    expect(mean.nonFinite).toMatchObject({ overflowed: 1 });
  });

  it('are a run’s own curves where there is one seed, and pale with it', () => {
    const alone = pooledEpochSeries([runs[0]!], [pool], {}, 'loss', look);
    expect(alone.map(({ key }) => key)).toEqual(['lstm-1-train', 'lstm-1-validation']);
    const pale = pooledEpochSeries(runs, [pool], {}, 'loss', { ...look, faded: new Set(['lstm-1', 'lstm-2']) });
    expect(pale.every(({ faded }) => faded)).toBe(true);
    expect(pale.some(({ dashed }) => dashed)).toBe(false);
  });
});
