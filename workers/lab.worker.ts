/**
 * The worker's entry: the lab behind the protocol. It holds the database, the device and the experiment that trains, and
 * lets each call through to the room that does the work.
 */
import { expose, transfer } from 'comlink';
import { z } from 'zod';
import { answer } from './answer.ts';
import { trainingConfigSchema, type DeviceKind } from '../src/core/config.ts';
import { fail, failureOf, type Failure } from '../src/core/failure.ts';
import type { RunRecord } from '../src/core/run.ts';
import type { RunLabel } from '../src/core/runLabel.ts';
import { openDevice, plannerFor, surveyDevices, type Device } from './engine/devices/device.ts';
import { checkFullSize } from './engine/full-size.ts';
import { checkOracleCase } from './engine/oracle.ts';
import { logitsOfFile, replay } from './engine/replay.ts';
import { compareStored } from './comparisons.ts';
import { Datasets } from './datasets.ts';
import { estimateEpochs } from './estimates.ts';
import { experimentId, planExperiment, prepareExperiment } from './experiments.ts';
import { KeptRuns } from './keptRuns.ts';
import { ifFree, underLock } from './locks.ts';
import { Losses } from './losses.ts';
import { findResumable, requireSameBits } from './resumptions.ts';
import { Relay } from './relay.ts';
import { takeRun, takeWeights } from './takeAway.ts';
import type {
  Activity,
  BringRequest,
  CompareRequest,
  ExportRequest,
  DownloadedFile,
  ImportRequest,
  LabApi,
  LabEvent,
  LogitsRequest,
  OfferedDataset,
  ReplayRequest,
  ResumeRequest,
  RowsRequest,
  StartRequest,
  TrainingProgress,
  WeightsFormat,
} from './protocol.ts';
import { openDatabase, type Database } from './storage/database.ts';
import { packDataset } from './storage/dataset-file.ts';
import { dropAbandonedImports, listDatasets } from './storage/datasets.ts';
import { listLabels, listRuns, purgeDeleted, storeRun } from './storage/runs.ts';
import { Control } from './train/control.ts';
import { runExperiment, type Resumed } from './train/experiment.ts';

/** A run that goes on, and whether it may on a device. */
interface GoesOn extends Resumed {
  /** @throws LabError where it would come to other bits that nobody agreed to */
  readonly check: (device: Device) => void;
}

class Lab implements LabApi {
  #database: Promise<Database> | undefined;
  #listener: ((event: LabEvent) => void) | undefined;
  #device: Device | undefined;
  #activity: Activity = { state: 'idle' };
  #control: Control | undefined;
  /** What measures a device's speed, and the promise that it has let go of the device. */
  #probe: AbortController | undefined;
  #probing: Promise<void> = Promise.resolve();
  readonly #kept = new KeptRuns({ storage: () => this.#storage(), tell: (event) => this.#tell(event) });
  readonly #datasets = new Datasets({
    storage: () => this.#storage(),
    tell: (event) => this.#tell(event),
    base: () => this.#base(),
  });
  /** Id of the data set that the experiment under way reads. */
  #trainsOn: string | undefined;
  readonly #losses = new Losses();
  #relay: Relay | undefined;

  connect(listener: (event: LabEvent) => void) {
    return answer(async () => {
      this.#listener = listener;
      const database = await this.#storage();
      this.#relay ??= new Relay({
        activity: () => this.#activity,
        tell: (event) => this.#listener?.(event),
        onEnd: () => void this.#readRunsAgain(),
      });
      await ifFree('training', () => closeInterruptedRuns(database));
      await ifFree('import', () => dropAbandonedImports(database));
      await purgeDeleted(database, Date.now());
      const [devices, datasets, runs, labels] = await Promise.all([
        surveyDevices(),
        listDatasets(database),
        listRuns(database),
        listLabels(database),
      ]);
      const own = this.#activity;
      const activity = own.state === 'idle' ? this.#relay.watching : own;
      return { devices, datasets, runs, labels, activity };
    });
  }

  ping() {
    return answer(() => {});
  }

  offered() {
    return answer(() => this.#datasets.offered());
  }

  download(offer: OfferedDataset) {
    return answer(() => this.#datasets.download(offer));
  }

  cancelDownload() {
    return answer(() => this.#datasets.cancelDownload());
  }

  importDataset(request: ImportRequest) {
    return answer(() => {
      if (this.#trainsOn === request.id) {
        fail('busy', 'A run trains on the data set that this would replace.', 'Stop it first, or choose another name.');
      }
      return this.#datasets.import(request);
    });
  }

  cancelImport() {
    return answer(() => this.#datasets.cancelImport());
  }

  rows(request: RowsRequest) {
    return answer(() => this.#datasets.rows(request));
  }

  deleteDataset(id: string) {
    return answer(() => {
      if (this.#activity.state !== 'idle') {
        fail('busy', 'A run is training on stored data.', 'Stop it first, then delete the data set.');
      }
      return this.#datasets.delete(id);
    });
  }

  plan(request: StartRequest) {
    return answer(async () => {
      const config = parseConfig(request);
      const plan = await plannerFor(await this.#kindOf(request.device));
      return planExperiment(await this.#storage(), { ...request, config }, plan);
    });
  }

  start(request: StartRequest) {
    return answer(async () => {
      const config = parseConfig(request);
      if (this.#activity.state !== 'idle') fail('busy', 'A run is training already.', 'Stop it first, or wait for it.');
      if (this.#datasets.importing === request.datasetId) {
        fail('busy', 'An import is about to replace this data set.', 'Wait for it, or cancel it, then train.');
      }
      return this.#begin(experimentId(new Date()), { ...request, config });
    });
  }

  resumeRun(request: ResumeRequest) {
    return answer(async () => {
      if (this.#activity.state !== 'idle') fail('busy', 'A run is training already.', 'Stop it first, or wait for it.');
      const resumable = await findResumable(await this.#storage(), request);
      return this.#begin(resumable.run.experiment, resumable.request, {
        ...resumable,
        check: (device) => requireSameBits(resumable, device, request),
      });
    });
  }

  estimate(request: StartRequest) {
    return answer(async () => {
      const config = parseConfig(request);
      // The newest question counts; one device computes at a time.
      this.#probe?.abort();
      const probe = new AbortController();
      this.#probe = probe;
      await this.#probing;
      if (probe.signal.aborted || this.#activity.state !== 'idle') return null;
      // A probe opens a device of its own, so the one held here is no longer the current one.
      this.#device = undefined;
      const kind = await this.#kindOf(request.device);
      const estimating = estimateEpochs(await this.#storage(), { ...request, config, device: kind }, probe.signal);
      this.#probing = estimating.then(
        () => {},
        () => {}, // told to who asked
      );
      return estimating;
    });
  }

  pause() {
    return answer(() => this.#control?.pause());
  }

  resume() {
    return answer(() => this.#control?.resume());
  }

  step() {
    return answer(() => this.#control?.step());
  }

  stop() {
    return answer(() => this.#control?.stop());
  }

  steps(runIds: readonly string[]) {
    return answer(() => this.#kept.steps(runIds));
  }

  label(label: RunLabel) {
    return answer(() => this.#kept.label(label));
  }

  deleteRuns(ids: readonly string[]) {
    return answer(() => {
      const activity = this.#activity.state === 'idle' ? (this.#relay?.watching ?? this.#activity) : this.#activity;
      if (activity.state !== 'idle' && ids.some((id) => activity.runIds.includes(id))) {
        fail('busy', 'This run belongs to the experiment that is training.', 'Stop it first, then delete it.');
      }
      return this.#kept.delete(ids);
    });
  }

  restoreRuns(ids: readonly string[]) {
    return answer(() => this.#kept.restore(ids));
  }

  compare(request: CompareRequest) {
    return answer(async () => compareStored(await this.#storage(), request));
  }

  exportRun(request: ExportRequest) {
    return answer(async () => sent(await takeRun(await this.#storage(), request)));
  }

  bring(request: BringRequest) {
    return answer(() => this.#kept.bring(request));
  }

  weights(runId: string, format: WeightsFormat) {
    return answer(async () => sent(await takeWeights(await this.#storage(), runId, format)));
  }

  exportDataset(id: string) {
    return answer(async () => ({ name: `${id}.zip`, content: await packDataset(await this.#storage(), id) }));
  }

  checkOracle({ facts, tensors, device }: Parameters<LabApi['checkOracle']>[0]) {
    return answer(async () => {
      this.#requireIdle();
      return checkOracleCase(facts, tensors, await this.#open(device));
    });
  }

  replay({ file, device }: ReplayRequest) {
    return answer(async () => {
      this.#requireIdle();
      return replay(file, await this.#open(device));
    });
  }

  logits({ weights, ids, device }: LogitsRequest) {
    return answer(async () => {
      this.#requireIdle();
      const logits = await logitsOfFile(weights, ids, await this.#open(device));
      return transfer(logits, [logits.buffer]);
    });
  }

  checkFullSize({ model, device }: Parameters<LabApi['checkFullSize']>[0]) {
    return answer(() => {
      this.#requireIdle();
      // It opens devices of its own, so the one held here is no longer the current one.
      this.#device = undefined;
      return checkFullSize(model, device);
    });
  }

  async #begin(id: string, request: StartRequest, goesOn?: GoesOn): Promise<{ readonly experiment: string }> {
    this.#trainsOn = request.datasetId;
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

  /** Answers once the first run is under way; what fails later is told as an event. */
  async #launch(id: string, request: StartRequest, goesOn?: GoesOn): Promise<void> {
    const control = new Control((state) => {
      if (this.#activity.state !== 'idle') this.#setActivity({ ...this.#activity, state });
    });
    this.#control = control;
    const started = Promise.withResolvers<void>();
    const database = await this.#storage();
    const openDevice = async () => {
      const device = await this.#open(request.device, request.threads);
      goesOn?.check(device);
      return device;
    };
    const listeners = {
      onRun: (run: RunRecord) => {
        this.#follow(run);
        started.resolve();
      },
      onProgress: (progress: TrainingProgress) => this.#tell({ type: 'progress', progress }),
      onTrouble: (failure: Failure) => this.#tell({ type: 'failure', failure }),
    };
    const experiment = await prepareExperiment(database, id, request, openDevice, control, listeners, goesOn);
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
        if (broken?.failure.kind === 'device-lost' && this.#losses.mayGoOn()) void this.#goOnAfter(broken);
        else if (broken) this.#tell({ type: 'failure', failure: broken.failure });
      });
    await started.promise;
  }

  /** A new device, from where the run was saved; where that does not come about, the loss and why are told. */
  async #goOnAfter({ failure, runId }: { readonly failure: Failure; readonly runId: string }): Promise<void> {
    const went = await this.resumeRun({ runId, device: null, learningRate: null, anyway: false });
    if (went.ok) this.#tell({ type: 'note', text: `${failure.what} A new one goes on from where the run was saved.` });
    else this.#tell({ type: 'failure', failure: { ...failure, remedy: `${went.failure.what} ${failure.remedy}` } });
  }

  #follow(run: RunRecord): void {
    if (this.#activity.state !== 'idle' && this.#activity.current !== run.id) {
      const runIds = [...new Set([...this.#activity.runIds, run.id])];
      this.#setActivity({ ...this.#activity, runIds, current: run.id });
    }
    this.#tell({ type: 'run', run });
  }

  /** @throws LabError `busy` */
  #requireIdle(): void {
    if (this.#activity.state !== 'idle') fail('busy', 'A run is training.', 'Stop it first.');
  }

  async #open(choice: StartRequest['device'], threads?: number): Promise<Device> {
    const wanted = await this.#kindOf(choice);
    // A new device each time but for the reference: a GPU may have been lost since, a program's memory never shrinks.
    if (this.#device?.kind !== wanted || wanted !== 'reference') this.#device = await openDevice(wanted, { threads });
    return this.#device;
  }

  async #kindOf(choice: StartRequest['device']): Promise<DeviceKind> {
    return choice === 'auto' ? (await surveyDevices()).chosen : choice;
  }

  #storage(): Promise<Database> {
    this.#database ??= openDatabase(() => (this.#database = undefined));
    // A refusal is asked about again on the next call: a person may have allowed storage meanwhile.
    this.#database.catch(() => (this.#database = undefined));
    return this.#database;
  }

  /** The page's own address, which data sets are relative to; the worker's lies in a folder of assets. */
  #base(): string {
    return new URL(import.meta.env.DEV ? '/' : '../', self.location.href).href;
  }

  #setActivity(activity: Activity): void {
    this.#activity = activity;
    if (activity.state === 'idle') this.#trainsOn = undefined;
    this.#tell({ type: 'activity', activity });
  }

  #tell(event: LabEvent): void {
    this.#listener?.(event);
    this.#relay?.pass(event);
  }

  /** Another tab's training is over: its runs as they are stored now, those it left behind among them. */
  async #readRunsAgain(): Promise<void> {
    const database = await this.#storage();
    await ifFree('training', () => closeInterruptedRuns(database));
    for (const run of await listRuns(database)) this.#listener?.({ type: 'run', run });
  }
}

/** Its bytes go over to the page. */
function sent(file: DownloadedFile): DownloadedFile {
  return transfer(file, [file.bytes.buffer]);
}

function parseConfig(request: StartRequest): StartRequest['config'] {
  const parsed = trainingConfigSchema.safeParse(request.config);
  if (!parsed.success) {
    fail(
      'bad-config',
      `The configuration is out of bounds: ${z.prettifyError(parsed.error)}`,
      'Correct it and try again.',
    );
  }
  if (request.models.length === 0) fail('bad-config', 'No model is chosen.', 'Choose at least one.');
  return parsed.data;
}

/** Runs that a closed tab left behind: nobody trains them. */
async function closeInterruptedRuns(database: Database): Promise<void> {
  for (const run of await listRuns(database)) {
    if (run.state === 'training' || run.state === 'paused' || run.state === 'waiting') {
      await storeRun(database, { ...run, state: 'interrupted' });
    }
  }
}

expose(new Lab());
