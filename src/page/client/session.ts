/** The one connection of this page to its worker: opened at the start, and again after the worker has died. */
import type { LabEvent } from '#contract/lab.ts';
import { callsThrough } from '#contract/remote.ts';
import { failureOf, LabError } from '#core/failure.ts';
import { LabClient, startWorker, type Lab } from './client.ts';
import { applyEvent, applySnapshot } from './events.ts';
import { EventCoalescer } from './eventCoalescer.ts';
import { useActivity, useConnection, useDatasets } from './stores.ts';
import { mayBlock, inFlight, type InFlight } from './inFlight.ts';
import { watch } from './watchdog.ts';
import { missingFeature } from './support.ts';

/** Steps and epochs can be many a second; what begins, ends or fails is shown at once. */
const canWait = (event: LabEvent) =>
  event.type === 'progress' || (event.type === 'run' && event.run.state === 'training');

let client: LabClient | null = null;
let opening: Promise<LabClient> | null = null;
let reportLost: (lost: InFlight) => void = () => {};

/** @param listener called with what trained when the worker is lost */
export function onTrainingLost(listener: (lost: InFlight) => void): void {
  reportLost = listener;
}

/** Starts the worker and fills the stores; what goes wrong becomes the connection's failure. Never throws. */
export async function openLab(): Promise<void> {
  try {
    await connected();
  } catch (error) {
    useConnection.setState({ state: 'failed', failure: failureOf(error) });
  }
}

/** Ends the old worker and starts a new one. */
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
    events.flush();
    const lost = inFlight();
    useConnection.setState({ state: 'failed', failure });
    useActivity.setState({ activity: { state: 'idle' }, progress: null });
    useDatasets.setState({ download: null });
    if (lost) reportLost(lost);
  });
  const events = new EventCoalescer<LabEvent>((event) => client === fresh && applyEvent(event), canWait);
  const mayHang = () => {
    const running = inFlight();
    return client === fresh && running !== null && !mayBlock(running);
  };
  const endWatch = watch(
    mayHang,
    () => fresh.calls.ping(),
    () => fresh.hang(),
  );
  client = fresh;
  const snapshot = await fresh.connect((event) => events.push(event));
  // the snapshot holds what the events before it said
  events.flush();
  applySnapshot(snapshot);
  return fresh;
}

/** The lab of this page: each call waits until the worker is there, and fails when it is gone. */
export const lab: Lab = callsThrough<Lab>(async (name, args) => (await connected()).call(name, args));
