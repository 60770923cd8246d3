/** What can complete: the runs that have weights, and the models that come with the site. */
import { useEffect, useMemo } from 'react';
import { useShallow } from 'zustand/react/shallow';
import type { ModelSource } from '#contract/completer.ts';
import { runName } from '#core/runs/runNames.ts';
import { hasWeights, type RunRecord } from '#core/runs/run.ts';
import { readReadyMade, useReadyMade } from '../../client/readyMade.ts';
import { useRuns } from '../../client/stores.ts';

export interface Model {
  readonly name: string;
  /** The stored run; for a ready-made model, one made from its metrics file. */
  readonly run: RunRecord;
  readonly source: ModelSource;
}

/** Newest first, those of the site last; null while it is not known whether there are any. */
export function useModels(): readonly Model[] | null {
  const runs = useRuns(useShallow((state) => Object.values(state.runs)));
  const labels = useRuns((state) => state.labels);
  const readyMade = useReadyMade((state) => state.models);
  useEffect(() => void readReadyMade(), []);
  return useMemo(() => {
    const own = runs
      .filter(hasWeights)
      .toSorted((a, b) => b.createdAt - a.createdAt || b.number - a.number)
      .map((run) => ({ name: runName(run, labels[run.id]), run, source: { runId: run.id, address: null } }));
    const given = (readyMade ?? []).map(({ title, run, address }) => ({
      name: title,
      run,
      source: { runId: run.id, address },
    }));
    return own.length === 0 && readyMade === null ? null : [...own, ...given];
  }, [runs, labels, readyMade]);
}
