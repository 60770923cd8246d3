/**
 * What is trained: experiments are planned, begun, added to the queue, resumed, paused and stopped here, and resumed on a new device where
 * one was lost. The queue is trained by `QueueTrainer`.
 */
import type { Experiment } from '#core/experiments/grid.ts';
import {
  edited,
  goesOnByItself,
  halted,
  nextItem,
  released,
  type Found,
  type QueueEdit,
} from '#core/experiments/queue.ts';
import type { ExperimentRecord } from '#core/experiments/record.ts';
import { presetConfig, trainingConfigSchema, type TrainingConfig } from '#core/settings/config.ts';
import { fail, failureOf, LabError, type Failure } from '#core/failure.ts';
import type { DamagedRecords } from './damagedRecords.ts';
import { atEnd, clickedPlan, newRecord, parsePlan, requireNetworks, resumedItem } from './experimentRecords.ts';
import { experimentId, requireDataset } from './experiments.ts';
import { parseConfig, type Forecasts } from './forecasts.ts';
import type { DeviceSession } from './deviceSession.ts';
import { underLock } from './locks.ts';
import { DeviceLossLimiter } from './deviceLossLimiter.ts';
import { QueueTrainer } from './queueTrainer.ts';
import { ShownTraining } from './shownTraining.ts';
import type { StoredQueue } from './storedQueue.ts';
import type { Activity, LabEvent, QueueRequest, ResumeRequest } from '#contract/lab.ts';
import type { StartRequest } from '#core/runs/training.ts';
import { findResumable, requireSameBits } from './resumptions.ts';
import type { Database } from '#storage/database.ts';
import { listRuns, storeRun } from '#storage/runs.ts';
import { Control } from '#training/control.ts';

interface Deps {
  readonly storage: () => Promise<Database>;
  readonly emit: (event: LabEvent) => void;
  readonly device: DeviceSession;
  readonly damaged: DamagedRecords;
  readonly queue: StoredQueue;
  /** Their measurements are stopped when a training begins. */
  readonly forecasts: Forecasts;
  /** Whether another tab trains. */
  readonly isWatching: () => boolean;
}

interface Begun {
  readonly experiment: string;
}

export class Trainings {
  readonly #deps: Deps;
  readonly #shown: ShownTraining;
  #control: Control | undefined;
  /** What the caller that began the training was given. */
  #begun: Begun | undefined;
  /** Why nothing more of the experiment is stored; it has been reported. */
  #interrupted: Failure | undefined;
  readonly #losses = new DeviceLossLimiter();

  constructor(deps: Deps) {
    this.#deps = deps;
    this.#shown = new ShownTraining(deps.emit);
  }

  get activity(): Activity {
    return this.#shown.activity;
  }

  get dataset(): string | undefined {
    return this.#shown.dataset;
  }

  /** @throws LabError `busy`, `bad-config`, or as planning and opening the device do */
  async start(request: StartRequest): Promise<Begun> {
    const config = parseConfig(request);
    this.#requireNoOther();
    const { manifest } = await requireDataset(await this.#deps.storage(), request.datasetId);
    return this.#beginNew(clickedPlan({ ...request, config }, manifest), request, config);
  }

  /** @throws LabError `bad-input` for a plan that cannot be trained, or as `start` does */
  async enqueue({ plan: asked, device, threads }: QueueRequest): Promise<Begun> {
    const plan = parsePlan(asked);
    const database = await this.#deps.storage();
    const { manifest } = await requireDataset(database, plan.dataset);
    const base = presetConfig(plan.preset, manifest.splits.train.rows);
    const config = trainingConfigSchema.parse({ ...base, ...plan.settings });
    if (this.#isFree()) return this.#beginNew(plan, { device, threads }, config);
    const record = await this.#newRecord(plan, { device, threads }, config);
    const halt = this.#control?.pauseRequested ? PAUSED : null;
    await this.#deps.queue.change((records) => [...records, { ...atEnd(record, records), halt }]);
    return { experiment: record.id };
  }

  /** @throws LabError `busy`, or if the run cannot resume, or would reach different bits and the user has not agreed to that */
  async resume(request: ResumeRequest): Promise<Begun> {
    // the queue has already resumed it
    if (this.#begun && this.#shown.nextRun === request.runId) return this.#begun;
    this.#requireNoOther();
    const resumable = await findResumable(await this.#deps.storage(), request, this.#deps.damaged);
    if (resumable.passedOver > 0) {
      const text =
        'The newest checkpoint of this run is damaged. It resumes from the one before and reaches the same weights.';
      this.#deps.emit({ type: 'note', text });
    }
    const runs = await listRuns(await this.#deps.storage());
    const { experiment, item } = resumedItem(await this.#deps.queue.read(), resumable, runs);
    return this.#begin({ experiment, item }, async (trainer) => {
      const session = await trainer.prepare(experiment, item);
      requireSameBits(resumable, session.device, request);
      trainer.resume({ experiment: experiment.id, item: item.number }, resumable);
      await this.#deps.queue.change((records) => [...records.filter(({ id }) => id !== experiment.id), experiment]);
    });
  }

  /** Resumes what is left of an experiment. @throws LabError `not-found` if nothing is left, or as `start` does */
  async release(id: string): Promise<void> {
    if (!this.#isFree()) {
      await this.#deps.queue.change((records) => released(records, id));
      return;
    }
    const found = nextItem(released(await this.#deps.queue.read(), id).filter((record) => record.id === id));
    if (!found) fail('not-found', 'Nothing is left of this experiment.', 'It may have been removed in another tab.');
    await this.#begin(found, async (trainer) => {
      await trainer.prepare(found.experiment, found.item);
      await this.#deps.queue.change((records) => released(records, id));
    });
  }

  /** Resumes a queue that a closed tab left behind, if it may do so automatically. */
  async goOn(): Promise<void> {
    if (this.activity.state !== 'idle') return;
    const records = await this.#deps.queue.read();
    const found = goesOnByItself(records) ? nextItem(records) : null;
    if (!found) return;
    try {
      await this.#begin(found, () => Promise.resolve());
    } catch (error) {
      const failure = failureOf(error);
      // another tab was first
      if (failure.kind !== 'busy') this.#deps.emit({ type: 'failure', failure });
    }
  }

  /** @throws LabError where it cannot be changed so */
  async edit(edit: QueueEdit): Promise<void> {
    await this.#deps.queue.change((records) => edited(records, edit).filter((record) => record.items.length > 0));
  }

  async pause(): Promise<void> {
    if (!this.#control) return;
    this.#control.pause();
    await this.#deps.queue.change((records) => halted(records, PAUSED));
  }

  async unpause(): Promise<void> {
    await this.#deps.queue.change(unpaused);
    this.#control?.resume();
  }

  skip(runId: string): void {
    if (this.activity.state !== 'idle' && this.activity.current === runId) this.#control?.skip();
  }

  async stop(): Promise<void> {
    if (!this.#control) return;
    try {
      // stored first: otherwise another tab would resume the queue when this one releases the lock
      await this.#deps.queue.change((records) => halted(unpaused(records), { reason: 'stopped', failure: null }));
    } finally {
      this.#control?.stop();
    }
  }

  /** Control of the training; undefined while nothing trains. */
  get control(): Control | undefined {
    return this.#control;
  }

  /**
   * Ends the training at once, since nothing more of it can be stored; its run is reported as interrupted.
   * @param why for whoever still waits for it
   * @param database where it is stored as such; null where the connection is gone
   */
  async interrupt(why: Failure, database: Database | null): Promise<void> {
    if (this.activity.state === 'idle' || this.#interrupted) return;
    this.#interrupted = why;
    const stored = this.#shown.run;
    const run = stored && { ...stored, state: 'interrupted' as const };
    try {
      if (run && database) await storeRun(database, run);
    } finally {
      // a run whose end was not stored is shown as interrupted when the lab is next opened
      if (run) this.#deps.emit({ type: 'run', run });
      this.#control?.stop();
    }
  }

  async #beginNew(
    plan: Experiment,
    where: Pick<QueueRequest, 'device' | 'threads'>,
    config: TrainingConfig,
  ): Promise<Begun> {
    const record = await this.#newRecord(plan, where, config);
    const [item] = record.items;
    if (!item) fail('bad-input', 'The experiment has no runs.', 'Choose at least one model.');
    try {
      return await this.#begin({ experiment: record, item }, async (trainer) => {
        await trainer.prepare(record, item);
        await this.#deps.queue.change((records) => [...records, atEnd(record, records)]);
      });
    } catch (error) {
      const isEmpty = ({ id, items }: ExperimentRecord) =>
        id === record.id && items.every(({ runId }) => runId === null);
      await this.#deps.queue.change((records) => records.filter((one) => !isEmpty(one)));
      throw error;
    }
  }

  async #newRecord(
    plan: Experiment,
    { device, threads }: Pick<QueueRequest, 'device' | 'threads'>,
    config: TrainingConfig,
  ): Promise<ExperimentRecord> {
    const database = await this.#deps.storage();
    const { manifest } = await requireDataset(database, plan.dataset);
    const taken = [
      ...(await this.#deps.queue.read()).map(({ id }) => id),
      ...(await listRuns(database)).map((run) => run.experiment),
    ];
    const id = experimentId(new Date(), new Set(taken));
    const dataset = { id: manifest.id, sha256: manifest.sha256 };
    const record = newRecord(id, plan, { dataset, device, threads, config });
    requireNetworks(record);
    return record;
  }

  /**
   * Trains the queue.
   * @param first the item that is expected to be trained first
   * @param prepare opens what it needs and stores what the queue gains by it, before the first run
   * @returns once the first run has started; a later failure is reported as an event
   */
  async #begin(first: Found, prepare: (trainer: QueueTrainer) => Promise<void>): Promise<Begun> {
    this.#requireNoOther();
    this.#interrupted = undefined;
    const released = this.#deps.forecasts.cancel();
    const begun = { experiment: first.experiment.id };
    this.#begun = begun;
    this.#shown.begin(first);
    const started = Promise.withResolvers<void>();
    let hasStarted = false;
    let trouble: Failure | undefined;
    const control = new Control((state) => {
      this.#shown.change(state);
    });
    this.#control = control;
    const train = async () => {
      await released;
      const trainer = new QueueTrainer({
        database: await this.#deps.storage(),
        queue: this.#deps.queue,
        device: this.#deps.device,
        damaged: this.#deps.damaged,
        control,
        onItem: (found) => this.#shown.showNext(found),
        onRun: (run) => {
          this.#shown.follow(run);
          hasStarted = true;
          started.resolve();
        },
        onProgress: (progress) => this.#deps.emit({ type: 'progress', progress }),
        onTrouble: (failure) => {
          trouble = failure;
          if (hasStarted) this.#deps.emit({ type: 'failure', failure });
        },
        beforeStoring: () => {
          if (this.#interrupted) throw new LabError(this.#interrupted);
        },
      });
      await prepare(trainer);
      await trainer.train();
    };
    void underLock('training', train)
      .then(
        () => null,
        (error: unknown) => failureOf(error),
      )
      .then((failure) => this.#end(failure, hasStarted))
      .then(
        () => {
          if (!hasStarted && trouble) started.reject(new LabError(trouble));
          // Stopped before its first run: there is nothing to wait for.
          else started.resolve();
        },
        (error: unknown) => started.reject(error),
      );
    await started.promise;
    return begun;
  }

  /** @throws LabError with the failure, where nothing had begun */
  async #end(failure: Failure | null, hasStarted: boolean): Promise<void> {
    const current = this.activity.state === 'idle' ? null : this.activity.current;
    this.#control = undefined;
    this.#begun = undefined;
    this.#shown.end();
    if (this.#interrupted || failure === null) return;
    if (!hasStarted) throw new LabError(failure);
    if (failure.kind === 'device-lost' && current !== null && this.#losses.mayRestart()) {
      void this.#restartAfter({ failure, runId: current });
      return;
    }
    const { kind, what, remedy } = failure;
    this.#deps.emit({ type: 'failure', failure });
    await this.#deps.queue
      .change((records) => halted(records, { reason: 'failed', failure: { kind, what, remedy } }))
      // even if nothing can be stored, the failure was reported
      .catch(() => {});
  }

  /** Resumes the run from its last save on a new device; where that fails, both the loss and the reason are reported. */
  async #restartAfter({ failure, runId }: { readonly failure: Failure; readonly runId: string }): Promise<void> {
    try {
      await this.resume({ runId, anyway: false });
    } catch (error) {
      const remedy = `${failureOf(error).what} ${failure.remedy}`;
      this.#deps.emit({ type: 'failure', failure: { ...failure, remedy } });
      return;
    }
    this.#deps.emit({ type: 'note', text: `${failure.what} A new one resumes the run from its last checkpoint.` });
  }

  /** Whether this tab can begin to train at once. */
  #isFree(): boolean {
    return this.activity.state === 'idle' && !this.#deps.isWatching();
  }

  /** @throws LabError `busy` */
  #requireNoOther(): void {
    if (this.activity.state !== 'idle') fail('busy', 'A run is already training.', 'Stop it first, or wait for it.');
  }
}

const PAUSED = { reason: 'paused', failure: null } as const;

function unpaused(records: readonly ExperimentRecord[]): readonly ExperimentRecord[] {
  return records.map((record) => (record.halt?.reason === 'paused' ? { ...record, halt: null } : record));
}
