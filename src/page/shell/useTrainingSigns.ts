/** The tab's title: the page, while training how far it is, and then that it has ended. And a question before a tab that trains is closed. */
import { useEffect } from 'react';
import { modelTitle } from '#core/models/registry.ts';
import { shareDone } from '../client/progress.ts';
import { useEnded, watchEnds } from '../client/ends.ts';
import { countItems, useShownQueue } from '../client/queue.ts';
import { useActivity, useRuns } from '../client/stores.ts';
import { titleOf, type PagePath } from './pages.ts';

const NAME = 'Minicopilot Lab';

export function useTrainingSigns(page: PagePath): void {
  const state = useActivity(({ activity }) => activity.state);
  const percent = useActivity(({ progress }) => (progress ? Math.floor(shareDone(progress) * 100) : null));
  const runId = useActivity(({ progress }) => progress?.runId);
  const model = useRuns(({ runs }) => (runId ? runs[runId]?.model : undefined));

  const ended = useEnded(({ text }) => text);
  const { all, ended: count } = countItems(useShownQueue().filter(({ halt }) => halt === null));
  const place = all > 0 ? `${Math.min(count + 1, all)}/${all} · ` : '';

  useEffect(watchEnds, []);
  useEffect(() => {
    const what = model ? `${modelTitle(model)} ${percent ?? 0}%` : 'Starting';
    const signs =
      state === 'idle'
        ? [ended].filter((text) => text !== null)
        : [`${state === 'paused' ? 'Paused, ' : ''}${place}${what}`];
    document.title = [...signs, titleOf(page), NAME].join(' · ');
  }, [state, percent, model, page, place, ended]);

  useEffect(() => {
    if (state === 'idle' || state === 'watching') return;
    const ask = (event: BeforeUnloadEvent) => event.preventDefault();
    addEventListener('beforeunload', ask);
    return () => removeEventListener('beforeunload', ask);
  }, [state]);
}
