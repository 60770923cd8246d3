/** Which runs are compared, and with which baseline; stored in this browser. */
import { z } from 'zod';
import { createPersisted } from '../ui/persisted.ts';

const selectionSchema = z.object({
  /** Ids of the runs that are drawn; none shows the chosen experiment, else the newest. */
  picked: z.array(z.string()).max(10_000).catch([]),
  /** Id of the run that the others are compared with; null leaves the choice to the lab. */
  baseline: z.string().nullable().catch(null),
  /** Id of the experiment that is shown where no run is picked, also with the runs that it is still to get. */
  experiment: z.string().nullable().catch(null),
});
export type Selection = z.infer<typeof selectionSchema>;

export const useSelection = createPersisted<Selection>({
  key: 'minicopilot.compare',
  what: 'which runs are compared',
  schema: selectionSchema,
  empty: {},
});

export function pickRuns(picked: readonly string[]): void {
  useSelection.setState({ picked: [...new Set(picked)], experiment: null });
}

/** Shows the runs of an experiment; null shows the newest. */
export function chooseExperiment(experiment: string | null): void {
  useSelection.setState({ picked: [], experiment });
}

export function pinBaseline(baseline: string | null): void {
  useSelection.setState({ baseline });
}
