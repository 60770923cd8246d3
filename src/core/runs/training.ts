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
  /** Threads of the device cpu; all cores if left out. Their number changes no result. */
  readonly threads?: number | undefined;
}

/** `searching`: the search for theta and lambda of the cache. */
export type TrainingPhase = 'preparing' | 'training' | 'validating' | 'searching' | 'testing';

/** Progress of the current run, sent at most five times per second. */
export interface TrainingProgress {
  readonly runId: string;
  readonly phase: TrainingPhase;
  /** From 1. */
  readonly epoch: number;
  readonly epochs: number;
  /** Batches done in this phase of this epoch, and their total number. */
  readonly step: number;
  readonly steps: number;
  /** Share of the next batch that is done, 0 to 1; 0 on devices that do not report it. */
  readonly part: number;
  /** Non-PAD targets per second: the median over the recent steps. */
  readonly tokensPerSecond: number | null;
  /** Training steps per second: the median over the recent steps. */
  readonly stepsPerSecond: number | null;
  /** Share of the recent steps' time spent waiting for data; null while unknown. */
  readonly dataWaitShare: number | null;
  /** Seconds to the end of this run if it uses all its epochs; null while unknown. */
  readonly secondsLeft: number | null;
  /** Bytes allocated on the device: all buffers on webgpu, the live tensors on other devices. */
  readonly deviceBytes: number;
  /** Steps since the last progress event. */
  readonly points: StepTable;
}
