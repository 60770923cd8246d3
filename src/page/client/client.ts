/** The page's side of the worker that trains, measures and stores. */
import { proxy } from 'comlink';
import type { LabApi, LabEvent, LabSnapshot } from '#contract/lab.ts';
import type { Failure } from '#core/failure.ts';
import { WorkerLink, type LabWorker, type Unwrapped } from './workerLink.ts';

/** `LabApi` as the page calls it: the value, or a thrown `LabError`. */
export type Lab = { readonly [Name in Exclude<keyof LabApi, 'connect'>]: Unwrapped<LabApi[Name]> };

/** Loading TensorFlow.js and trying the devices takes seconds on a slow machine, never a minute. */
const CONNECT_PATIENCE = 60_000;

export function startWorker(): Worker {
  return new Worker(new URL('../../../workers/lab/lab.worker.ts', import.meta.url), { type: 'module' });
}

const REMEDY =
  'Start it again. What is stored is safe; a run that was training keeps its finished epochs. If it cannot be loaded, check the connection to the server.';
const DEATHS = {
  threw: { what: 'The lab’s worker stopped on an error.', remedy: REMEDY },
  lost: { what: 'The lab’s worker could not be loaded, or it died.', remedy: REMEDY },
  ended: { what: 'The lab’s worker was ended.', remedy: 'Nothing to do: a new one takes its place.' },
};

export class LabClient implements Lab {
  readonly #link: WorkerLink<LabApi>;

  /** @param onDeath called once, when the worker is gone for good */
  constructor(worker: LabWorker, onDeath: (failure: Failure) => void) {
    this.#link = new WorkerLink<LabApi>(worker, DEATHS, onDeath);
  }

  async connect(listener: (event: LabEvent) => void, patience = CONNECT_PATIENCE): Promise<LabSnapshot> {
    const timer = setTimeout(() => {
      this.#link.die({
        kind: 'worker',
        what: `The lab’s worker did not answer within ${Math.round(patience / 1000)} seconds.`,
        remedy:
          'Start it again; if it stays silent, close other heavy tabs and reload the page. What is stored is safe.',
      });
    }, patience);
    try {
      return await this.#link.ask(() => this.#link.remote.connect(proxy(listener)));
    } finally {
      clearTimeout(timer);
    }
  }

  /** It does not answer any more. */
  hang(): void {
    this.#link.die({
      kind: 'worker',
      what: 'The lab’s worker did not answer for a minute and a half.',
      remedy: 'A new one takes its place. What is stored is safe; a run goes on from where it was saved.',
    });
  }

  /** Ends the worker; what waits for it fails. */
  close(): void {
    this.#link.close();
  }

  ping: Lab['ping'] = () => this.#link.ask(() => this.#link.remote.ping());
  offered: Lab['offered'] = () => this.#link.ask(() => this.#link.remote.offered());
  download: Lab['download'] = (offer) => this.#link.ask(() => this.#link.remote.download(offer));
  cancelDownload: Lab['cancelDownload'] = () => this.#link.ask(() => this.#link.remote.cancelDownload());
  importDataset: Lab['importDataset'] = (request) => this.#link.ask(() => this.#link.remote.importDataset(request));
  cancelImport: Lab['cancelImport'] = () => this.#link.ask(() => this.#link.remote.cancelImport());
  rows: Lab['rows'] = (request) => this.#link.ask(() => this.#link.remote.rows(request));
  deleteDataset: Lab['deleteDataset'] = (id) => this.#link.ask(() => this.#link.remote.deleteDataset(id));
  plan: Lab['plan'] = (request) => this.#link.ask(() => this.#link.remote.plan(request));
  start: Lab['start'] = (request) => this.#link.ask(() => this.#link.remote.start(request));
  pause: Lab['pause'] = () => this.#link.ask(() => this.#link.remote.pause());
  unpause: Lab['unpause'] = () => this.#link.ask(() => this.#link.remote.unpause());
  step: Lab['step'] = () => this.#link.ask(() => this.#link.remote.step());
  stop: Lab['stop'] = () => this.#link.ask(() => this.#link.remote.stop());
  resumeFromCheckpoint: Lab['resumeFromCheckpoint'] = (request) =>
    this.#link.ask(() => this.#link.remote.resumeFromCheckpoint(request));
  estimate: Lab['estimate'] = (request) => this.#link.ask(() => this.#link.remote.estimate(request));
  steps: Lab['steps'] = (runIds) => this.#link.ask(() => this.#link.remote.steps(runIds));
  label: Lab['label'] = (label) => this.#link.ask(() => this.#link.remote.label(label));
  deleteRuns: Lab['deleteRuns'] = (ids) => this.#link.ask(() => this.#link.remote.deleteRuns(ids));
  restoreRuns: Lab['restoreRuns'] = (ids) => this.#link.ask(() => this.#link.remote.restoreRuns(ids));
  exportDamaged: Lab['exportDamaged'] = (record) => this.#link.ask(() => this.#link.remote.exportDamaged(record));
  deleteDamaged: Lab['deleteDamaged'] = (record) => this.#link.ask(() => this.#link.remote.deleteDamaged(record));
  restoreDamaged: Lab['restoreDamaged'] = (record) => this.#link.ask(() => this.#link.remote.restoreDamaged(record));
  compare: Lab['compare'] = (request) => this.#link.ask(() => this.#link.remote.compare(request));
  exportRun: Lab['exportRun'] = (request) => this.#link.ask(() => this.#link.remote.exportRun(request));
  importRuns: Lab['importRuns'] = (request) => this.#link.ask(() => this.#link.remote.importRuns(request));
  weights: Lab['weights'] = (runId, format) => this.#link.ask(() => this.#link.remote.weights(runId, format));
  exportDataset: Lab['exportDataset'] = (id) => this.#link.ask(() => this.#link.remote.exportDataset(id));
  checkOracle: Lab['checkOracle'] = (oracleCase) => this.#link.ask(() => this.#link.remote.checkOracle(oracleCase));
  replay: Lab['replay'] = (request) => this.#link.ask(() => this.#link.remote.replay(request));
  logits: Lab['logits'] = (request) => this.#link.ask(() => this.#link.remote.logits(request));
  checkFullSize: Lab['checkFullSize'] = (fullSizeCase) =>
    this.#link.ask(() => this.#link.remote.checkFullSize(fullSizeCase));
}
