/** The memory that the settings would take on the device, requested from the worker shortly after they change. */
import { useDebouncedValue } from '@mantine/hooks';
import { useEffect, useRef, useState } from 'react';
import type { PlannedModel } from '#contract/lab.ts';
import type { StoredDataset } from '#core/data/stored.ts';
import type { StartRequest } from '#core/runs/training.ts';
import type { TrainingConfig } from '#core/settings/config.ts';
import { failureOf, type Failure } from '#core/failure.ts';
import { lab } from '../../client/session.ts';
import { useConnection } from '../../client/stores.ts';
import { useTrainForm } from './form.ts';
import { chosenModels } from './plan.ts';

export type PlannedMemory =
  { readonly state: 'unknown' } | { readonly state: 'fits'; readonly models: readonly PlannedModel[] } | Refused;

interface Refused {
  readonly state: 'refused';
  readonly failure: Failure;
}

/** Milliseconds without a change before the worker is asked. */
const PAUSE = 250;
const UNKNOWN: PlannedMemory = { state: 'unknown' };

/** @param config null while a number is out of bounds @param dataset undefined while it is not stored */
export function usePlannedMemory(config: TrainingConfig | null, dataset: StoredDataset | undefined): PlannedMemory {
  const ready = useConnection(({ state }) => state === 'ready');
  const { kinds, variants, device } = useTrainForm();
  const models = chosenModels(kinds, variants);
  const request: StartRequest | null =
    ready && config && dataset && models.length > 0 ? { datasetId: dataset.manifest.id, models, config, device } : null;
  // As text the same settings are the same value.
  const wanted = request && JSON.stringify(request);
  const [settled] = useDebouncedValue(wanted, PAUSE);
  const latest = useRef(request);
  useEffect(() => {
    latest.current = request;
  });
  const [answered, setAnswered] = useState(UNKNOWN);

  useEffect(() => {
    if (settled === null || !latest.current) return undefined;
    let current = true;
    const answer = (memory: PlannedMemory) => {
      if (current) setAnswered(memory);
    };
    lab.plan(latest.current).then(
      (planned) => answer({ state: 'fits', models: planned }),
      (error: unknown) => answer({ state: 'refused', failure: failureOf(error) }),
    );
    return () => {
      current = false;
    };
  }, [settled]);

  // While the next answer is awaited the last one stays, so that the line does not flicker.
  return wanted === null ? UNKNOWN : answered;
}
