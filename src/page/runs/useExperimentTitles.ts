/** Titles of experiments: the name that the user gave, else what varies in them. */
import { useMemo } from 'react';
import { experimentTitle } from '#core/experiments/table.ts';
import type { RunRecord } from '#core/runs/run.ts';
import { experimentsOf } from '../client/experiments.ts';
import { useRuns } from '../client/stores.ts';
import { experimentName } from './list.ts';

const NONE: ReadonlyMap<string, string> = new Map();

/** @param runs null where the titles are not needed */
export function useExperimentTitles(runs: readonly RunRecord[] | null): ReadonlyMap<string, string> {
  const labels = useRuns((state) => state.labels);
  return useMemo(() => {
    if (runs === null) return NONE;
    return new Map(
      experimentsOf(runs).map(({ id, runs: own }) => [id, experimentName(labels, id) ?? experimentTitle(own)]),
    );
  }, [runs, labels]);
}
