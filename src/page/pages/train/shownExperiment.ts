/** The experiment the Train page shows: the one in training, else the newest that is stored. */
import { useMemo } from 'react';
import { useShallow } from 'zustand/react/shallow';
import { isOf, type ModelChoice } from '#core/models/registry.ts';
import type { RunRecord } from '#core/runs/run.ts';
import { newestExperiment } from '../../client/experiments.ts';
import { useActivity, useRuns } from '../../client/stores.ts';

export interface ShownExperiment {
  /** Null before the first. */
  readonly experiment: string | null;
  /** In the order they train. */
  readonly runs: readonly RunRecord[];
  /** Models asked for that have no run yet. */
  readonly planned: readonly ModelChoice[];
}

export function useShownExperiment(): ShownExperiment {
  const active = useActivity(({ activity }) => (activity.state === 'idle' ? null : activity.experiment));
  const models = useActivity(useShallow(({ activity }) => (activity.state === 'idle' ? [] : activity.models)));
  const runs = useRuns(useShallow((state) => Object.values(state.runs)));
  return useMemo(() => {
    const experiment = active ?? newestExperiment(runs);
    const shown = runs.filter((run) => run.experiment === experiment).toSorted((a, b) => a.createdAt - b.createdAt);
    return { experiment, runs: shown, planned: models.filter((model) => !shown.some((run) => isOf(run.model, model))) };
  }, [active, models, runs]);
}
