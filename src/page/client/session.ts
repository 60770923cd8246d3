/** The one connection of this page to its worker: opened at start, opened again when the worker has died. */
import type { LabEvent } from '#contract/lab.ts';
import { failureOf, LabError } from '#core/failure.ts';
import { LabClient, startWorker, type Lab } from './client.ts';
import { applyEvent, applySnapshot } from './events.ts';
import { Pacing } from './pacing.ts';
import { useActivity, useConnection, useDatasets } from './stores.ts';
import { mayBlock, inFlight, type InFlight } from './inFlight.ts';
import { watch } from './watchdog.ts';
import { missingFeature } from './support.ts';

/** Steps and epochs can be many a second; what begins, ends or fails is told at once. */
const canWait = (event: LabEvent) =>
  event.type === 'progress' || (event.type === 'run' && event.run.state === 'training');

let client: LabClient | null = null;
let opening: Promise<LabClient> | null = null;
let tellLost: (lost: InFlight) => void = () => {};

/** @param listener is told of what trained when the worker was lost */
export function onTrainingLost(listener: (lost: InFlight) => void): void {
  tellLost = listener;
}

/** Starts the worker and fills the stores; what goes wrong becomes the connection's failure. Never throws. */
export async function openLab(): Promise<void> {
  try {
    await connected();
  } catch (error) {
    useConnection.setState({ state: 'failed', failure: failureOf(error) });
  }
}

/** Ends what is left of the old worker and starts a new one. */
export async function reopenLab(): Promise<void> {
  client?.close();
  client = null;
  opening = null;
  await openLab();
}

function connected(): Promise<LabClient> {
  opening ??= open();
  return opening;
}

async function open(): Promise<LabClient> {
  useConnection.setState({ state: 'connecting', failure: null });
  const missing = missingFeature();
  if (missing) throw new LabError(missing);
  const fresh = new LabClient(startWorker(), (failure) => {
    endWatch();
    if (client !== fresh) return;
    news.flush();
    const lost = inFlight();
    useConnection.setState({ state: 'failed', failure });
    useActivity.setState({ activity: { state: 'idle' }, progress: null });
    useDatasets.setState({ download: null });
    if (lost) tellLost(lost);
  });
  const news = new Pacing<LabEvent>((event) => client === fresh && applyEvent(event), canWait);
  const mayHang = () => {
    const running = inFlight();
    return client === fresh && running !== null && !mayBlock(running);
  };
  const endWatch = watch(
    mayHang,
    () => fresh.ping(),
    () => fresh.hang(),
  );
  client = fresh;
  const snapshot = await fresh.connect((event) => news.take(event));
  // what came before it is in it
  news.flush();
  applySnapshot(snapshot);
  return fresh;
}

/** The lab of this page: each call waits until the worker is there, and fails when it is gone. */
export const lab: Lab = {
  ping: async () => (await connected()).ping(),
  offered: async () => (await connected()).offered(),
  download: async (offer) => (await connected()).download(offer),
  cancelDownload: async () => (await connected()).cancelDownload(),
  importDataset: async (request) => (await connected()).importDataset(request),
  cancelImport: async () => (await connected()).cancelImport(),
  rows: async (request) => (await connected()).rows(request),
  deleteDataset: async (id) => (await connected()).deleteDataset(id),
  plan: async (request) => (await connected()).plan(request),
  start: async (request) => (await connected()).start(request),
  pause: async () => (await connected()).pause(),
  unpause: async () => (await connected()).unpause(),
  step: async () => (await connected()).step(),
  stop: async () => (await connected()).stop(),
  resumeFromCheckpoint: async (request) => (await connected()).resumeFromCheckpoint(request),
  estimate: async (request) => (await connected()).estimate(request),
  steps: async (runIds) => (await connected()).steps(runIds),
  label: async (label) => (await connected()).label(label),
  deleteRuns: async (ids) => (await connected()).deleteRuns(ids),
  restoreRuns: async (ids) => (await connected()).restoreRuns(ids),
  exportDamaged: async (record) => (await connected()).exportDamaged(record),
  deleteDamaged: async (record) => (await connected()).deleteDamaged(record),
  restoreDamaged: async (record) => (await connected()).restoreDamaged(record),
  compare: async (request) => (await connected()).compare(request),
  exportRun: async (request) => (await connected()).exportRun(request),
  importRuns: async (request) => (await connected()).importRuns(request),
  weights: async (runId, format) => (await connected()).weights(runId, format),
  exportDataset: async (id) => (await connected()).exportDataset(id),
  checkOracle: async (oracleCase) => (await connected()).checkOracle(oracleCase),
  replay: async (request) => (await connected()).replay(request),
  logits: async (request) => (await connected()).logits(request),
  checkFullSize: async (fullSizeCase) => (await connected()).checkFullSize(fullSizeCase),
};
