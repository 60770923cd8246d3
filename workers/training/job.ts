/** The input of a training, and the parts that it passes on for storage. */
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

/** Parts that are stored with a run. */
export interface RunParts {
  /** The weights, if they are the best so far. */
  readonly weights?: Weights | undefined;
  readonly steps?: StepTable | undefined;
  /** Breakdown of the test split. */
  readonly breakdown?: Breakdown | undefined;
  /** State from which the run can resume; null once the run is done and needs none. */
  readonly checkpoint?: TrainingState | null | undefined;
}

/** A checkpoint without the fields that its writer adds, such as the build and the device. */
export interface TrainingState extends Omit<Checkpoint, 'trainerState'> {
  readonly trainerState: Omit<TrainerState, 'schema' | 'build' | 'device' | 'models'>;
}

/** State for resuming a run. */
export interface Resumption {
  readonly state: TrainingState;
  /** Best weights so far, from `run.bestEpoch`; null if there is no best epoch. */
  readonly best: Weights | null;
}

export interface TrainingJob {
  /** In state `waiting`; without epochs if there is no checkpoint to resume from. */
  readonly run: RunRecord;
  readonly resumption?: Resumption | undefined;
  /** Last epoch before the run stops, so that it can be resumed later. It trains to its end if left out. */
  readonly untilEpoch?: number | undefined;
  readonly data: TrainingData;
  /** Ids that CodeXGLUE does not count. */
  readonly ignored: ReadonlySet<number>;
  /** `nameFlags` of the data set. */
  readonly names: readonly boolean[];
  readonly device: Device;
  readonly control: Control;
  readonly onProgress: (progress: TrainingProgress) => void;
  /** Called for a failure that does not end the training. */
  readonly onTrouble: (failure: Failure) => void;
  /** Makes the sum of a model's results per file of a split. */
  readonly breakdownOf: (rows: Rows) => Promise<BreakdownSum>;
  /** Stores the current state of the run. */
  readonly store: (run: RunRecord, parts?: RunParts) => Promise<void>;
}
