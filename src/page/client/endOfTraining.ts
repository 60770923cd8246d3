/** Tells of the end of a training: in the title of a tab that is not looked at, and as a notification where a person asked for one. */
import { create } from 'zustand';
import { z } from 'zod';
import { createPersisted } from '../ui/persisted.ts';
import { outcomeInWords } from './queue.ts';
import { useActivity, useQueue, useRuns } from './stores.ts';

export const useNotifications = createPersisted<{ readonly wanted: boolean }>({
  key: 'minicopilot.notifications',
  what: 'whether the end of a training is notified',
  schema: z.object({ wanted: z.boolean().catch(false) }),
  empty: {},
});

/** How the last training ended, until somebody looks at the page. */
export const useEnded = create<{ readonly text: string | null }>()(() => ({ text: null }));

/** Undefined where the browser has no notifications. */
export function notificationPermission(): NotificationPermission | undefined {
  return 'Notification' in globalThis ? Notification.permission : undefined;
}

/** Asks the browser where it has to be asked; call it from a click. @returns whether notifications are shown from now on */
export async function wantNotifications(wanted: boolean): Promise<boolean> {
  const allowed = wanted && 'Notification' in globalThis && (await Notification.requestPermission()) === 'granted';
  useNotifications.setState({ wanted: allowed });
  return allowed;
}

/** @returns ends it */
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
    if (now.state === 'idle' && (before.state === 'training' || before.state === 'pausing')) tell(before.experiment);
  });
  return () => {
    for (const event of events) document.removeEventListener(event, seen);
    document.removeEventListener('visibilitychange', onVisible);
    stop();
  };
}

function tell(experiment: string): void {
  const record = useQueue.getState().experiments.find(({ id }) => id === experiment);
  const runs = Object.values(useRuns.getState().runs).filter((run) => run.experiment === experiment);
  const text = record ? outcomeInWords([record]) : `${runs.length} ${runs.length === 1 ? 'run' : 'runs'}.`;
  useEnded.setState({ text: 'Done' });
  if (!useNotifications.getState().wanted || notificationPermission() !== 'granted') return;
  try {
    const shown = new Notification('Training has ended', { body: text, tag: 'minicopilot-training' });
    shown.addEventListener('click', () => window.focus());
  } catch {
    // Some browsers on phones allow it only in a service worker: the title tells of it all the same.
  }
}
