/**
 * What the page knows of the lab. The worker is the only source: its snapshot and events are written here by
 * events.ts, and pages read with selectors (`useShallow` where a selector makes a new object).
 */
import { create } from 'zustand';
import type { Activity, FoundRate, ImportState, RateProgress } from '#contract/lab.ts';
import type { ExperimentRecord } from '#core/experiments/record.ts';
import type { DamagedRecord } from '#core/runs/damagedRecord.ts';
import type { DownloadProgress, OfferedDataset, StoredDataset } from '#core/data/stored.ts';
import type { TrainingProgress } from '#core/runs/training.ts';
import type { DeviceReport } from '#core/devices.ts';
import type { Failure } from '#core/failure.ts';
import type { RunRecord } from '#core/runs/run.ts';
import type { RunLabel } from '#core/runs/runLabel.ts';
import type { StepTable } from '#core/runs/stepTable.ts';

export interface ConnectionState {
  readonly state: 'connecting' | 'ready' | 'failed';
  /** Set where state is `failed`. */
  readonly failure: Failure | null;
  /** Null until the worker has answered once. */
  readonly devices: DeviceReport | null;
}

export const useConnection = create<ConnectionState>()(() => ({ state: 'connecting', failure: null, devices: null }));

export type OfferedState =
  | { readonly state: 'asking' }
  | { readonly state: 'known'; readonly list: readonly OfferedDataset[] }
  | { readonly state: 'failed'; readonly failure: Failure };

export interface DownloadState {
  readonly datasetId: string;
  /** Null before the first bytes. */
  readonly progress: DownloadProgress | null;
}

export interface StorageState {
  /** Whether the browser promised not to clear it on its own; null if it does not say. */
  readonly durable: boolean | null;
  readonly usedBytes: number | null;
  readonly quotaBytes: number | null;
}

export interface DatasetsState {
  readonly stored: readonly StoredDataset[];
  readonly offered: OfferedState;
  readonly download: DownloadState | null;
  readonly storage: StorageState | null;
}

export const useDatasets = create<DatasetsState>()(() => ({
  stored: [],
  offered: { state: 'asking' },
  download: null,
  storage: null,
}));

export type ImportingState =
  | { readonly state: 'idle' }
  | {
      readonly state: 'working';
      readonly title: string;
      /** Null before the first file. */
      readonly progress: ImportState | null;
      readonly cancelling: boolean;
    }
  /** The failure is of kind `cancelled` where the user cancelled the import. */
  | { readonly state: 'failed'; readonly title: string; readonly failure: Failure }
  | { readonly state: 'done'; readonly datasetId: string };

export interface ImportsState {
  readonly importing: ImportingState;
}

/** The import; there is only one at a time. It continues while other pages are shown. */
export const useImport = create<ImportsState>()(() => ({ importing: { state: 'idle' } }));

export interface RunsState {
  /** By id; none that is deleted. */
  readonly runs: Readonly<Record<string, RunRecord>>;
  /** User annotations by run id. A run that was never annotated has no entry. */
  readonly labels: Readonly<Record<string, RunLabel>>;
  /** By run id: of runs that train or were shown since the lab was opened (`showSteps`), thinned for drawing. */
  readonly steps: Readonly<Record<string, StepTable>>;
}

export const useRuns = create<RunsState>()(() => ({ runs: {}, labels: {}, steps: {} }));

/** What is stored and cannot be read. */
export const useDamaged = create<{ readonly records: readonly DamagedRecord[] }>()(() => ({ records: [] }));

export interface ActivityState {
  readonly activity: Activity;
  /** Progress of the run that trains; null while none does. */
  readonly progress: TrainingProgress | null;
}

export const useActivity = create<ActivityState>()(() => ({ activity: { state: 'idle' }, progress: null }));

/** Experiments of which something is to be trained, or was since the lab was opened, and the newest one; oldest first. */
export const useQueue = create<{ readonly experiments: readonly ExperimentRecord[] }>()(() => ({ experiments: [] }));

export type RateFinderState =
  | { readonly state: 'idle' }
  /** How far each model is, in order. */
  | { readonly state: 'working'; readonly progress: readonly RateProgress[] }
  | { readonly state: 'done'; readonly found: readonly FoundRate[] }
  /** What was seen until then. */
  | { readonly state: 'stopped'; readonly progress: readonly RateProgress[] }
  | { readonly state: 'failed'; readonly failure: Failure };

/** The search for learning rates. */
export const useRateFinder = create<{ readonly search: RateFinderState }>()(() => ({ search: { state: 'idle' } }));
