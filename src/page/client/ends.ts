/** Whether a training has just ended: the title says so until somebody uses the page. */
import { create } from 'zustand';
import { lazyImport } from '../ui/lazyImport.ts';
import { useActivity } from './stores.ts';

export const useEnded = create<{ readonly text: string | null }>()(() => ({ text: null }));

/** @returns a function that stops listening */
export function watchEnds(): () => void {
  const seen = () => useEnded.setState({ text: null });
  const onVisible = () => {
    if (document.visibilityState === 'visible') seen();
  };
  const events = ['pointerdown', 'keydown'] as const;
  for (const event of events) document.addEventListener(event, seen);
  document.addEventListener('visibilitychange', onVisible);
  const stop = useActivity.subscribe(({ activity: now }, { activity: before }) => {
    if (now.state !== 'idle') seen();
    // the tab that trained tells of it, and only of what came to its end
    if (now.state !== 'idle' || (before.state !== 'training' && before.state !== 'pausing')) return;
    useEnded.setState({ text: 'Done' });
    void lazyImport(() => import('./endOfTraining.ts')).then(({ notifyEnd }) => notifyEnd(before.experiment));
  });
  return () => {
    for (const event of events) document.removeEventListener(event, seen);
    document.removeEventListener('visibilitychange', onVisible);
    stop();
  };
}
