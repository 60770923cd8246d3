/** The request for a training, and its progress. */
import type { TrainingConfig } from '../settings/config.ts';
import type { ModelChoice } from '../models/registry.ts';
import type { DeviceChoice } from '../devices.ts';
import type { StepTable } from './stepTable.ts';

export interface StartRequest {
  readonly datasetId: string;
  readonly models: readonly ModelChoice[];
  readonly config: TrainingConfig;
  readonly device: DeviceChoice;
  /** On the device cpu; all cores where not given. More threads change no result. */
  readonly threads?: number | undefined;
}

/** `searching`: theta and lambda of the cache. */
export type TrainingPhase = 'preparing' | 'training' | 'validating' | 'searching' | 'testing';

/** Where the run that trains now is; sent five times a second at most. */
export interface TrainingProgress {
  readonly runId: string;
  readonly phase: TrainingPhase;
  /** From 1. */
  readonly epoch: number;
  readonly epochs: number;
  /** Batches done in this phase of this epoch, and in all. */
  readonly step: number;
  readonly steps: number;
  /** Share of the next batch that is done, 0 to 1; 0 on devices that do not report it. */
  readonly part: number;
  /** Non-PAD targets a second, the median of the recent steps. */
  readonly tokensPerSecond: number | null;
  /** Training steps a second, the median of the recent ones. */
  readonly stepsPerSecond: number | null;
  /** Share of the recent steps' time spent waiting for data; null while unknown. */
  readonly dataWaitShare: number | null;
  /** Seconds to the end of this run if it uses all its epochs; null while unknown. */
  readonly secondsLeft: number | null;
  /** Bytes allocated on the device: on webgpu of all its buffers, elsewhere of the tensors held. */
  readonly deviceBytes: number;
  /** Steps since the last progress event. */
  readonly points: StepTable;
}
