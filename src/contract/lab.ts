/**
 * The whole contract between the page and the worker: types only. The page makes the calls of `LabApi` (remote.ts says how they
 * cross) and hears `LabEvent`s on one long-lived listener; every switch over them ends in `satisfies never`.
 */
import type { DamagedRecord } from '#core/runs/damagedRecord.ts';
import type { OfferedDataset, StoredDataset, DownloadProgress } from '#core/data/stored.ts';
import type { StartRequest, TrainingProgress } from '#core/runs/training.ts';
import type { DeviceReport } from '#core/devices.ts';
import type { Activation, ModelChoice, ModelName } from '#core/models/registry.ts';
import type { DeviceChoice } from '#core/devices.ts';
import type { ImportProgress } from '#core/data/import.ts';
import type { AnySplit } from '#core/data/manifest.ts';
import type { Note } from '#core/data/notes.ts';
import type { Failure } from '#core/failure.ts';
import type { ForeignNetwork } from '#core/formats/foreignWeights.ts';
import type { MemoryPlan } from '#core/models/memoryPlan.ts';
import type { Comparison } from '#core/comparison/comparison.ts';
import type { RunLabel } from '#core/runs/runLabel.ts';
import type { RunRecord } from '#core/runs/run.ts';
import type { TensorInfo } from '#core/models/safetensors.ts';
import type { StepTable } from '#core/runs/stepTable.ts';

/** What a person brings: dropped files and folders, or addresses of Parquet files. */
export type ImportSource =
  | {
      readonly from: 'files';
      readonly files: readonly { readonly path: string; readonly blob: Blob }[];
      /** What was left out before; it goes into the manifest. */
      readonly notes?: readonly Note[];
    }
  | { readonly from: 'addresses'; readonly addresses: readonly string[] };

export interface ImportRequest {
  readonly source: ImportSource;
  /** Names the data set; an existing one of that name is replaced at the end. */
  readonly id: string;
  /**
   * SHA-256 of the stored data set that people were told is replaced, null where there was none. The import fails where another
   * one is stored under its name by the time it is complete; without it whatever is there is replaced.
   */
  readonly replaces?: string | null;
  readonly title?: string;
  /** Tokens of the vocabulary at most. */
  readonly vocabulary: number;
  /** Ids a row. */
  readonly length: number;
  /** Keeps long files whole, as consecutive rows, instead of cutting them. */
  readonly wholeFiles: boolean;
  /** Leaves out files whose content came before. */
  readonly dropDuplicates: boolean;
}

/** How far an import is; rates are of this import, in bytes of the source a second. */
export interface ImportState extends ImportProgress {
  readonly bytesPerSecond: number;
  readonly secondsLeft: number | null;
}

export interface RowsRequest {
  readonly datasetId: string;
  readonly split: AnySplit;
  /** Rows wanted, by their place in the split. */
  readonly rows: readonly number[];
}

/** What training a model would take on the device of a request. */
export interface PlannedModel {
  readonly choice: ModelChoice;
  /** For `residual` the larger of the two it may come to. */
  readonly model: ModelName;
  readonly plan: MemoryPlan;
}

/** What training a model is expected to take on the device of a request. */
export interface EstimatedModel {
  readonly choice: ModelChoice;
  /** For `residual` the slower of the two it may come to. */
  readonly model: ModelName;
  /** One epoch with its validation. */
  readonly epochSeconds: number;
  /** From a run of the same size on this device, or from a few training steps taken just now. */
  readonly from: 'run' | 'probe';
}

export interface ExportRequest {
  /** Id of the run. */
  readonly id: string;
  /** Whether its best weights go with it: all but some thousandths of the file. */
  readonly weights: boolean;
}

/** Which stored runs to compare. */
export interface CompareRequest {
  readonly runIds: readonly string[];
  /** Key of the pool that the others are held against; null takes it by itself. */
  readonly baseline: string | null;
}

export type Activity =
  | { readonly state: 'idle' }
  | {
      /** `watching`: another tab trains, and this one is told of it. */
      readonly state: 'training' | 'pausing' | 'paused' | 'stopping' | 'watching';
      readonly experiment: string;
      /** Runs of the experiment, in order; the residual one appears once its baseline is known. */
      readonly runIds: readonly string[];
      readonly models: readonly ModelChoice[];
      readonly current: string | null;
    };

export type LabEvent =
  | { readonly type: 'download'; readonly progress: DownloadProgress }
  | { readonly type: 'import'; readonly progress: ImportState }
  | { readonly type: 'datasets'; readonly datasets: readonly StoredDataset[] }
  | { readonly type: 'activity'; readonly activity: Activity }
  | { readonly type: 'progress'; readonly progress: TrainingProgress }
  /** A run was created or changed: its state, an epoch more, its end. */
  | { readonly type: 'run'; readonly run: RunRecord }
  /** Runs were deleted, here or in another tab. */
  | { readonly type: 'deleted'; readonly ids: readonly string[] }
  /** All that is stored and cannot be read, as it now is. */
  | { readonly type: 'damaged'; readonly records: readonly DamagedRecord[] }
  /** A person said something else of a run. */
  | { readonly type: 'label'; readonly label: RunLabel }
  /** Something happened that is over already, in a sentence. */
  | { readonly type: 'note'; readonly text: string }
  /** Something failed that no call was waiting for. */
  | { readonly type: 'failure'; readonly failure: Failure };

/** What a page needs to draw itself when it opens. */
export interface LabSnapshot {
  readonly devices: DeviceReport;
  readonly datasets: readonly StoredDataset[];
  /** Oldest first, without those that were deleted. */
  readonly runs: readonly RunRecord[];
  /** What a person said of them; a run without a word has none. */
  readonly labels: readonly RunLabel[];
  /** What is stored and cannot be read. */
  readonly damaged: readonly DamagedRecord[];
  readonly activity: Activity;
}

/** A run that came from a file. */
export interface ImportedRun {
  readonly run: RunRecord;
  readonly label: RunLabel;
  /** Tensors of the file that the network does not need. */
  readonly ignored?: readonly TensorInfo[];
}

/** What the user must supply for weights without metadata. */
export interface ForeignModel {
  /** Stored here; its vocabulary's first tokens are those of the weights. */
  readonly datasetId: string;
  /** Whether H1 + H2 goes into the output layer. */
  readonly residual: boolean;
  /** Activation of an RNN; an LSTM's are fixed. */
  readonly activation: Activation;
  /** Names of the file's two recurrent modules, first layer first; null where names or sizes tell. */
  readonly order: readonly [string, string] | null;
  /** Whether tensors that may be layers of the network are left out. */
  readonly withoutLayers: boolean;
}

export interface ImportRunsRequest {
  readonly files: readonly File[];
  /** Said of all weights among them that do not say it themselves; null asks. */
  readonly foreign: ForeignModel | null;
}

/** Weights of which the user has to say more; what else their shapes tell. */
export interface WeightsQuestion extends ForeignNetwork {
  /** Name of the file. */
  readonly name: string;
}

export interface ImportedRuns {
  readonly runs: readonly ImportedRun[];
  readonly questions: readonly WeightsQuestion[];
  /** Files that could not be read, or are here already. */
  readonly refused: readonly { readonly name: string; readonly failure: Failure }[];
}

/** Safetensors under PyTorch's names, whole or rounded to half precision, or a .zip of a LayersModel that stock TensorFlow.js loads. */
export type WeightsFormat = 'safetensors' | 'safetensors-half' | 'tfjs';

/** Too large to lie in memory at once. */
export interface SavedFile {
  readonly name: string;
  readonly content: Blob;
}

export interface DownloadedFile {
  readonly name: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** To go on with a run that was broken off; what is not given stays as it was. */
export interface ResumeRequest {
  readonly runId: string;
  readonly device?: DeviceChoice | undefined;
  /** On the device cpu. More threads change no result. */
  readonly threads?: number | undefined;
  readonly learningRate?: number | undefined;
  /** Goes on even where it would come to other bits than without a break. */
  readonly anyway: boolean;
}

export interface LabApi {
  /** Registers the page's listener and tells where things stand. Call once. */
  connect(listener: (event: LabEvent) => void): Promise<LabSnapshot>;
  /** Answers at once: whether the worker is there. */
  ping(): Promise<void>;
  /** What the server offers. */
  offered(): Promise<readonly OfferedDataset[]>;
  /** Downloads what is missing of a data set, verified shard by shard; reads nothing when it is already complete. */
  download(offer: OfferedDataset): Promise<StoredDataset>;
  cancelDownload(): Promise<void>;
  /** Makes a data set from what a person brings and stores it; a failed or cancelled one leaves nothing behind. */
  importDataset(request: ImportRequest): Promise<StoredDataset>;
  cancelImport(): Promise<void>;
  deleteDataset(id: string): Promise<void>;
  /** Rows of a stored data set, PAD left out. */
  rows(request: RowsRequest): Promise<readonly Uint16Array[]>;
  /** The memory that each model of a request would take, without opening its device; fails where one cannot fit. */
  plan(request: StartRequest): Promise<readonly PlannedModel[]>;
  /** Starts the models one after the other; answers when the first one is under way. */
  start(request: StartRequest): Promise<{ readonly experiment: string }>;
  /**
   * Goes on with a run from where it was last saved, and with the models after it; answers when it is under way.
   * Fails with `other-bits` where it would not come to the bits of a run without a break, unless that is wanted.
   */
  resumeFromCheckpoint(request: ResumeRequest): Promise<{ readonly experiment: string }>;
  /** How long an epoch of each model would take; measures it with a few training steps where no run tells. Null while busy. */
  estimate(request: StartRequest): Promise<readonly EstimatedModel[] | null>;
  pause(): Promise<void>;
  unpause(): Promise<void>;
  /** While paused: goes on for one training step, or one batch of a measurement, and pauses again. */
  step(): Promise<void>;
  /** Ends the experiment; epochs and best weights so far are kept. */
  stop(): Promise<void>;
  /** The steps of runs, in the order named; none for a run that has none. */
  steps(runIds: readonly string[]): Promise<readonly StepTable[]>;
  /** Keeps what a person says of a run. */
  label(label: RunLabel): Promise<void>;
  /** Hides runs; `restoreRuns` brings them back until the lab is next opened, when they go for good. */
  deleteRuns(ids: readonly string[]): Promise<void>;
  restoreRuns(ids: readonly string[]): Promise<readonly RunRecord[]>;
  /** Everything stored of a damaged record's run or data set, as it lies, in a .zip. */
  exportDamaged(record: DamagedRecord): Promise<SavedFile>;
  /** Deletes a damaged record; of a run hides the whole run. `restoreDamaged` brings it back; a data set does not come back. */
  deleteDamaged(record: DamagedRecord): Promise<void>;
  restoreDamaged(record: DamagedRecord): Promise<void>;
  /** Pools runs over seeds and holds them against a baseline, with intervals over test files. */
  compare(request: CompareRequest): Promise<Comparison>;
  /** A run as one file that another lab imports: measures, steps, what it does on each test file, notes, and its weights if wanted. */
  exportRun(request: ExportRequest): Promise<DownloadedFile>;
  /** Reads runs, measures and weights, this lab's or from elsewhere; what is damaged or already here changes nothing. */
  importRuns(request: ImportRunsRequest): Promise<ImportedRuns>;
  /** The best weights of a run. */
  weights(runId: string, format: WeightsFormat): Promise<DownloadedFile>;
  /** A stored data set as a .zip of its manifest and shards, for other programs. */
  exportDataset(id: string): Promise<SavedFile>;
}
