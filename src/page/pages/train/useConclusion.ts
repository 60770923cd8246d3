/** Once an experiment has ended, the comparison of its models in one sentence. */
import { conclusionOf } from '#core/comparison/conclusion.ts';
import type { RunRecord } from '#core/runs/run.ts';
import { useComparison } from '../../runs/useComparison.ts';
import type { ShownExperiment } from './shownExperiment.ts';

const NOTHING: readonly RunRecord[] = [];

/** @returns null before its end, and where there is nothing to compare */
export function useConclusion({ runs, planned }: ShownExperiment): string | null {
  const hasEnded = runs.length > 1 && planned.length === 0 && runs.every(({ state }) => state === 'done');
  const { comparison, failure, asking } = useComparison(hasEnded ? runs : NOTHING, null);
  if (!hasEnded || asking) return null;
  if (failure !== null) return `The models could not be compared. ${failure.what}`;
  if (comparison === null) return null;
  return conclusionOf(comparison);
}
