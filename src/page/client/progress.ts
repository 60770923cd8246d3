/** The progress of a training, as shown to the user. */
import type { Activity } from '#contract/lab.ts';
import type { TrainingPhase, TrainingProgress } from '#core/runs/training.ts';

/** Share of the epoch that its training takes; the rest is its validation. */
const TRAINING_SHARE = 0.85;

/** Share of a run that is done if it uses all its epochs, from 0 to 1. */
export function shareDone({ phase, epoch, epochs, step, steps, part }: TrainingProgress): number {
  const within = steps > 0 ? Math.min(1, (step + part) / steps) : 0;
  switch (phase) {
    case 'preparing':
      return 0;
    case 'training':
      return (epoch - 1 + within * TRAINING_SHARE) / epochs;
    case 'validating':
      return (epoch - 1 + TRAINING_SHARE + within * (1 - TRAINING_SHARE)) / epochs;
    case 'searching':
    case 'testing':
      return 1;
    default:
      return phase satisfies never;
  }
}

export const PHASE_TITLES: Readonly<Record<TrainingPhase, string>> = {
  preparing: 'preparing',
  training: 'training',
  validating: 'measuring on validation',
  searching: 'searching the cache’s settings',
  testing: 'measuring on test',
};

/** From 1, which model of how many is under way; null while none is. */
export function modelPlace(activity: Activity): { readonly at: number; readonly of: number } | null {
  if (activity.state === 'idle' || activity.current === null) return null;
  const at = activity.runIds.indexOf(activity.current);
  return at < 0 ? null : { at: at + 1, of: activity.models.length };
}
