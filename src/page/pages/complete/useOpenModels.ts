/** Models that are open in the worker, opened again when their runs have better weights. */
import { useEffect, useState } from 'react';
import type { OpenModel } from '#contract/completer.ts';
import { completer } from '../../client/completer.ts';
import { showFailure, useCompletion } from './completion.ts';
import type { Model } from './models.ts';

export interface OpenModels {
  /** The model that completes; null until it is open. While newer weights are being opened, it has the previous ones. */
  readonly model: OpenModel | null;
  /** The second model, likewise; null where none is wanted. */
  readonly second: OpenModel | null;
}

interface Opened {
  readonly model: OpenModel;
  readonly second: OpenModel | null;
  /** Workers that had been lost by then: what a lost one had open is open no more. */
  readonly lost: number;
}

/**
 * @param chosen the model that completes
 * @param beside the model that it is compared with; null for none
 * @param attempt another number tries again, after a failure
 */
export function useOpenModels(chosen: Model, beside: Model | null, attempt: number): OpenModels {
  const lost = useCompletion((state) => state.lost);
  const [opened, setOpened] = useState<Opened | null>(null);
  const { runId: id, address } = chosen.source;
  const epoch = chosen.run.bestEpoch;
  const secondId = beside?.source.runId ?? null;
  const secondAddress = beside?.source.address ?? null;
  const secondEpoch = beside?.run.bestEpoch ?? null;
  useEffect(() => {
    let wanted = true;
    const open = async () => {
      // Both each time: the worker keeps the two that were opened last, and has at once what is open already.
      const model = await completer.open({ runId: id, address });
      if (!wanted) return;
      setOpened((before) => withModel(before, model, useCompletion.getState().lost));
      if (secondId === null) return;
      const second = await completer.open({ runId: secondId, address: secondAddress });
      if (wanted) setOpened((before) => before && { ...before, second });
    };
    open().catch((error: unknown) => wanted && showFailure(error));
    return () => {
      wanted = false;
    };
    // oxlint-disable-next-line react/exhaustive-effect-dependencies -- another epoch has other weights under the same id
  }, [id, address, epoch, secondId, secondAddress, secondEpoch, attempt]);

  if (opened?.model.runId !== id || opened.lost !== lost) return { model: null, second: null };
  const { model, second } = opened;
  return { model, second: second?.runId === secondId ? second : null };
}

/** The same object for the same weights, so that nothing is asked again for being opened once more. */
function withModel(before: Opened | null, model: OpenModel, lost: number): Opened {
  if (before?.model.runId !== model.runId || before.lost !== lost) return { model, second: null, lost };
  return before.model.epoch === model.epoch ? before : { ...before, model };
}
