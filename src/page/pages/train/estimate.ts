/** The expected time of a training, requested from the worker when the settings have not changed for a while and nothing else runs. */
import { useDebouncedValue } from '@mantine/hooks';
import { useEffect, useRef, useState } from 'react';
import type { EstimatedModel } from '#contract/lab.ts';
import type { StoredDataset } from '#core/data/stored.ts';
import type { StartRequest } from '#core/runs/training.ts';
import type { TrainingConfig } from '#core/settings/config.ts';
import { lab } from '../../client/session.ts';
import { useActivity, useConnection, useDatasets, useImport, useRateFinder } from '../../client/stores.ts';
import { useTrainForm } from './form.ts';
import { chosenModels } from './plan.ts';
import { threadsOf } from './threads.ts';

/** Milliseconds without a change before the worker is asked: it may take a second of computing. */
const PAUSE = 700;

export type Estimate =
  | { readonly state: 'none' }
  | { readonly state: 'asking' }
  | { readonly state: 'known'; readonly models: readonly EstimatedModel[] };

interface Answered {
  readonly wanted: string;
  readonly models: readonly EstimatedModel[] | null;
}

/** @param config null while a number is out of bounds @param dataset undefined while it is not stored */
export function useEstimate(config: TrainingConfig | null, dataset: StoredDataset | undefined): Estimate {
  const ready = useConnection(({ state }) => state === 'ready');
  const devices = useConnection((state) => state.devices);
  const idle = useActivity(({ activity }) => activity.state === 'idle');
  const loading = useDatasets(({ download }) => download !== null);
  const importing = useImport((state) => state.importing.state === 'working');
  const searching = useRateFinder(({ search }) => search.state === 'working');
  const form = useTrainForm();
  const { kinds, variants, device, starting } = form;
  const threads = threadsOf(form, devices);
  const models = chosenModels(kinds, variants);
  const quiet = ready && idle && !loading && !importing && !searching && !starting;
  const request: StartRequest | null =
    config && dataset && models.length > 0 && threads !== null
      ? { datasetId: dataset.manifest.id, models, config, device, threads }
      : null;
  const wanted = request && JSON.stringify({ ...request, sha256: dataset?.manifest.sha256 });
  const [settled] = useDebouncedValue(quiet ? wanted : null, PAUSE);
  const latest = useRef(request);
  useEffect(() => {
    latest.current = request;
  });
  const [answered, setAnswered] = useState<Answered | null>(null);

  useEffect(() => {
    if (settled === null || !latest.current) return undefined;
    let current = true;
    const answer = (estimated: readonly EstimatedModel[] | null) => {
      if (current) setAnswered({ wanted: settled, models: estimated });
    };
    // The memory plan already says what cannot be computed here.
    lab.estimate(latest.current).then(answer, () => answer(null));
    return () => {
      current = false;
    };
  }, [settled]);

  if (wanted === null) return { state: 'none' };
  if (answered?.wanted === wanted) {
    return answered.models ? { state: 'known', models: answered.models } : { state: 'none' };
  }
  return quiet ? { state: 'asking' } : { state: 'none' };
}
