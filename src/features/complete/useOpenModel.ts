/** Models that are open in the worker, opened again when their run has better weights. */
import { useEffect, useState } from 'react';
import type { OpenModel } from '../../../workers/protocol-complete.ts';
import type { RunRecord } from '../../core/run.ts';
import { completer } from '../../lab/completer.ts';
import { showFailure } from './completion.ts';

/**
 * @param run whose best weights are wanted; null for none
 * @param attempt another number tries again, after the worker was lost
 * @returns null until it is open; while newer weights are being opened, those of before
 */
export function useOpenModel(run: RunRecord | null, attempt: number): OpenModel | null {
  const [opened, setOpened] = useState<{
    readonly model: OpenModel;
    readonly attempt: number;
    readonly epoch: number | null;
  } | null>(null);
  const id = run?.id ?? null;
  const epoch = run?.bestEpoch ?? null;
  useEffect(() => {
    if (id === null) return undefined;
    let wanted = true;
    completer.open(id).then(
      (model) => wanted && setOpened({ model, attempt, epoch }),
      (error: unknown) => wanted && showFailure(error),
    );
    return () => {
      wanted = false;
    };
  }, [id, epoch, attempt]);
  return opened?.model.runId === id && opened.attempt === attempt ? opened.model : null;
}
