/**
 * A worker that dies or hangs during training is replaced, and the run resumes from its last checkpoint. This happens only a few times in a
 * row: after that the user has to look at the problem.
 */
import { modelTitle } from '#core/models/registry.ts';
import { failureOf } from '#core/failure.ts';
import { notify } from '../ui/notices.ts';
import { lab, onTrainingLost, reopenLab } from './session.ts';
import { useRuns } from './stores.ts';
import { reportFailure } from '../ui/failures.ts';
import type { InFlight } from './inFlight.ts';

const MAX_RECOVERIES = 3;
/** Within which they count as in a row. */
const RECENT_MS = 10 * 60_000;

let recoveries: number[] = [];

/** From now on, resumes automatically what a lost worker trained. */
export function recoverRuns(): void {
  onTrainingLost((lost) => {
    if (mayRecover()) void recover(lost);
  });
}

function mayRecover(now = Date.now()): boolean {
  recoveries = recoveries.filter((at) => now - at < RECENT_MS);
  return recoveries.length < MAX_RECOVERIES;
}

async function recover({ runId, paused }: InFlight): Promise<void> {
  recoveries.push(Date.now());
  try {
    await reopenLab();
    await lab.resumeFromCheckpoint({ runId, anyway: false });
    if (paused) await lab.pause();
    const run = useRuns.getState().runs[runId];
    notify({
      text: `The lab’s worker was lost. A new one resumes ${run ? modelTitle(run.model) : 'the run'} from its last checkpoint.`,
    });
  } catch (error) {
    reportFailure(failureOf(error));
  }
}
