/**
 * A worker that dies or hangs while it trains is replaced, and the run goes on from where it was saved. Not more than a few times in a
 * row: then something is wrong that a person has to look at.
 */
import { failureOf } from '../core/failure.ts';
import { MODEL_TITLES } from '../core/format.ts';
import { notify } from './notices.ts';
import { lab, reopenLab } from './session.ts';
import { reportFailure, useActivity, useRuns } from './stores.ts';

const MOST_RECOVERIES = 3;
/** Within which they count as in a row. */
const RECENT_MS = 10 * 60_000;

let recoveries: number[] = [];

/** What was under way when a worker was lost. */
export interface UnderWay {
  readonly runId: string;
  readonly paused: boolean;
}

/** Null where nothing trained. */
export function underWay(): UnderWay | null {
  const { activity } = useActivity.getState();
  if (activity.state !== 'training' && activity.state !== 'pausing' && activity.state !== 'paused') return null;
  return activity.current === null ? null : { runId: activity.current, paused: activity.state !== 'training' };
}

export function mayRecover(now = Date.now()): boolean {
  recoveries = recoveries.filter((at) => now - at < RECENT_MS);
  return recoveries.length < MOST_RECOVERIES;
}

export async function recover({ runId, paused }: UnderWay): Promise<void> {
  recoveries.push(Date.now());
  try {
    await reopenLab();
    await lab.resumeRun({ runId, device: null, learningRate: null, anyway: false });
    if (paused) await lab.pause();
    const run = useRuns.getState().runs[runId];
    notify({
      text: `The lab’s worker was lost; a new one goes on with ${run ? MODEL_TITLES[run.model] : 'the run'} from where it was saved.`,
    });
  } catch (error) {
    reportFailure(failureOf(error));
  }
}
