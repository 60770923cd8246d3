/** The tab's title: the page, and while training how far it is. And a question before a tab that trains is closed. */
import { useEffect } from 'react';
import { modelTitle } from '#core/models/registry.ts';
import { shareDone } from '../client/progress.ts';
import { useActivity, useRuns } from '../client/stores.ts';
import { titleOf, type PagePath } from './pages.ts';

const NAME = 'Minicopilot Lab';

export function useTrainingSigns(page: PagePath): void {
  const state = useActivity(({ activity }) => activity.state);
  const percent = useActivity(({ progress }) => (progress ? Math.floor(shareDone(progress) * 100) : null));
  const runId = useActivity(({ progress }) => progress?.runId);
  const model = useRuns(({ runs }) => (runId ? runs[runId]?.model : undefined));

  useEffect(() => {
    const what = model ? `${modelTitle(model)} ${percent ?? 0}%` : 'Starting';
    const training = state === 'idle' ? [] : [`${state === 'paused' ? 'Paused, ' : ''}${what}`];
    document.title = [...training, titleOf(page), NAME].join(' · ');
  }, [state, percent, model, page]);

  useEffect(() => {
    if (state === 'idle' || state === 'watching') return;
    const ask = (event: BeforeUnloadEvent) => event.preventDefault();
    addEventListener('beforeunload', ask);
    return () => removeEventListener('beforeunload', ask);
  }, [state]);
}
