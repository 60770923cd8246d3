/** Which runs are compared, and against which: kept in this browser. */
import { create } from 'zustand';
import { z } from 'zod';

const selectionSchema = z.object({
  /** Ids of the runs that are drawn; none shows the newest experiment. */
  picked: z.array(z.string()).max(10_000).catch([]),
  /** Id of the run that the others are held against; null chooses by itself. */
  baseline: z.string().nullable().catch(null),
});
export type Selection = z.infer<typeof selectionSchema>;

const KEY = 'minicopilot.compare';

function kept(): Selection {
  try {
    const text = localStorage.getItem(KEY);
    return selectionSchema.parse(text === null ? {} : JSON.parse(text));
  } catch {
    return { picked: [], baseline: null }; // Refused in some private windows, or not what this lab wrote.
  }
}

export const useSelection = create<Selection>()(() => kept());

function select(change: Partial<Selection>): void {
  useSelection.setState(change);
  try {
    localStorage.setItem(KEY, JSON.stringify(useSelection.getState()));
  } catch {
    // The choice holds for this visit.
  }
}

export function pickRuns(picked: readonly string[]): void {
  select({ picked: [...new Set(picked)] });
}

export function pinBaseline(baseline: string | null): void {
  select({ baseline });
}
