/** What the worker that verifies the engine (workers/verify/verify.worker.ts) can be asked; types only. */
import type { ModelName } from '../models/registry.ts';
import type { DeviceKind } from '../devices.ts';
import type { ModelRecord } from './figures.ts';

/** All but `checkFullSize` compute on the device that was opened last. */
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
   * Trains one step a batch from the weights of a file, without dropout; PyTorch does the same with it.
   * @param file safetensors: weights and batches
   */
  replay(file: Uint8Array): Promise<Replayed>;
  /**
   * @param weights as the lab exports them
   * @param ids safetensors with `batch0.x`, [rows, steps]
   * @returns logits, [rows, steps, tokens]
   */
  logits(weights: Uint8Array, ids: Uint8Array): Promise<Float32Array>;
  /** Compares a device with the reference in one training step of a full-size model; takes some ten seconds on two cores. */
  checkFullSize(model: ModelName, device: DeviceKind): Promise<OracleResult>;
}

/** The result of a check against known values. */
export interface OracleResult {
  readonly case: string;
  readonly device: DeviceKind;
  readonly ok: boolean;
  /** The comparison nearest to or furthest over its limit. */
  readonly worst: { readonly what: string; readonly value: number; readonly limit: number };
}

export interface Replayed {
  /** Before each step, mean over the batch's targets. */
  readonly losses: readonly number[];
  /** Norm of all gradients, before clipping. */
  readonly gradientNorms: readonly number[];
}
