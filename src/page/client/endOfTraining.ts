/** A notification at the end of a training, if the user asked for one. */
import { z } from 'zod';
import { createPersisted } from '../ui/persisted.ts';
import { outcomeInWords } from './queue.ts';
import { useQueue, useRuns } from './stores.ts';

export const useNotifications = createPersisted<{ readonly wanted: boolean }>({
  key: 'minicopilot.notifications',
  what: 'whether the end of a training is notified',
  schema: z.object({ wanted: z.boolean().catch(false) }),
  empty: {},
});

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

/** Tells that the training of an experiment has ended, where that is wanted. */
export function notifyEnd(experiment: string): void {
  const record = useQueue.getState().experiments.find(({ id }) => id === experiment);
  const runs = Object.values(useRuns.getState().runs).filter((run) => run.experiment === experiment);
  const text = record ? outcomeInWords([record]) : `${runs.length} ${runs.length === 1 ? 'run' : 'runs'}.`;
  if (!useNotifications.getState().wanted || notificationPermission() !== 'granted') return;
  try {
    const shown = new Notification('Training has ended', { body: text, tag: 'minicopilot-training' });
    shown.addEventListener('click', () => window.focus());
  } catch {
    // Some browsers on phones allow it only in a service worker: the title tells of it all the same.
  }
}
