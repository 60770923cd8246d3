/** Which runs are compared, and against which: kept in this browser. */
import { create } from 'zustand';
import { z } from 'zod';
import { readSettings, writeSettings } from '../ui/settings.ts';

const selectionSchema = z.object({
  /** Ids of the runs that are drawn; none shows the newest experiment. */
  picked: z.array(z.string()).max(10_000).catch([]),
  /** Id of the run that the others are held against; null chooses by itself. */
  baseline: z.string().nullable().catch(null),
});
export type Selection = z.infer<typeof selectionSchema>;

const KEY = 'minicopilot.compare';

export const useSelection = create<Selection>()(() =>
  readSettings({ key: KEY, what: 'which runs are compared', schema: selectionSchema, empty: {} }),
);

function select(change: Partial<Selection>): void {
  useSelection.setState(change);
  writeSettings(KEY, useSelection.getState());
}

export function pickRuns(picked: readonly string[]): void {
  select({ picked: [...new Set(picked)] });
}

export function pinBaseline(baseline: string | null): void {
  select({ baseline });
}
