/** Types of the calls to the worker that verifies the engine (workers/verify/verify.worker.ts). */
import type { CacheSearch } from '../cache/searchRecord.ts';
import type { Breakdown } from '../metrics/breakdown.ts';
import type { Measures } from '../metrics/measures.ts';
import type { ModelName } from '../models/registry.ts';
import type { DeviceKind } from '../devices.ts';
import type { ModelRecord } from './figures.ts';

/** All but `checkFullSize` and `evaluateStored` compute on the device that was opened last. */
export interface Verifier {
  /** @returns the device's name, which identifies everything that decides its bits */
  open(device: DeviceKind): Promise<string>;
  /** Trains a model of the regression. */
  record(model: ModelName): Promise<ModelRecord>;
  /**
   * Compares the engine with one case of PyTorch's results.
   * @param facts the text of `NAME.json`
   * @param tensors the bytes of `NAME.safetensors`
   */
  checkOracle(facts: string, tensors: Uint8Array): Promise<OracleResult>;
  /**
   * Trains one step per batch from the weights in a file, without dropout. PyTorch runs the same steps from the same file.
   * @param file safetensors: weights and batches
   */
  replay(file: Uint8Array): Promise<Replayed>;
  /**
   * @param weights as the lab exports them
   * @param ids safetensors with `batch0.x`, [rows, steps]
   * @returns logits, [rows, steps, tokens]
   */
  logits(weights: Uint8Array, ids: Uint8Array): Promise<Float32Array>;
  /** Compares the ops of a continuous cache with PyTorch's results. @param text of `cache.json` */
  checkCache(text: string): Promise<OracleResult>;
  /** Measures weights on a test split with and without a cache, on the device cpu, which it opens itself. */
  evaluateStored(request: EvaluationRequest): Promise<EvaluatedModel>;
  /** Compares a device with the reference in one training step of a full-size model; takes about ten seconds on two cores. */
  checkFullSize(model: ModelName, device: DeviceKind): Promise<OracleResult>;
}

/** The bytes of a split's files, one after the other. */
export interface SplitBytes {
  readonly rows: Uint8Array;
  /** Codes of its `<UNK>`s (core/data/outside.ts). */
  readonly outside: Uint8Array;
}

export interface EvaluationRequest {
  /** As the lab exports them. */
  readonly weights: Uint8Array;
  /** The text of the data set's manifest. */
  readonly manifest: string;
  readonly validation: SplitBytes;
  readonly test: SplitBytes;
  /** CPU threads; all cores if left out. */
  readonly threads?: number | undefined;
}

export interface EvaluatedModel {
  readonly search: CacheSearch;
  /** Measures on the test split, without a cache. */
  readonly without: Measures;
  /** Measures on the test split, including those with a cache. */
  readonly test: Measures;
  readonly breakdown: Breakdown;
  readonly seconds: { readonly search: number; readonly without: number; readonly with: number };
}

/** The result of a check against known values. */
export interface OracleResult {
  readonly case: string;
  readonly device: DeviceKind;
  readonly ok: boolean;
  /** The comparison with the largest value relative to its limit. */
  readonly worst: { readonly what: string; readonly value: number; readonly limit: number };
}

export interface Replayed {
  /** Loss before each step: mean over the batch's targets, in nats. */
  readonly losses: readonly number[];
  /** Norm of all gradients, before clipping. */
  readonly gradientNorms: readonly number[];
}
