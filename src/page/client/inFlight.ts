/** The training in this page's worker, which has to resume if the worker is lost. */
import { useActivity, useRuns } from './stores.ts';

export interface InFlight {
  readonly runId: string;
  readonly paused: boolean;
}

/** Null where nothing trains. */
export function inFlight(): InFlight | null {
  const { activity } = useActivity.getState();
  if (activity.state !== 'training' && activity.state !== 'pausing' && activity.state !== 'paused') return null;
  return activity.current === null ? null : { runId: activity.current, paused: activity.state !== 'training' };
}

/** On the reference device a step may take the worker's thread for minutes. */
export function mayBlock({ runId }: InFlight): boolean {
  return useRuns.getState().runs[runId]?.device.kind === 'reference';
}
