/**
 * The requests of the benchmark's page, as plain data: types only. Every request runs in a new worker, which is terminated afterwards, so
 * that no library leaves memory, a device or a patched kernel to the next.
 */
import type { TrainingConfig } from '#core/settings/config.ts';
import type { ModelSpec } from '#core/models/spec.ts';
import type { DeviceKind } from '#core/devices.ts';

/** The lab's device, as plain data. */
export interface LabDevice {
  readonly kind: DeviceKind;
  /** CPU threads; by default all cores. */
  readonly threads?: number;
}

export interface DeviceFacts {
  /** The adapter or backend, for people. */
  readonly name: string;
  /** CPU threads; 0 on a GPU. */
  readonly threads: number;
}

export interface ModelWork {
  readonly spec: ModelSpec;
  /** `batch` rows a step, of at most `length` tokens, none of them PAD. */
  readonly config: TrainingConfig;
}

export interface StepsWork extends ModelWork {
  /** Number of timed steps, after one that is not timed. */
  readonly timed: number;
}

export interface StepsTimed {
  /** Time of each step, from an encoded batch until its loss is read back. */
  readonly seconds: readonly number[];
  /** Dispatches of the last step, and the peak bytes of buffers; both 0 without WebGPU. */
  readonly dispatches: number;
  readonly peakBytes: number;
  /** Dispatches of the lab's own kernels, as its runtime counts them. */
  readonly ownDispatches?: number;
}

export interface EvaluationTimed {
  /** Seconds that each round took to evaluate a batch without and with a continuous cache. */
  readonly seconds: readonly { readonly without: number; readonly with: number }[];
}

export interface ProductWork {
  /** Rows and columns of both square matrices. */
  readonly size: number;
  /** Number of timed products, after one that is not timed. */
  readonly timed: number;
}

export interface LabProductWork extends ProductWork {
  /** Number of products between two readings of the clock. */
  readonly together: number;
}

export interface ProductTimed {
  /** Time of each product. */
  readonly seconds: readonly number[];
}

export interface ChangingLengthsWork extends ModelWork {
  readonly steps: number;
}

export interface ChangingLengths {
  /** Bytes that the memory plan predicted. */
  readonly planBytes: number;
  readonly peakBytes: number;
  /** By how many bytes the peak of the second half of the steps exceeds that of the first. */
  readonly growthBytes: number;
  readonly tokens: number;
  readonly seconds: number;
}

export interface RepeatWork extends ModelWork {
  readonly steps: number;
}

/** SHA-256 of every tensor's bytes, by its name. */
export type WeightsDigest = Readonly<Record<string, string>>;

/** The lab's own engine, opened as the lab opens it. */
export interface LabSubject {
  describe(device: LabDevice): Promise<DeviceFacts>;
  steps(device: LabDevice, work: StepsWork): Promise<StepsTimed>;
  product(device: LabDevice, work: LabProductWork): Promise<ProductTimed>;
  changingLengths(device: LabDevice, work: ChangingLengthsWork): Promise<ChangingLengths>;
  evaluation(device: LabDevice, work: StepsWork): Promise<EvaluationTimed>;
  trainedWeights(device: LabDevice, work: RepeatWork): Promise<WeightsDigest>;
}

export type StockBackend = 'webgpu' | 'wasm' | 'webgl' | 'cpu';

/** Stock TensorFlow.js: `tf.layers` on one of its own backends. */
export interface StockSubject {
  steps(backend: StockBackend, work: StepsWork): Promise<StepsTimed>;
}

/** jax-js on its WebGPU backend. */
export interface JaxSubject {
  product(work: ProductWork): Promise<ProductTimed>;
}

/** `globalThis.bench`; each call starts a fresh worker. */
export interface BenchPage {
  readonly lab: LabSubject;
  readonly stock: StockSubject;
  readonly jax: JaxSubject;
}

declare global {
  var bench: BenchPage;
}
