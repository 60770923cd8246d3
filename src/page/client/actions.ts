/** Actions of clicks: each calls the lab, sets the state shown meanwhile, and shows a failure above the pages. */
import { attempt } from '../ui/failures.ts';
import type { OfferedDataset, StoredDataset } from '#core/data/stored.ts';
import type { StartRequest } from '#core/runs/training.ts';
import type { AnySplit } from '#core/data/manifest.ts';
import { fail, failureOf } from '#core/failure.ts';
import type { QueueRequest } from '#contract/lab.ts';
import type { QueueEdit } from '#core/experiments/queue.ts';
import { lab } from './session.ts';
import { useActivity, useDatasets, useRateFinder } from './stores.ts';

/** Asks the server what it offers; a server without data sets is a state of the page, not an alarm above it. */
export async function askOffered(): Promise<void> {
  useDatasets.setState({ offered: { state: 'asking' } });
  try {
    useDatasets.setState({ offered: { state: 'known', list: await lab.offered() } });
  } catch (error) {
    useDatasets.setState({ offered: { state: 'failed', failure: failureOf(error) } });
  }
}

/**
 * Brings a data set into the browser; call it from a click, since only then may the page ask for durable storage.
 * @throws LabError as the worker gives it
 */
export async function downloadDataset(offer: OfferedDataset): Promise<StoredDataset> {
  useDatasets.setState({ download: { datasetId: offer.id, progress: null } });
  try {
    askDurableStorage();
    const stored = await lab.download(offer);
    useDatasets.setState((state) =>
      state.stored.some(({ manifest }) => manifest.id === stored.manifest.id)
        ? {}
        : { stored: [...state.stored, stored] },
    );
    return stored;
  } finally {
    useDatasets.setState({ download: null });
    await measureStorage();
  }
}

export const cancelDownload = () => attempt(() => lab.cancelDownload());

export const deleteDataset = (id: string) =>
  attempt(async () => {
    await lab.deleteDataset(id);
    useDatasets.setState(({ stored }) => ({ stored: stored.filter(({ manifest }) => manifest.id !== id) }));
    await measureStorage();
  });

/**
 * @param row its place in the split, from 0
 * @returns its ids, PAD left out
 * @throws LabError `not-found`, `damaged-shard`
 */
export async function readRow(datasetId: string, split: AnySplit, row: number): Promise<Uint16Array> {
  const [ids] = await lab.rows({ datasetId, split, rows: [row] });
  return ids ?? new Uint16Array();
}

/**
 * Downloads the data set first where it is not stored yet, then starts.
 * @param request made of the data set once it is stored
 */
export const startTraining = (datasetId: string, request: (dataset: StoredDataset) => StartRequest) =>
  attempt(async () => void (await lab.start(request(await storedDataset(datasetId)))));

/** As `startTraining`; the experiment begins after what is in the queue. */
export const enqueue = (datasetId: string, request: (dataset: StoredDataset) => QueueRequest) =>
  attempt(async () => void (await lab.enqueue(request(await storedDataset(datasetId)))));

/** Downloads the data set where it is not stored yet. @throws LabError `not-found` */
async function storedDataset(datasetId: string): Promise<StoredDataset> {
  const { stored, offered } = useDatasets.getState();
  const here = stored.find(({ manifest }) => manifest.id === datasetId);
  if (here) return here;
  const offer = offered.state === 'known' ? offered.list.find(({ id }) => id === datasetId) : undefined;
  if (offer) return downloadDataset(offer);
  return fail(
    'not-found',
    `The data set “${datasetId}” is neither in this browser nor on this server.`,
    'Choose another data set, or prepare this one with npm run data.',
  );
}

export const editQueue = (edit: QueueEdit) => attempt(() => lab.editQueue(edit));
export const releaseExperiment = (experiment: string) => attempt(() => lab.releaseExperiment(experiment));
export const skipRun = (runId: string) => attempt(() => lab.skipRun(runId));

/** Searches a learning rate for each model of a request; how far it is and what it found are in the store. */
export async function findRates(datasetId: string, request: (dataset: StoredDataset) => StartRequest): Promise<void> {
  useRateFinder.setState({ search: { state: 'working', progress: [] } });
  try {
    const found = await lab.findRates(request(await storedDataset(datasetId)));
    useRateFinder.setState(({ search }) => {
      if (found) return { search: { state: 'done', found } };
      return { search: { state: 'stopped', progress: search.state === 'working' ? search.progress : [] } };
    });
  } catch (error) {
    useRateFinder.setState({ search: { state: 'failed', failure: failureOf(error) } });
  }
}

export const stopFindingRates = () => attempt(() => lab.stopFindingRates());

/** Stops the training, waits for its end, and starts again. @param start starts it */
export const restartTraining = (start: () => Promise<void>) =>
  attempt(async () => {
    await lab.stop();
    await untilIdle();
    await start();
  });

function untilIdle(): Promise<void> {
  return new Promise((resolve) => {
    const idle = () => useActivity.getState().activity.state === 'idle';
    if (idle()) {
      resolve();
      return;
    }
    const stop = useActivity.subscribe(() => {
      if (!idle()) return;
      stop();
      resolve();
    });
  });
}

export const pauseTraining = () => attempt(() => lab.pause());
export const resumeTraining = () => attempt(() => lab.unpause());
export const stepTraining = () => attempt(() => lab.step());
export const stopTraining = () => attempt(() => lab.stop());

export async function togglePause(): Promise<void> {
  const { state } = useActivity.getState().activity;
  if (state === 'training') await pauseTraining();
  else if (state === 'paused') await resumeTraining();
}

/** Nothing waits for the answer: Firefox asks the user, who may never answer. */
export function askDurableStorage(): void {
  void (async () => {
    try {
      if (!(await navigator.storage.persisted())) await navigator.storage.persist();
    } catch {
      // Some browsers lack it or refuse by throwing: measureStorage then says that it is not durable.
    }
    await measureStorage();
  })();
}

/** Reads how much is stored, how much may be, and whether the browser keeps it. */
export async function measureStorage(): Promise<void> {
  try {
    const { usage, quota } = await navigator.storage.estimate();
    useDatasets.setState({
      storage: { durable: await navigator.storage.persisted(), usedBytes: usage ?? null, quotaBytes: quota ?? null },
    });
  } catch {
    useDatasets.setState({ storage: { durable: null, usedBytes: null, quotaBytes: null } });
  }
}
