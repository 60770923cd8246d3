/** The input of a training, and what it passes on to be stored. */
import type { Breakdown, BreakdownSum } from '#core/metrics/breakdown.ts';
import type { Checkpoint, TrainerState } from '#core/runs/checkpoint.ts';
import type { Failure } from '#core/failure.ts';
import type { RunRecord } from '#core/runs/run.ts';
import type { Rows } from '#core/data/batches/rows.ts';
import type { StepTable } from '#core/runs/stepTable.ts';
import type { Weights } from '#core/models/weights.ts';
import type { Device } from '#engine/devices/device.ts';
import type { TrainingProgress } from '#core/runs/training.ts';
import type { Control } from './control.ts';
import type { TrainingData } from './data.ts';

/** What is stored with a run. */
export interface RunParts {
  /** The weights where they are a new best. */
  readonly weights?: Weights | undefined;
  readonly steps?: StepTable | undefined;
  /** Breakdown of the test split. */
  readonly breakdown?: Breakdown | undefined;
  /** Where the run can be resumed from; null where it has ended, and none is needed any more. */
  readonly checkpoint?: TrainingState | null | undefined;
}

/** A checkpoint as the trainer knows it; its writer adds which build and device made it. */
export interface TrainingState extends Omit<Checkpoint, 'trainerState'> {
  readonly trainerState: Omit<TrainerState, 'schema' | 'build' | 'device' | 'models'>;
}

/** What a run is resumed from. */
export interface Resumption {
  readonly state: TrainingState;
  /** Best weights so far, of `run.bestEpoch`; null before the first epoch. */
  readonly best: Weights | null;
}

export interface TrainingJob {
  /** In state `waiting`; without epochs if there is no checkpoint to resume from. */
  readonly run: RunRecord;
  readonly resumption?: Resumption | undefined;
  /** After which it is stopped, to be gone on with or not; it trains to its end where not given. */
  readonly untilEpoch?: number | undefined;
  readonly data: TrainingData;
  /** Ids that CodeXGLUE does not count. */
  readonly ignored: ReadonlySet<number>;
  /** `nameFlags` of the data set. */
  readonly names: readonly boolean[];
  readonly device: Device;
  readonly control: Control;
  readonly onProgress: (progress: TrainingProgress) => void;
  /** Something failed that does not end the training. */
  readonly onTrouble: (failure: Failure) => void;
  /** Makes the sum of what a model does on each file of a split. */
  readonly breakdownOf: (rows: Rows) => Promise<BreakdownSum>;
  /** Stores the run as it now is. */
  readonly store: (run: RunRecord, parts?: RunParts) => Promise<void>;
}
