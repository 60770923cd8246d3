/** The experiment the Train page shows: the one in training, else the newest that is stored. Of several configurations one is shown. */
import { useMemo } from 'react';
import { useShallow } from 'zustand/react/shallow';
import { isOf, type ModelChoice } from '#core/models/registry.ts';
import { runSettingsInWords, settingsThatDiffer } from '#core/runs/runNames.ts';
import { sameConfig } from '#core/settings/sameConfig.ts';
import type { RunRecord } from '#core/runs/run.ts';
import { newestExperiment } from '../../client/experiments.ts';
import { useActivity, useRuns } from '../../client/stores.ts';

export interface ShownExperiment {
  /** Null before the first. */
  readonly experiment: string | null;
  /** Of one configuration, the one that trains or trained last, in the order they train. */
  readonly runs: readonly RunRecord[];
  /** What the shown configuration is among those of the experiment: `rate 0.002, seed 43`; null where there is one. */
  readonly configuration: string | null;
  /** Models asked for that have no run yet. */
  readonly planned: readonly ModelChoice[];
}

export function useShownExperiment(): ShownExperiment {
  const active = useActivity(({ activity }) => (activity.state === 'idle' ? null : activity.experiment));
  const current = useActivity(({ activity }) => (activity.state === 'idle' ? null : activity.current));
  const models = useActivity(useShallow(({ activity }) => (activity.state === 'idle' ? [] : activity.models)));
  const runs = useRuns(useShallow((state) => Object.values(state.runs)));
  return useMemo(() => {
    const experiment = active ?? newestExperiment(runs);
    const all = runs.filter((run) => run.experiment === experiment).toSorted((a, b) => a.createdAt - b.createdAt);
    const last = all.find(({ id }) => id === current) ?? all.at(-1);
    const shown = all.filter(({ config }) => last !== undefined && sameConfig(config, last.config));
    const isOne = shown.length === all.length || last === undefined;
    const configuration = isOne ? null : runSettingsInWords(last, settingsThatDiffer(all));
    return {
      experiment,
      runs: shown,
      configuration,
      planned: models.filter((model) => !shown.some((run) => isOf(run.model, model))),
    };
  }, [active, current, models, runs]);
}
