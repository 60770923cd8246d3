/**
 * Trains what is in the queue, one run after the other. The end of a run is stored in one transaction: its record, its item of
 * the queue, and the run that follows. So whenever the lab is closed, the queue says what is done and what is to be resumed.
 */
import { nameFlags } from '#core/cache/rowTexts.ts';
import { ignoredIds } from '#core/data/vocabulary.ts';
import { combinationCount } from '#core/experiments/pending.ts';
import { configOf, type ExperimentItem, type ExperimentRecord, type StoredFailure } from '#core/experiments/record.ts';
import {
  epochsOfRung,
  findItem,
  halted,
  nextItem,
  withItem,
  withOutcome,
  type Found,
  type ItemRef,
} from '#core/experiments/queue.ts';
import { failureOf, type Failure, type FailureKind } from '#core/failure.ts';
import type { ModelChoice } from '#core/models/registry.ts';
import { bestLoss } from '#core/runs/baseline.ts';
import type { RunRecord } from '#core/runs/run.ts';
import type { TrainingProgress } from '#core/runs/training.ts';
import type { Database } from '#storage/database.ts';
import { findRun, listRuns, nextNumber, type QueueChange } from '#storage/runs.ts';
import { breakdownSum } from '#training/breakdownSum.ts';
import type { Control } from '#training/control.ts';
import { deviceRecordOf, newRun } from '#training/experiment.ts';
import type { RunParts, Resumption } from '#training/job.ts';
import { trainModel } from '#training/trainer.ts';
import type { DamagedRecords } from './damagedRecords.ts';
import type { DeviceSession } from './deviceSession.ts';
import { openSession, sessionKey, storeTrainedRun, type Session, type SessionRequest } from './experiments.ts';
import { findResumable, requireSameBits, type Resumable } from './resumptions.ts';
import type { StoredQueue } from './storedQueue.ts';

export interface QueueTrainerDeps {
  readonly database: Database;
  readonly queue: StoredQueue;
  readonly device: DeviceSession;
  readonly damaged: DamagedRecords;
  readonly control: Control;
  /** An item is prepared. */
  readonly onItem: (found: Found) => void;
  readonly onRun: (run: RunRecord) => void;
  readonly onProgress: (progress: TrainingProgress) => void;
  /** A failure that does not stop the training. */
  readonly onTrouble: (failure: Failure) => void;
  /** @throws LabError where nothing may be stored any more */
  readonly beforeStoring: () => void;
}

/** Failures that the next run would meet too: the queue is halted until the user releases it. */
const HALTS_ALL: ReadonlySet<FailureKind> = new Set([
  'storage-full',
  'no-storage',
  'superseded',
  'device-lost',
  'worker',
]);
/** Failures that other runs of the experiment would meet. */
const HALTS_EXPERIMENT: ReadonlySet<FailureKind> = new Set(['damaged-shard', 'not-found']);

interface Prepared {
  readonly run: RunRecord;
  readonly resumption: Resumption | undefined;
}

export class QueueTrainer {
  readonly #deps: QueueTrainerDeps;
  #session: Session | undefined;
  /** Whether the device has to be opened again: skipped work may still be in its queue. */
  #openAnew = false;
  /** A run to resume first, as the user asked. */
  #resumed: { readonly ref: ItemRef; readonly resumable: Resumable } | undefined;
  /** The run that was stored together with the end of the one before. */
  #waiting: { readonly ref: ItemRef; readonly run: RunRecord } | undefined;

  constructor(deps: QueueTrainerDeps) {
    this.#deps = deps;
  }

  /** Opens what an item needs, before anything is stored of it. @throws LabError as opening does */
  async prepare(experiment: ExperimentRecord, item: ExperimentItem): Promise<Session> {
    const { dataset, device, threads } = experiment;
    const request = sessionRequest(experiment, item);
    if (this.#session?.key !== sessionKey(request)) {
      this.#session = undefined;
      const open = () => this.#deps.device.open(device, threads);
      this.#session = await openSession(this.#deps.database, request, open, dataset.sha256);
    } else if (this.#openAnew) {
      this.#session = { ...this.#session, device: await this.#deps.device.open(device, threads) };
    }
    this.#openAnew = false;
    return this.#session;
  }

  /** Sets the run that `train` resumes first. */
  resume(ref: ItemRef, resumable: Resumable): void {
    this.#resumed = { ref, resumable };
  }

  /**
   * Trains until nothing waits any more, or it was stopped.
   * @throws LabError where the whole queue has to rest; the run is stored as failed where that can be
   */
  async train(): Promise<void> {
    const { control } = this.#deps;
    for (;;) {
      await control.waitWhilePaused();
      // a run that had ended already was not the one to skip
      if (control.endSkip()) continue;
      // a run that waits in storage is stored as stopped
      if (control.stopped && !this.#waiting) return;
      const found = await this.#next();
      if (found) await this.#trainItem(found);
      // the item that is paused right now is not counted as queued
      else if (!control.pauseRequested) return;
    }
  }

  async #next(): Promise<Found | null> {
    const records = await this.#deps.queue.read();
    const asked = this.#resumed && findItem(records, this.#resumed.ref);
    return asked ?? nextItem(records);
  }

  async #trainItem({ experiment, item }: Found): Promise<void> {
    const { control, queue } = this.#deps;
    const ref = { experiment: experiment.id, item: item.number };
    this.#deps.onItem({ experiment, item });
    let session: Session;
    try {
      session = await this.prepare(experiment, item);
    } catch (error) {
      await this.#haltExperiment(ref, failureOf(error));
      return;
    }
    if (session.device.control) control.attach(session.device.control);
    let prepared: Prepared;
    try {
      prepared = await this.#runFor({ experiment, item }, session);
    } catch (error) {
      const failure = failureOf(error);
      if (failure.kind === 'bad-config') {
        await queue.change((records) =>
          withOutcome(records, ref, { state: 'failed', failure: storedFailure(failure) }),
        );
        if (combinationCount(experiment) === 1) this.#deps.onTrouble(failure);
      } else await this.#haltExperiment(ref, failure);
      return;
    }
    await this.#trainRun({ experiment, item }, session, prepared);
  }

  /** Halts the rest of an experiment until the user releases it; other experiments are trained. */
  async #haltExperiment({ experiment }: ItemRef, failure: Failure): Promise<void> {
    const halt = { reason: 'failed' as const, failure: storedFailure(failure) };
    await this.#deps.queue.change((records) => halted(records, halt, [experiment]));
    this.#deps.onTrouble(failure);
  }

  /** The run of an item: resumed if it was begun, else a new one. */
  async #runFor({ experiment, item }: Found, session: Session): Promise<Prepared> {
    const { database, damaged } = this.#deps;
    const isFor = ({ ref }: { readonly ref: ItemRef }) => ref.experiment === experiment.id && ref.item === item.number;
    const resumed = this.#resumed;
    const waiting = this.#waiting;
    this.#resumed = undefined;
    this.#waiting = undefined;
    if (waiting && isFor(waiting)) return { run: waiting.run, resumption: undefined };
    const going = (resumable: Resumable): Prepared => ({
      run: { ...resumable.run, device: deviceRecordOf(session.device) },
      resumption: resumable.resumption,
    });
    if (resumed && isFor(resumed)) return going(resumed.resumable);
    const stored = item.runId === null ? undefined : await findRun(database, item.runId);
    if (stored) {
      const request = { runId: stored.id, device: experiment.device, threads: experiment.threads, anyway: false };
      const resumable = await findResumable(database, request, damaged);
      requireSameBits(resumable, session.device, request);
      return going(resumable);
    }
    return { run: await this.#newRun({ experiment, item }, session), resumption: undefined };
  }

  /** @param ended a run whose end is about to be stored */
  async #newRun({ experiment, item }: Found, session: Session, ended?: RunRecord): Promise<RunRecord> {
    const { database } = this.#deps;
    const { manifest, data, ngramBaselines, device } = session;
    const stored = await listRuns(database);
    const request = {
      experiment: experiment.id,
      combination: combinationCount(experiment) > 1 ? item.combination : null,
      choice: item.model,
      models: modelsBeside(experiment, item),
      config: configOf(experiment, item),
      number: await nextNumber(database),
      runs: ended ? [...stored.filter(({ id }) => id !== ended.id), ended] : stored,
    };
    return newRun(request, { manifest, cut: data.cut, ngramBaselines, device });
  }

  async #trainRun({ experiment, item }: Found, session: Session, { run: first, resumption }: Prepared): Promise<void> {
    const { control, database, queue, onRun, onProgress, onTrouble } = this.#deps;
    const { data, device, manifest } = session;
    const ref = { experiment: experiment.id, item: item.number };
    let run = first;
    const store = async (changed: RunRecord, parts: RunParts, change?: QueueChange) => {
      run = changed;
      this.#deps.beforeStoring();
      await storeTrainedRun(database, session, changed, { ...parts, queue: change });
      if (change) await queue.report();
      onRun(changed);
    };
    const storeAndReport = async (changed: RunRecord, parts: RunParts = {}) => {
      const outcome = outcomeOf(changed, control);
      if (outcome === null) await store(changed, parts);
      else await store(changed, parts, await this.#changeAfter(ref, outcome, changed, session));
    };
    await store(first, {}, (records) => ({
      experiments: withItem(records, ref, { state: 'running', runId: first.id, failure: null }),
      next: null,
    }));
    try {
      const { tokens } = manifest.vocabulary;
      await trainModel({
        run,
        resumption,
        untilEpoch: epochsOfRung(experiment, item),
        data,
        ignored: ignoredIds(tokens),
        names: nameFlags(tokens),
        device,
        control,
        onProgress,
        onTrouble,
        breakdownOf: (rows) => breakdownSum(rows, data.cut, manifest),
        store: storeAndReport,
      });
      this.#openAnew = control.skipping;
    } catch (error) {
      const failure = failureOf(error);
      const { kind } = failure;
      const failed: RunRecord = { ...run, state: 'failed', failure: storedFailure(failure) };
      this.#openAnew = true;
      const rests = HALTS_ALL.has(kind) || HALTS_EXPERIMENT.has(kind);
      try {
        // an item that halted the queue is resumed when it is released
        if (rests) await store(failed, {});
        else await storeAndReport(failed);
      } catch {
        // Nothing can be stored, most likely for the same reason. The run will be found interrupted when the lab is next opened.
        onRun({ ...run, state: 'interrupted', failure: null });
        throw error;
      }
      if (HALTS_ALL.has(kind)) throw error;
      if (rests) await this.#haltExperiment(ref, failure);
      // an experiment says itself which of its configurations failed
      else if (combinationCount(experiment) === 1) onTrouble(failure);
    }
  }

  /** What the end of a run changes in the queue. The run that follows waits in storage where it needs nothing else prepared. */
  async #changeAfter(
    ref: ItemRef,
    outcome: Partial<ExperimentItem> & Pick<ExperimentItem, 'state'>,
    ended: RunRecord,
    session: Session,
  ): Promise<QueueChange> {
    const { control, queue } = this.#deps;
    const after = (records: readonly ExperimentRecord[]) => withOutcome(records, ref, outcome);
    const following = control.stopped && !control.skipping ? null : nextItem(after(await queue.read()));
    let next: RunRecord | null = null;
    if (following && following.item.runId === null && canShare(session, following)) {
      try {
        next = await this.#newRun(following, session, ended);
      } catch {
        // it is made, and its failure recorded, when it is its turn
      }
    }
    const nextRef = following && { experiment: following.experiment.id, item: following.item.number };
    return (records) => {
      const changed = after(records);
      const still = nextItem(changed);
      const isSame =
        nextRef !== null && still?.experiment.id === nextRef.experiment && still.item.number === nextRef.item;
      if (!next || !isSame) return { experiments: changed, next: null };
      this.#waiting = { ref: nextRef, run: next };
      return { experiments: withItem(changed, nextRef, { state: 'running', runId: next.id }), next };
    };
  }
}

function sessionRequest(experiment: ExperimentRecord, item: ExperimentItem): SessionRequest {
  const { dataset, device, threads } = experiment;
  return { datasetId: dataset.id, device, threads, config: configOf(experiment, item) };
}

function canShare({ key }: Session, { experiment, item }: Found): boolean {
  return key === sessionKey(sessionRequest(experiment, item));
}

/** Models of the same configuration, in the order of the plan. */
export function modelsBeside({ items }: ExperimentRecord, { combination }: ExperimentItem): readonly ModelChoice[] {
  return items.filter((one) => one.combination === combination).map(({ model }) => model);
}

/** What the state of a run means for its item; null where the item goes on, or is gone on with later. */
function outcomeOf(run: RunRecord, control: Control): (Partial<ExperimentItem> & Pick<ExperimentItem, 'state'>) | null {
  const loss = bestLoss(run);
  switch (run.state) {
    case 'done':
      return { state: 'done', loss };
    case 'failed':
      return { state: 'failed', loss, failure: run.failure };
    case 'stopped':
      if (control.skipping) return { state: 'skipped', loss };
      return control.stopped ? null : { state: 'held', loss };
    case 'waiting':
    case 'training':
    case 'paused':
    case 'interrupted':
      return null;
    default:
      return run.state satisfies never;
  }
}

function storedFailure({ kind, what, remedy }: Failure): StoredFailure {
  return { kind, what, remedy };
}
