/** The comparison of the shown runs, requested from the worker whenever its input changes. */
import { useDebouncedValue } from '@mantine/hooks';
import { useEffect, useRef, useState } from 'react';
import type { CompareRequest } from '#contract/lab.ts';
import { poolKey } from '#core/comparison/pools.ts';
import type { Comparison } from '#core/comparison/comparison.ts';
import { failureOf, type Failure } from '#core/failure.ts';
import type { RunRecord } from '#core/runs/run.ts';
import { lab } from '../client/session.ts';
import { useRuns } from '../client/stores.ts';

export interface Compared {
  /** The last answer; null before the first. */
  readonly comparison: Comparison | null;
  readonly failure: Failure | null;
  /** A newer answer is on its way. */
  readonly asking: boolean;
}

const PAUSE = 150;

interface Answered extends Pick<Compared, 'comparison' | 'failure'> {
  readonly wanted: string;
}

let turn: Promise<unknown> = Promise.resolve();

/** One after the other: the worker would read for all at once, and the smallest comparison would wait for the largest. */
function inTurn<T>(ask: () => Promise<T>): Promise<T> {
  const answer = turn.then(ask);
  turn = answer.catch(() => undefined);
  return answer;
}

/** @param baseline id of the pinned run */
export function useComparison(runs: readonly RunRecord[], baseline: string | null): Compared {
  const pinned = useRuns((state) => (baseline === null ? undefined : state.runs[baseline]));
  const key = pinned ? poolKey(pinned) : null;
  // A run that trains changes at every epoch: as text the same state of all runs is the same value.
  const state = runs.map(({ id, epochs, state: now }) => `${id} ${epochs.length} ${now}`).join('\n');
  const wanted = runs.length > 0 ? JSON.stringify([key, state]) : null;
  const [settled] = useDebouncedValue(wanted, PAUSE);
  const latest = useRef<CompareRequest>({ runIds: [], baseline: null });
  useEffect(() => {
    latest.current = { runIds: runs.map(({ id }) => id), baseline: key };
  });
  const [answered, setAnswered] = useState<Answered | null>(null);

  useEffect(() => {
    if (settled === null) return undefined;
    let current = true;
    const answer = (result: Pick<Compared, 'comparison' | 'failure'>) => {
      if (current) setAnswered({ ...result, wanted: settled });
    };
    inTurn(async () => (current ? lab.compare(latest.current) : null)).then(
      (comparison) => comparison && answer({ comparison, failure: null }),
      (error: unknown) => answer({ comparison: null, failure: failureOf(error) }),
    );
    return () => {
      current = false;
    };
  }, [settled]);

  if (wanted === null) return { comparison: null, failure: null, asking: false };
  return {
    comparison: answered?.comparison ?? null,
    failure: answered?.failure ?? null,
    asking: answered?.wanted !== wanted,
  };
}
