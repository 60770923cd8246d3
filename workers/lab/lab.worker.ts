/**
 * The worker's entry: implements the lab's calls. It holds the database and hands each call to the module that does the work. It
 * refuses calls that conflict with work in progress.
 */
import { fail, failureOf } from '#core/failure.ts';
import type { RunLabel } from '#core/runs/runLabel.ts';
import { surveyDevices } from '#engine/devices/device.ts';
import { compareStored } from './comparisons.ts';
import { DamagedRecords } from './damagedRecords.ts';
import { Datasets } from './datasets.ts';
import { DeviceSession } from './deviceSession.ts';
import { Forecasts } from './forecasts.ts';
import { Runs } from './runs.ts';
import { ifFree, whenFree } from './locks.ts';
import { Relay } from './relay.ts';
import { exportRun, exportWeights } from './exportRuns.ts';
import { serve, withTransfer } from './serve.ts';
import { StoredQueue } from './storedQueue.ts';
import { Trainings } from './trainings.ts';
import type {
  Activity,
  ImportRunsRequest,
  CompareRequest,
  ExportRequest,
  DownloadedFile,
  ImportRequest,
  LabApi,
  LabEvent,
  QueueRequest,
  ResumeRequest,
  RowsRequest,
  WeightsFormat,
} from '#contract/lab.ts';
import type { Implementation } from '#contract/remote.ts';
import { goesOnByItself, type QueueEdit } from '#core/experiments/queue.ts';
import { hasPending } from '#core/experiments/pending.ts';
import type { DamagedRecord } from '#core/runs/damagedRecord.ts';
import type { OfferedDataset } from '#core/data/stored.ts';
import type { StartRequest } from '#core/runs/training.ts';
import { openDatabase, type Database } from '#storage/database.ts';
import { STORAGE_DELETED, STORAGE_LOST, SUPERSEDED, type LostStorage } from './lostStorage.ts';
import { packDataset } from '#storage/datasetFile.ts';
import { dropAbandonedImports, readDatasets } from '#storage/datasets.ts';
import { dropForgotten, readExperiments } from '#storage/experiments.ts';
import { listRuns, purgeDeleted, readRuns, storeRun } from '#storage/runs.ts';

class Lab implements Implementation<LabApi> {
  #database: Promise<Database> | undefined;
  #listener: ((event: LabEvent) => void) | undefined;
  readonly #device = new DeviceSession();
  readonly #damaged = new DamagedRecords({ storage: () => this.#storage(), emit: (event) => this.#emit(event) });
  readonly #runs = new Runs({
    storage: () => this.#storage(),
    emit: (event) => this.#emit(event),
    damaged: this.#damaged,
  });
  readonly #datasets = new Datasets({
    storage: () => this.#storage(),
    emit: (event) => this.#emit(event),
    base: () => this.#base(),
  });
  readonly #queue = new StoredQueue({ storage: () => this.#storage(), emit: (event) => this.#emit(event) });
  readonly #forecasts = new Forecasts({
    storage: () => this.#storage(),
    emit: (event) => this.#emit(event),
    device: this.#device,
    isIdle: () => this.#trainings.activity.state === 'idle',
  });
  readonly #trainings: Trainings = new Trainings({
    storage: () => this.#storage(),
    emit: (event) => this.#emit(event),
    device: this.#device,
    damaged: this.#damaged,
    queue: this.#queue,
    forecasts: this.#forecasts,
    isWatching: () => this.#relay !== undefined && this.#relay.watching.state !== 'idle',
  });
  #relay: Relay | undefined;

  async connect(listener: (event: LabEvent) => void) {
    this.#listener = listener;
    const database = await this.#storage();
    this.#relay ??= new Relay({
      activity: () => this.#trainings.activity,
      emit: (event) => this.#listener?.(event),
      onEnd: () => void this.#takeOver(),
    });
    await ifFree('training', () => this.#closeInterrupted(database));
    await ifFree('import', () => dropAbandonedImports(database));
    await purgeDeleted(database, Date.now());
    await dropForgotten(database);
    const [devices, datasets, stored, queue] = await Promise.all([
      surveyDevices(),
      readDatasets(database),
      readRuns(database),
      readExperiments(database),
    ]);
    const { runs, labels } = stored;
    const damaged = this.#damaged.of(stored, queue, datasets);
    const experiments = this.#queue.shown(queue.experiments);
    if (goesOnByItself(experiments)) void whenFree('training').then(() => this.#takeOver());
    return {
      devices,
      datasets: datasets.datasets,
      runs,
      labels,
      damaged,
      activity: this.#activity(),
      experiments,
    };
  }

  ping() {}

  offered() {
    return this.#datasets.offered();
  }

  download(offer: OfferedDataset) {
    return this.#datasets.download(offer);
  }

  cancelDownload() {
    return this.#datasets.cancelDownload();
  }

  async importDataset(request: ImportRequest) {
    if (this.#trainings.dataset === request.id) {
      fail(
        'busy',
        'A run is training on the data set that this would replace.',
        'Stop it first, or choose another name.',
      );
    }
    const stored = await this.#datasets.import(request);
    // a damaged data set that it replaced is no longer listed
    await this.#damaged.report();
    return stored;
  }

  cancelImport() {
    return this.#datasets.cancelImport();
  }

  rows(request: RowsRequest) {
    return this.#datasets.rows(request);
  }

  async deleteDataset(id: string) {
    await this.#forecasts.stopFindingRates();
    if (this.#trainings.activity.state !== 'idle') {
      fail('busy', 'A run is training on stored data.', 'Stop it first, then delete the data set.');
    }
    return this.#datasets.delete(id);
  }

  plan(request: StartRequest) {
    return this.#forecasts.plan(request);
  }

  estimate(request: StartRequest) {
    return this.#forecasts.estimate(request);
  }

  findRates(request: StartRequest) {
    if (this.#activity().state !== 'idle') fail('busy', 'A run is training.', 'Stop it first, or wait for it.');
    return this.#forecasts.findRates(request);
  }

  stopFindingRates() {
    return this.#forecasts.stopFindingRates();
  }

  start(request: StartRequest) {
    if (this.#datasets.importing === request.datasetId) {
      fail('busy', 'An import is about to replace this data set.', 'Wait for the import or cancel it, then train.');
    }
    return this.#trainings.start(request);
  }

  resumeFromCheckpoint(request: ResumeRequest) {
    return this.#trainings.resume(request);
  }

  enqueue(request: QueueRequest) {
    if (this.#datasets.importing === request.plan.dataset) {
      fail('busy', 'An import is about to replace this data set.', 'Wait for the import or cancel it, then train.');
    }
    return this.#trainings.enqueue(request);
  }

  releaseExperiment(experiment: string) {
    return this.#trainings.release(experiment);
  }

  editQueue(edit: QueueEdit) {
    return this.#trainings.edit(edit);
  }

  skipRun(runId: string) {
    this.#trainings.skip(runId);
  }

  pause() {
    return this.#trainings.pause();
  }

  unpause() {
    return this.#trainings.unpause();
  }

  step() {
    return this.#trainings.control?.step();
  }

  stop() {
    return this.#trainings.stop();
  }

  steps(runIds: readonly string[]) {
    return this.#runs.steps(runIds);
  }

  label(label: RunLabel) {
    return this.#runs.label(label);
  }

  async deleteRuns(ids: readonly string[]) {
    const activity = this.#activity();
    const training = activity.state === 'idle' ? null : activity.experiment;
    const { experiments } = await readExperiments(await this.#storage());
    const needed = experiments.filter(({ id, ...record }) => id === training && hasPending(record));
    if (needed.some(({ items }) => items.some(({ runId }) => runId !== null && ids.includes(runId)))) {
      fail('busy', 'This run belongs to the experiment that is training.', 'Stop it first, then delete it.');
    }
    return this.#runs.delete(ids);
  }

  restoreRuns(ids: readonly string[]) {
    return this.#runs.restore(ids);
  }

  exportDamaged(record: DamagedRecord) {
    return this.#damaged.export(record);
  }

  deleteDamaged(record: DamagedRecord) {
    return this.#damaged.delete(record);
  }

  restoreDamaged(record: DamagedRecord) {
    return this.#damaged.restore(record);
  }

  async compare(request: CompareRequest) {
    return compareStored(await this.#storage(), request, this.#damaged);
  }

  async exportRun(request: ExportRequest) {
    return moved(await exportRun(await this.#storage(), request, this.#damaged));
  }

  importRuns(request: ImportRunsRequest) {
    return this.#runs.importRuns(request);
  }

  async weights(runId: string, format: WeightsFormat) {
    return moved(await exportWeights(await this.#storage(), runId, format));
  }

  async exportDataset(id: string) {
    return { name: `${id}.zip`, content: await packDataset(await this.#storage(), id) };
  }

  /** This tab's training, or the one of another tab that it watches. */
  #activity(): Activity {
    const own = this.#trainings.activity;
    return own.state === 'idle' ? (this.#relay?.watching ?? own) : own;
  }

  #storage(): Promise<Database> {
    this.#database ??= openDatabase({
      onLost: () => void this.#lose(STORAGE_LOST, null),
      beforeClose: (upgrade) => this.#lose(upgrade ? SUPERSEDED : STORAGE_DELETED, this.#database ?? null),
    });
    // If opening fails, the next call tries again: the user may have allowed storage meanwhile.
    this.#database.catch(() => (this.#database = undefined));
    return this.#database;
  }

  /** The connection to storage is lost: nothing more of a training can be stored. @param last the old connection where it can still write, else null */
  async #lose({ failure, trained }: LostStorage, last: Promise<Database> | null): Promise<void> {
    this.#database = undefined;
    const training = this.#trainings.activity.state !== 'idle';
    const reported = training ? { ...failure, remedy: `${trained} ${failure.remedy}` } : failure;
    this.#emit({ type: 'failure', failure: reported });
    await this.#trainings.interrupt(reported, await last);
  }

  /** The page's address, which data sets are relative to: the worker's own address is in a folder of assets. */
  #base(): string {
    return new URL(import.meta.env.DEV ? '/' : '../', self.location.href).href;
  }

  #emit(event: LabEvent): void {
    this.#listener?.(event);
    this.#relay?.pass(event);
  }

  /** No tab trains any more: closes interrupted runs, reports the stored runs, and resumes what is left of the queue. */
  async #takeOver(): Promise<void> {
    try {
      const database = await this.#storage();
      await ifFree('training', () => this.#closeInterrupted(database));
      for (const run of await listRuns(database)) this.#listener?.({ type: 'run', run });
      await this.#damaged.report();
      await this.#queue.report();
      await this.#trainings.goOn();
    } catch (error) {
      this.#listener?.({ type: 'failure', failure: failureOf(error) });
    }
  }

  async #closeInterrupted(database: Database): Promise<void> {
    await closeInterruptedRuns(database);
    await this.#queue.settle(goesOnByItself);
  }
}

function moved(file: DownloadedFile): DownloadedFile {
  return withTransfer(file, [file.bytes.buffer]);
}

/** Marks runs that a closed tab left behind as interrupted. */
async function closeInterruptedRuns(database: Database): Promise<void> {
  for (const run of await listRuns(database)) {
    if (run.state === 'training' || run.state === 'paused' || run.state === 'waiting') {
      await storeRun(database, { ...run, state: 'interrupted' });
    }
  }
}

serve<LabApi>(new Lab());
