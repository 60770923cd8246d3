/**
 * The contract between the page and the lab's worker: types only. The page calls `LabApi` (remote.ts explains how calls are sent) and
 * receives `LabEvent`s on one long-lived listener. Every switch over them ends in `satisfies never`.
 */
import type { DamagedRecord } from '#core/runs/damagedRecord.ts';
import type { Experiment } from '#core/experiments/grid.ts';
import type { QueueEdit } from '#core/experiments/queue.ts';
import type { ExperimentRecord } from '#core/experiments/record.ts';
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
import type { RatePoint } from '#core/optimization/rateFinder.ts';
import type { RunLabel } from '#core/runs/runLabel.ts';
import type { RunRecord } from '#core/runs/run.ts';
import type { TensorInfo } from '#core/models/safetensors.ts';
import type { StepTable } from '#core/runs/stepTable.ts';

/** What the user imports: dropped files and folders, or addresses of Parquet files. */
export type ImportSource =
  | {
      readonly from: 'files';
      readonly files: readonly { readonly path: string; readonly blob: Blob }[];
      /** Notes about files that were left out before the import; they go into the manifest. */
      readonly notes?: readonly Note[];
    }
  | { readonly from: 'addresses'; readonly addresses: readonly string[] };

export interface ImportRequest {
  readonly source: ImportSource;
  /** Id of the data set. An existing one with this id is replaced at the end. */
  readonly id: string;
  /**
   * SHA-256 of the stored data set that the user agreed to replace; null if there was none. The import fails if another one is
   * stored under its name by the time it is complete. Without this field any data set of that name is replaced.
   */
  readonly replaces?: string | null;
  readonly title?: string;
  /** Maximum number of tokens in the vocabulary. */
  readonly vocabulary: number;
  /** Ids per row. */
  readonly length: number;
  /** Keeps long files whole, as consecutive rows, instead of cutting them. */
  readonly wholeFiles: boolean;
  /** Skips files with the same content as an earlier one. */
  readonly dropDuplicates: boolean;
}

/** Progress of an import, with its rate in bytes of the source per second. */
export interface ImportState extends ImportProgress {
  readonly bytesPerSecond: number;
  readonly secondsLeft: number | null;
}

export interface RowsRequest {
  readonly datasetId: string;
  readonly split: AnySplit;
  /** Indices of the rows in the split. */
  readonly rows: readonly number[];
}

/** The memory that training a model takes on the device of a request. */
export interface PlannedModel {
  readonly choice: ModelChoice;
  /** For `residual`, the larger of the models that it can become. */
  readonly model: ModelName;
  readonly plan: MemoryPlan;
}

/** The time that training a model is expected to take on the device of a request. */
export interface EstimatedModel {
  readonly choice: ModelChoice;
  /** For `residual`, the slower of the models that it can become. */
  readonly model: ModelName;
  /** One epoch with its validation. */
  readonly epochSeconds: number;
  /** `run`: measured in a run of the same size on this device; `probe`: in a few training steps just now. */
  readonly from: 'run' | 'probe';
}

/** A model's losses while the learning rate rises. */
export interface RateProgress {
  readonly choice: ModelChoice;
  /** For `residual`, the larger of the models that it can become. */
  readonly model: ModelName;
  /** One point per step so far. */
  readonly points: readonly RatePoint[];
  /** Maximum number of steps. */
  readonly steps: number;
}

export interface FoundRate extends Omit<RateProgress, 'steps'> {
  /** Whether it ended because the loss rose. */
  readonly diverged: boolean;
  /** Null if the loss never fell by more than noise. */
  readonly suggestion: number | null;
}

export interface ExportRequest {
  /** Id of the run. */
  readonly id: string;
  /** Whether to include its best weights, which are nearly all of the file. */
  readonly weights: boolean;
}

/** Which stored runs to compare. */
export interface CompareRequest {
  readonly runIds: readonly string[];
  /** Key of the pool that the others are compared with; null leaves the choice to the lab. */
  readonly baseline: string | null;
}

/** An experiment to add to the queue. */
export interface QueueRequest {
  readonly plan: Experiment;
  readonly device: DeviceChoice;
  /** Threads of the device cpu; all cores if left out. */
  readonly threads?: number | undefined;
}

export type Activity =
  | { readonly state: 'idle' }
  | {
      /** `watching`: another tab trains, and sends this one its events. */
      readonly state: 'training' | 'pausing' | 'paused' | 'stopping' | 'watching';
      readonly experiment: string;
      /** Runs of the configuration that trains, in order; the residual one appears once its baseline is known. */
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
  /** Experiments with runs that wait or train, or did so since the lab was opened, and the newest one; sent on each change. */
  | { readonly type: 'queue'; readonly experiments: readonly ExperimentRecord[] }
  /** Progress of the search for learning rates, at most five times per second. */
  | { readonly type: 'rateFinder'; readonly progress: RateProgress }
  /** A run was created or changed: its state, another epoch, its end. */
  | { readonly type: 'run'; readonly run: RunRecord }
  /** Runs were deleted, here or in another tab. */
  | { readonly type: 'deleted'; readonly ids: readonly string[] }
  /** All stored records that cannot be read; sent on each change. */
  | { readonly type: 'damaged'; readonly records: readonly DamagedRecord[] }
  /** The label of a run or experiment changed. */
  | { readonly type: 'label'; readonly label: RunLabel }
  /** A sentence about something that happened and needs no action. */
  | { readonly type: 'note'; readonly text: string }
  /** A failure that no call reports. */
  | { readonly type: 'failure'; readonly failure: Failure };

/** What a page needs for its first render. */
export interface LabSnapshot {
  readonly devices: DeviceReport;
  readonly datasets: readonly StoredDataset[];
  /** Oldest first, without those that were deleted. */
  readonly runs: readonly RunRecord[];
  /** Names, notes, tags and colors. A run without any has no label. */
  readonly labels: readonly RunLabel[];
  /** Stored records that cannot be read. */
  readonly damaged: readonly DamagedRecord[];
  readonly activity: Activity;
  /** The same experiments as in the event `queue`. */
  readonly experiments: readonly ExperimentRecord[];
}

/** A run that came from a file. */
export interface ImportedRun {
  readonly run: RunRecord;
  readonly label: RunLabel;
  /** Tensors of the file that the model does not use. */
  readonly ignored?: readonly TensorInfo[];
}

/** What the user must supply for weights without metadata. */
export interface ForeignModel {
  /** A stored data set whose vocabulary begins with the tokens of the weights. */
  readonly datasetId: string;
  /** Whether the sum of all layers goes into the output layer. */
  readonly residual: boolean;
  /** Activation of an RNN; an LSTM's are fixed. */
  readonly activation: Activation;
  /** Names of the file's two recurrent modules, first layer first; null if names or sizes show the order. */
  readonly order: readonly [string, string] | null;
  /** Whether tensors that may be layers of the network are left out. */
  readonly withoutLayers: boolean;
}

export interface ImportRunsRequest {
  readonly files: readonly File[];
  /** Applies to all weights in the files that have no metadata. With null, such files become `questions`. */
  readonly foreign: ForeignModel | null;
}

/** Weights for which the user must supply more, with what their shapes show. */
export interface WeightsQuestion extends ForeignNetwork {
  /** Name of the file. */
  readonly name: string;
}

export interface ImportedRuns {
  readonly runs: readonly ImportedRun[];
  readonly questions: readonly WeightsQuestion[];
  /** Files that could not be read, and runs that are stored already. */
  readonly refused: readonly { readonly name: string; readonly failure: Failure }[];
}

/** Safetensors with PyTorch's names, in full or half precision, or a .zip of a LayersModel for standard TensorFlow.js. */
export type WeightsFormat = 'safetensors' | 'safetensors-half' | 'tfjs';

/** A file that may be too large for memory. */
export interface SavedFile {
  readonly name: string;
  readonly content: Blob;
}

export interface DownloadedFile {
  readonly name: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** Resumes an interrupted run; fields that are not given keep the run's own values. */
export interface ResumeRequest {
  readonly runId: string;
  readonly device?: DeviceChoice | undefined;
  /** Threads on the device cpu; their number changes no result. */
  readonly threads?: number | undefined;
  readonly learningRate?: number | undefined;
  /** Resumes even if the result will not be bit-identical to an uninterrupted run. */
  readonly anyway: boolean;
}

/** The calls of the lab's worker. Each rejects with a `LabError`. */
export interface LabApi {
  /** Registers the page's listener and returns the current state. Call once. */
  connect(listener: (event: LabEvent) => void): Promise<LabSnapshot>;
  /** Resolves at once: the worker is alive. */
  ping(): Promise<void>;
  /** The data sets that the server offers. */
  offered(): Promise<readonly OfferedDataset[]>;
  /** Downloads the missing shards of a data set and verifies each; downloads nothing if it is complete. */
  download(offer: OfferedDataset): Promise<StoredDataset>;
  cancelDownload(): Promise<void>;
  /** Makes a data set from the user's files and stores it. An import that fails or is cancelled stores nothing. */
  importDataset(request: ImportRequest): Promise<StoredDataset>;
  cancelImport(): Promise<void>;
  deleteDataset(id: string): Promise<void>;
  /** Rows of a stored data set, without PAD. */
  rows(request: RowsRequest): Promise<readonly Uint16Array[]>;
  /** Plans the memory of each model of a request without opening its device; fails if one does not fit. */
  plan(request: StartRequest): Promise<readonly PlannedModel[]>;
  /** Trains the models one after the other; resolves when the first has started. */
  start(request: StartRequest): Promise<{ readonly experiment: string }>;
  /** Adds the runs of an experiment to the end of the queue, and starts the queue if nothing trains. Resolves when it is stored. */
  enqueue(request: QueueRequest): Promise<{ readonly experiment: string }>;
  /** Continues a halted experiment with its remaining runs. */
  releaseExperiment(experiment: string): Promise<void>;
  /** Changes the waiting runs of the queue, even if another tab trains it. */
  editQueue(edit: QueueEdit): Promise<void>;
  /** Stops the run if it is training, and continues with the next one. Its results so far are kept. */
  skipRun(runId: string): Promise<void>;
  /**
   * Resumes a run from its last checkpoint, and trains the models after it; resolves when it has started. Fails with `other-bits`
   * if the result would not be bit-identical to an uninterrupted run, unless `anyway` is set.
   */
  resumeFromCheckpoint(request: ResumeRequest): Promise<{ readonly experiment: string }>;
  /** Estimates the time of an epoch of each model, from a comparable run or a few training steps. Null while busy. */
  estimate(request: StartRequest): Promise<readonly EstimatedModel[] | null>;
  /**
   * Suggests a learning rate for each model of a request, from a few training steps with a rising rate. Stores nothing. Null if
   * `stopFindingRates` or a new training ended it.
   */
  findRates(request: StartRequest): Promise<readonly FoundRate[] | null>;
  /** Resolves when the device is free. */
  stopFindingRates(): Promise<void>;
  pause(): Promise<void>;
  unpause(): Promise<void>;
  /** While paused: runs one training step, or one batch of a measurement, and pauses again. */
  step(): Promise<void>;
  /** Ends the training; the rest of the queue stays stored. Finished epochs and the best weights so far stay stored. */
  stop(): Promise<void>;
  /** The step tables of runs, in the order of the ids; empty for a run without steps. */
  steps(runIds: readonly string[]): Promise<readonly StepTable[]>;
  /** Stores the label of a run or experiment. */
  label(label: RunLabel): Promise<void>;
  /** Hides runs, which `restoreRuns` restores. They are purged at the next start once ten minutes have passed. */
  deleteRuns(ids: readonly string[]): Promise<void>;
  restoreRuns(ids: readonly string[]): Promise<readonly RunRecord[]>;
  /** Everything stored of a damaged record's run or data set, unchanged, in a .zip. */
  exportDamaged(record: DamagedRecord): Promise<SavedFile>;
  /** Deletes a damaged record; a damaged run record hides the run. `restoreDamaged` undoes it, except for a data set. */
  deleteDamaged(record: DamagedRecord): Promise<void>;
  restoreDamaged(record: DamagedRecord): Promise<void>;
  /** Pools runs over seeds and compares them with a baseline, with intervals over test files. */
  compare(request: CompareRequest): Promise<Comparison>;
  /** A run as one file that another lab can import: metrics, steps, results by test file, notes, and optionally its weights. */
  exportRun(request: ExportRequest): Promise<DownloadedFile>;
  /** Imports runs, metrics and weights, from this lab or elsewhere; files that are damaged or stored already change nothing. */
  importRuns(request: ImportRunsRequest): Promise<ImportedRuns>;
  /** The best weights of a run. */
  weights(runId: string, format: WeightsFormat): Promise<DownloadedFile>;
  /** A stored data set as a .zip of its manifest and shards, for other programs. */
  exportDataset(id: string): Promise<SavedFile>;
}
