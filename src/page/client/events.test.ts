import { beforeEach, describe, expect, it } from 'vitest';
import { presetConfig } from '#core/settings/config.ts';
import { emptyLabel } from '#core/runs/runLabel.ts';
import type { RunRecord } from '#core/runs/run.ts';
import { stepTable, type StepTable } from '#core/runs/stepTable.ts';
import type { TrainingProgress } from '#core/runs/training.ts';
import { applyEvent, applySnapshot, rememberRuns } from './events.ts';
import { useActivity, useConnection, useDatasets, useRateFinder, useRuns } from './stores.ts';
import { dismissFailure, reportFailure, useFailures } from '../ui/failures.ts';

const run = (id: string, changes: Partial<RunRecord> = {}): RunRecord => ({
  schema: 2,
  id,
  number: 1,
  experiment: 'e1',
  model: 'rnn',
  parameters: 10,
  dataset: { id: 'small', sha256: '0'.repeat(64) },
  device: { kind: 'cpu', name: 'cpu' },
  config: presetConfig('tiny', 10),
  state: 'training',
  createdAt: 1,
  epochs: [],
  bestEpoch: null,
  ended: null,
  test: null,
  yardsticks: [],
  failure: null,
  ...changes,
});

const steps = (...at: number[]): StepTable =>
  stepTable(
    at.map((step) => ({ step, loss: 3, gradientNorm: 1, tokens: step, seconds: step, layerNorms: [1, 2, 3, 4] })),
  );

const progress = (points: StepTable): TrainingProgress => ({
  runId: 'r1',
  phase: 'training',
  epoch: 1,
  epochs: 3,
  step: 1,
  steps: 9,
  part: 0,
  tokensPerSecond: null,
  stepsPerSecond: null,
  dataWaitShare: null,
  secondsLeft: null,
  deviceBytes: 0,
  points,
});

beforeEach(() => {
  applySnapshot({
    devices: { chosen: 'cpu', why: 'No adapter.', options: [] },
    datasets: [],
    runs: [run('r1')],
    labels: [{ ...emptyLabel('r1'), name: 'mine' }],
    damaged: [],
    activity: { state: 'idle' },
    experiments: [],
  });
  useFailures.setState({ shown: [] });
});

describe('events', () => {
  it('start from the snapshot', () => {
    expect(useConnection.getState().state).toBe('ready');
    expect(Object.keys(useRuns.getState().runs)).toEqual(['r1']);
    expect(useRuns.getState().labels['r1']?.name).toBe('mine');
  });

  it('append step points to the run they belong to, and keep them when its record changes', () => {
    applyEvent({ type: 'progress', progress: progress(steps(1)) });
    applyEvent({ type: 'progress', progress: progress(steps(2, 3)) });
    applyEvent({ type: 'progress', progress: progress(steps()) });
    applyEvent({ type: 'run', run: run('r1', { state: 'paused' }) });
    expect(useRuns.getState().runs['r1']?.state).toBe('paused');
    expect([...useRuns.getState().steps['r1']!.step]).toEqual([1, 2, 3]);
    expect(useActivity.getState().progress?.runId).toBe('r1');
  });

  it('begin with no steps where a run is new', () => {
    applyEvent({ type: 'run', run: run('r2', { state: 'waiting' }) });
    expect(useRuns.getState().steps['r2']?.step).toHaveLength(0);
    expect(useRuns.getState().steps['r1']).toBeUndefined();
  });

  it('forget progress when the run it was of is no longer the current one', () => {
    applyEvent({ type: 'progress', progress: progress(steps()) });
    const activity = { state: 'training', experiment: 'e1', runIds: ['r1'], models: ['rnn'] } as const;
    applyEvent({ type: 'activity', activity: { ...activity, current: 'r1' } });
    expect(useActivity.getState().progress).not.toBeNull();
    applyEvent({ type: 'activity', activity: { ...activity, current: null } });
    expect(useActivity.getState().progress).toBeNull();
  });

  it('show no progress of a download that is over', () => {
    const late = { datasetId: 'small', bytes: 1, totalBytes: 2, bytesPerSecond: 1, secondsLeft: 1 };
    applyEvent({ type: 'download', progress: late });
    expect(useDatasets.getState().download).toBeNull();
    useDatasets.setState({ download: { datasetId: 'small', progress: null } });
    applyEvent({ type: 'download', progress: late });
    expect(useDatasets.getState().download?.progress).toEqual(late);
  });

  it('show how far the search for learning rates is, of each model, and nothing once it is over', () => {
    const of = (choice: 'rnn' | 'lstm', count: number) => ({
      choice,
      model: choice,
      steps: 100,
      points: Array.from({ length: count }, () => ({ rate: 0.1, loss: 1, smoothed: 1 })),
    });
    applyEvent({ type: 'rateFinder', progress: of('rnn', 1) });
    expect(useRateFinder.getState().search.state).toBe('idle');
    useRateFinder.setState({ search: { state: 'working', progress: [] } });
    for (const progress of [of('rnn', 1), of('rnn', 3), of('lstm', 2)]) applyEvent({ type: 'rateFinder', progress });
    expect(useRateFinder.getState().search).toEqual({ state: 'working', progress: [of('rnn', 3), of('lstm', 2)] });
    useRateFinder.setState({ search: { state: 'idle' } });
  });

  it('leave nothing of a deleted run until it is brought back', () => {
    applyEvent({ type: 'progress', progress: progress(steps(1)) });
    const { runs } = useRuns.getState();
    applyEvent({ type: 'deleted', ids: ['r1'] });
    expect(useRuns.getState().runs).toEqual({});
    expect(useRuns.getState().steps).toEqual({});
    rememberRuns(Object.values(runs));
    expect(useRuns.getState().runs).toEqual(runs);
  });
});

describe('failures', () => {
  const failure = { kind: 'network', what: 'The shard did not arrive.', remedy: 'Try again.' } as const;

  it('are shown once each, and until dismissed', () => {
    applyEvent({ type: 'failure', failure });
    reportFailure(failure);
    expect(useFailures.getState().shown).toHaveLength(1);
    dismissFailure(useFailures.getState().shown[0]!.id);
    expect(useFailures.getState().shown).toEqual([]);
  });

  it('that leave nothing to do but a reload stay, and the lab counts as not running', () => {
    applyEvent({ type: 'failure', failure: { ...failure, kind: 'superseded' } });
    expect(useFailures.getState().shown).toEqual([]);
    expect(useConnection.getState()).toMatchObject({ state: 'failed', failure: { kind: 'superseded' } });
  });

  it('are not shown where a person asked for the end', () => {
    reportFailure({ ...failure, kind: 'cancelled' });
    expect(useFailures.getState().shown).toEqual([]);
  });
});
