/** Dropout on the processor: the mask is drawn value by value, forward and backward alike. */
import { dropoutKey, dropoutThreshold } from '#core/random/dropout.ts';
import { BACKEND, type SimdBackend } from '../../backends/simd/backend.ts';
import type { SimdRuntime } from '../../backends/simd/runtime.ts';
import type { DropoutKey } from '../contract.ts';
import { registerLabKernel } from '../kernels.ts';

registerLabKernel<'LabDropout', SimdBackend>('LabDropout', BACKEND, ({ inputs: { x }, attrs, backend }) => {
  const [steps, rows, width] = x.shape;
  const out = backend.output(x.shape);
  const places = { x: backend.placeOf(x), to: backend.placeOf(out), count: steps * rows * width };
  maskInto(backend.runtime, places, { ...attrs, shape: [rows, width] });
  return out;
});

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
export function maskInto({ kernels }: SimdRuntime, places: Masked, mask: Mask | null): void {
  const { x, inside = 0, outside = 0, to, count } = places;
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
