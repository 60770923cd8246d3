/** Masks on the processor, for ops and for completing. Without TensorFlow.js. */
import { dropoutKey, dropoutThreshold } from '#core/random/dropout.ts';
import type { SimdRuntime } from '../../backends/simd/runtime.ts';
import type { DropoutKey } from '../contract.ts';

/** Which values a mask drops; it is drawn over [steps, rows, width]. */
export interface Mask {
  readonly rate: number;
  readonly key: DropoutKey;
  /** Rows and width of a step. */
  readonly shape: readonly [rows: number, width: number];
}

export interface Masked {
  readonly x: number;
  /** Added to x under the mask, and to the result. */
  readonly inside?: number;
  readonly outside?: number;
  readonly to: number;
  /** Values, from the first step on. */
  readonly count: number;
}

/** to = mask x (x + inside) + outside. Without a mask it adds, or copies. */
export function maskInto({ kernels }: SimdRuntime, range: Masked, mask: Mask | null): void {
  const { x, inside = 0, outside = 0, to, count } = range;
  const [rows, width] = mask?.shape ?? [1, count];
  const { first, all } = mask?.key.rows ?? { first: 0, all: rows };
  const { seed, step, layer } = mask?.key ?? { seed: 0, step: 0, layer: 0 };
  const rate = mask?.rate ?? 0;
  kernels.dropout({
    x,
    inside,
    outside,
    to,
    count,
    key: dropoutKey(seed, step, layer),
    threshold: dropoutThreshold(rate),
    kept: 1 / (1 - rate),
    together: rows * width,
    stride: all * width,
    first: first * width,
  });
}
