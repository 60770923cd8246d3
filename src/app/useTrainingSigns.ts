/** While training: how far it is in the tab's title, and a question before the tab is closed. */
import { useEffect } from 'react';
import { MODEL_TITLES } from '../core/format.ts';
import { shareDone } from '../lab/progress.ts';
import { useActivity, useRuns } from '../lab/stores.ts';

const NAME = 'Minicopilot Lab';

export function useTrainingSigns(): void {
  const state = useActivity(({ activity }) => activity.state);
  const percent = useActivity(({ progress }) => (progress ? Math.floor(shareDone(progress) * 100) : null));
  const runId = useActivity(({ progress }) => progress?.runId);
  const model = useRuns(({ runs }) => (runId ? runs[runId]?.model : undefined));

  useEffect(() => {
    const what = model ? `${MODEL_TITLES[model]} ${percent ?? 0}%` : 'Starting';
    document.title = state === 'idle' ? NAME : `${state === 'paused' ? 'Paused, ' : ''}${what} · ${NAME}`;
  }, [state, percent, model]);

  useEffect(() => {
    if (state === 'idle') return;
    const ask = (event: BeforeUnloadEvent) => event.preventDefault();
    addEventListener('beforeunload', ask);
    return () => removeEventListener('beforeunload', ask);
  }, [state]);
}
