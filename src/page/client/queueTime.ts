/** How far the queue is, and the time that is left: loaded with its panel. */
import { secondsLeft, secondsOf } from '#core/experiments/forecast.ts';
import type { ExperimentRecord } from '#core/experiments/record.ts';
import { shareDone } from './progress.ts';
import { countItems } from './queue.ts';
import { useActivity, useRuns } from './stores.ts';

/** `3 of 12`, and the share of the run that trains, from 0 to 1 over all. */
export function useQueueShare(experiments: readonly ExperimentRecord[]): number {
  const current = useActivity(({ progress }) => (progress ? shareDone(progress) : 0));
  const { all, ended } = countItems(experiments);
  return all === 0 ? 0 : Math.min(1, (ended + (ended < all ? current : 0)) / all);
}

/** Null while the time of a run is unknown. */
export function useSecondsLeft(experiments: readonly ExperimentRecord[]): number | null {
  const runs = useRuns((state) => state.runs);
  const progress = useActivity((state) => state.progress);
  const run = progress ? runs[progress.runId] : undefined;
  const current =
    progress && run && progress.secondsLeft !== null
      ? { runId: progress.runId, left: progress.secondsLeft, whole: progress.secondsLeft + secondsOf(run) }
      : null;
  const waiting = experiments.filter(({ halt }) => halt === null || halt.reason === 'paused');
  return secondsLeft(waiting, Object.values(runs), current);
}
