/** The matrix product on the processor: the right operand packed, then the product in blocks (simd/assembly/product.ts). */
import { BACKEND, type SimdBackend } from '../../simd/backend.ts';
import { START } from '../../simd/kernels.ts';
import type { SimdRuntime } from '../../simd/runtime.ts';
import { withWorkspace, type Take } from '../../simd/workspace.ts';
import { registerLabKernel } from '../kernels.ts';

registerLabKernel<'LabMatMul', SimdBackend>('LabMatMul', BACKEND, ({ inputs: { a, b }, attrs, backend }) => {
  const { transposeA, transposeB } = attrs;
  const m = a.shape[transposeA ? 1 : 0];
  const k = a.shape[transposeA ? 0 : 1];
  const n = b.shape[transposeB ? 0 : 1];
  const out = backend.output([m, n]);
  const { runtime } = backend;
  withWorkspace(runtime, (take) => {
    const right = { from: backend.placeOf(b), lead: b.shape[1], transposed: transposeB, k, n };
    const left = { a: backend.placeOf(a), lead: a.shape[1], turned: transposeA };
    multiply(runtime, { ...left, packed: pack(runtime, take, right), m, n, k, c: backend.placeOf(out) });
  });
  return out;
});

export interface RightOperand {
  /** [k, n] or, transposed, [n, k]; rows `lead` values apart. */
  readonly from: number;
  readonly lead: number;
  readonly transposed?: boolean;
  readonly k: number;
  readonly n: number;
}

/** @returns the place of the packed operand */
export function pack({ kernels }: SimdRuntime, take: Take, operand: RightOperand): number {
  const { from, lead, transposed = false, k, n } = operand;
  const to = take(kernels.packedBytes(k, n));
  kernels.pack(from, lead, Number(transposed), k, n, to);
  return to;
}

/** c = start + a x b. */
export interface Product {
  /** [m, k] or, turned, [k, m]; rows `lead` values apart. */
  readonly a: number;
  readonly lead: number;
  readonly turned?: boolean;
  /** [k, n] packed. */
  readonly packed: number;
  readonly m: number;
  readonly n: number;
  readonly k: number;
  /** [m, n], rows `leadC` values apart; n where not given. */
  readonly c: number;
  readonly leadC?: number;
  /** What it is added to, zero where not given: what is there, or [n] values at a place. */
  readonly start?: 'zero' | 'present' | { readonly bias: number };
}

export function multiply({ kernels }: SimdRuntime, product: Product): void {
  const { a, lead, turned = false, packed, m, n, k, c, leadC = n, start = 'zero' } = product;
  const bias = typeof start === 'object' ? start.bias : 0;
  const kind = typeof start === 'object' ? START.bias : START[start];
  kernels.product(a, lead, Number(turned), packed, m, n, k, c, leadC, kind, bias);
}
