/** What a training is given, and what it hands over to be kept. */
import type { Breakdown, BreakdownSum } from '#core/metrics/breakdown.ts';
import type { Checkpoint, CheckpointPlace } from '#core/runs/checkpoint.ts';
import type { Failure } from '#core/failure.ts';
import type { RunRecord } from '#core/runs/run.ts';
import type { Rows } from '#core/data/batches/rows.ts';
import type { StepTable } from '#core/runs/stepTable.ts';
import type { Weights } from '#core/models/weights.ts';
import type { Device } from '#engine/devices/device.ts';
import type { TrainingProgress } from '#core/runs/training.ts';
import type { Control } from './control.ts';
import type { TrainingData } from './data.ts';

/** What is kept with a run. */
export interface Kept {
  /** Where they are a new best. */
  readonly weights?: Weights | undefined;
  readonly steps?: StepTable | undefined;
  /** Breakdown of the test split. */
  readonly breakdown?: Breakdown | undefined;
  /** From which the run can go on; null where it has come to its end, and none is needed any more. */
  readonly checkpoint?: TrainingState | null | undefined;
  /** The run of the next model, in the same transaction: wherever the lab is closed, one run has the rest to go on with. */
  readonly next?: RunRecord | undefined;
}

/** A checkpoint as the trainer knows it: who writes it adds where it was made. */
export interface TrainingState extends Omit<Checkpoint, 'place'> {
  readonly place: Omit<CheckpointPlace, 'schema' | 'build' | 'device' | 'models'>;
}

/** What a run goes on from. */
export interface Resumption {
  readonly state: TrainingState;
  /** Best weights so far, of `run.bestEpoch`; null before the first epoch. */
  readonly best: Weights | null;
}

export interface TrainingJob {
  /** In state `waiting`; without epochs where there is nothing to go on from. */
  readonly run: RunRecord;
  readonly resumption?: Resumption | undefined;
  readonly data: TrainingData;
  /** Ids that CodeXGLUE does not count. */
  readonly ignored: ReadonlySet<number>;
  readonly device: Device;
  readonly control: Control;
  readonly onProgress: (progress: TrainingProgress) => void;
  /** Something went wrong that the training goes on without. */
  readonly onTrouble: (failure: Failure) => void;
  /** Makes the sum of what a model does on each file of a split. */
  readonly breakdownOf: (rows: Rows) => Promise<BreakdownSum>;
  /** Keeps the run as it now is. */
  readonly keep: (run: RunRecord, kept?: Kept) => Promise<void>;
}
