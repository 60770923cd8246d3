/**
 * Trains one experiment at a time: plans it, starts or resumes it, pauses and stops it, and resumes it by itself on a new device where
 * one was lost.
 */
import { z } from 'zod';
import { trainingConfigSchema } from '#core/settings/config.ts';
import { fail, failureOf, LabError, type Failure } from '#core/failure.ts';
import type { RunRecord } from '#core/runs/run.ts';
import { plannerFor, type Device } from '#engine/devices/device.ts';
import type { DamagedRecords } from './damagedRecords.ts';
import { estimateEpochs } from './estimates.ts';
import { experimentId, planExperiment, prepareExperiment } from './experiments.ts';
import type { DeviceSession } from './deviceSession.ts';
import { underLock } from './locks.ts';
import { DeviceLossLimiter } from './deviceLossLimiter.ts';
import type { Activity, EstimatedModel, LabEvent, PlannedModel, ResumeRequest } from '#contract/lab.ts';
import type { StartRequest, TrainingProgress } from '#core/runs/training.ts';
import { findResumable, requireSameBits } from './resumptions.ts';
import type { Database } from '#storage/database.ts';
import { storeRun } from '#storage/runs.ts';
import { Control } from '#training/control.ts';
import { runExperiment, type Experiment, type Resumed } from '#training/experiment.ts';

interface Deps {
  readonly storage: () => Promise<Database>;
  readonly emit: (event: LabEvent) => void;
  readonly device: DeviceSession;
  readonly damaged: DamagedRecords;
}

/** A run to resume, and whether it may be resumed on a device. */
interface GoesOn extends Resumed {
  /** @throws LabError where it would come to other bits that nobody agreed to */
  readonly check: (device: Device) => void;
}

interface Begun {
  readonly experiment: string;
}

export class Trainings {
  readonly #deps: Deps;
  #activity: Activity = { state: 'idle' };
  /** Id of the data set that the experiment reads. */
  #dataset: string | undefined;
  #control: Control | undefined;
  /** The run as it was last stored; undefined before the first of an experiment. */
  #run: RunRecord | undefined;
  /** Why nothing more of the experiment is stored; it has been reported. */
  #interrupted: Failure | undefined;
  /** Stops measuring a device's speed, and the promise that the device is released. */
  #probe: AbortController | undefined;
  #probing: Promise<void> = Promise.resolve();
  readonly #losses = new DeviceLossLimiter();

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  get activity(): Activity {
    return this.#activity;
  }

  get dataset(): string | undefined {
    return this.#dataset;
  }

  /** @throws LabError `bad-config`, `not-found`, or `out-of-memory` with the model that cannot fit */
  async plan(request: StartRequest): Promise<readonly PlannedModel[]> {
    const config = parseConfig(request);
    const plan = await plannerFor(await this.#deps.device.kindOf(request.device));
    return planExperiment(await this.#deps.storage(), { ...request, config }, plan);
  }

  /** @returns null where a newer question came, or a training began */
  async estimate(request: StartRequest): Promise<readonly EstimatedModel[] | null> {
    const config = parseConfig(request);
    // The newest question counts; one device computes at a time.
    this.#probe?.abort();
    const probe = new AbortController();
    this.#probe = probe;
    await this.#probing;
    if (probe.signal.aborted || this.#activity.state !== 'idle') return null;
    this.#deps.device.forget();
    const device = await this.#deps.device.kindOf(request.device);
    const estimating = estimateEpochs(await this.#deps.storage(), { ...request, config, device }, probe.signal);
    this.#probing = estimating.then(
      () => {},
      () => {}, // told to who asked
    );
    return estimating;
  }

  /** @throws LabError `busy`, `bad-config`, or as planning and opening the device do */
  async start(request: StartRequest): Promise<Begun> {
    const config = parseConfig(request);
    this.#requireNoOther();
    return this.#begin(experimentId(new Date()), { ...request, config });
  }

  /** @throws LabError `busy`, where the run cannot go on, or would come to other bits that nobody agreed to */
  async resume(request: ResumeRequest): Promise<Begun> {
    this.#requireNoOther();
    const resumable = await findResumable(await this.#deps.storage(), request, this.#deps.damaged);
    if (resumable.passedOver > 0) {
      const text =
        'The newest checkpoint of this run is damaged. It resumes from the one before and reaches the same weights.';
      this.#deps.emit({ type: 'note', text });
    }
    return this.#begin(resumable.run.experiment, resumable.request, {
      ...resumable,
      check: (device) => requireSameBits(resumable, device, request),
    });
  }

  /** Pauses, resumes and stops the experiment in progress; undefined while there is none. */
  get control(): Control | undefined {
    return this.#control;
  }

  /**
   * Ends the training at once, since nothing more of it can be stored; its run is reported as interrupted.
   * @param why for whoever still waits for it
   * @param database where it is stored as such; null where the connection is gone
   */
  async interrupt(why: Failure, database: Database | null): Promise<void> {
    if (this.#activity.state === 'idle' || this.#interrupted) return;
    this.#interrupted = why;
    const run = this.#run && { ...this.#run, state: 'interrupted' as const };
    try {
      if (run && database) await storeRun(database, run);
    } finally {
      // a run left as it was is found, and shown as interrupted, when the lab is next opened
      if (run) this.#deps.emit({ type: 'run', run });
      this.#control?.stop();
    }
  }

  async #begin(id: string, request: StartRequest, goesOn?: GoesOn): Promise<Begun> {
    this.#dataset = request.datasetId;
    this.#run = undefined;
    this.#interrupted = undefined;
    this.#probe?.abort();
    this.#setActivity({ state: 'training', experiment: id, runIds: [], models: request.models, current: null });
    try {
      await this.#probing;
      await this.#launch(id, request, goesOn);
    } catch (error) {
      this.#control = undefined;
      this.#setActivity({ state: 'idle' });
      throw error;
    }
    return { experiment: id };
  }

  /** Resolves once the first run has started; a later failure is reported as an event. */
  async #launch(id: string, request: StartRequest, goesOn?: GoesOn): Promise<void> {
    const control = new Control((state) => {
      if (this.#activity.state !== 'idle') this.#setActivity({ ...this.#activity, state });
    });
    this.#control = control;
    const started = Promise.withResolvers<void>();
    const database = await this.#deps.storage();
    const openDevice = async () => {
      const device = await this.#deps.device.open(request.device, request.threads);
      goesOn?.check(device);
      return device;
    };
    const listeners = {
      onRun: (run: RunRecord) => {
        this.#follow(run);
        started.resolve();
      },
      onProgress: (progress: TrainingProgress) => this.#deps.emit({ type: 'progress', progress }),
      onTrouble: (failure: Failure) => this.#deps.emit({ type: 'failure', failure }),
    };
    const prepared = await prepareExperiment(database, id, request, openDevice, control, listeners, goesOn);
    const experiment: Experiment = {
      ...prepared,
      store: (run, parts) => {
        if (this.#interrupted) throw new LabError(this.#interrupted);
        return prepared.store(run, parts);
      },
    };
    void underLock('training', () => runExperiment(experiment))
      .then(
        () => null,
        (error: unknown) => {
          started.reject(error);
          const { state } = this.#activity;
          const current = state === 'idle' ? null : this.#activity.current;
          return current === null ? null : { failure: failureOf(error), runId: current };
        },
      )
      .then((broken) => {
        this.#control = undefined;
        this.#setActivity({ state: 'idle' });
        // Stopped before its first run: there is nothing to wait for.
        started.resolve();
        if (this.#interrupted) return;
        if (broken?.failure.kind === 'device-lost' && this.#losses.mayRestart()) void this.#restartAfter(broken);
        else if (broken) this.#deps.emit({ type: 'failure', failure: broken.failure });
      });
    await started.promise;
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

  #follow(run: RunRecord): void {
    this.#run = run;
    if (this.#activity.state !== 'idle' && this.#activity.current !== run.id) {
      const runIds = [...new Set([...this.#activity.runIds, run.id])];
      this.#setActivity({ ...this.#activity, runIds, current: run.id });
    }
    this.#deps.emit({ type: 'run', run });
  }

  /** @throws LabError `busy` */
  #requireNoOther(): void {
    if (this.#activity.state !== 'idle') fail('busy', 'A run is already training.', 'Stop it first, or wait for it.');
  }

  #setActivity(activity: Activity): void {
    this.#activity = activity;
    if (activity.state === 'idle') this.#dataset = undefined;
    this.#deps.emit({ type: 'activity', activity });
  }
}

function parseConfig(request: StartRequest): StartRequest['config'] {
  const parsed = trainingConfigSchema.safeParse(request.config);
  if (!parsed.success) {
    fail('bad-config', `The configuration is not valid: ${z.prettifyError(parsed.error)}`, 'Correct it and try again.');
  }
  if (request.models.length === 0) fail('bad-config', 'No model is chosen.', 'Choose at least one.');
  return parsed.data;
}
