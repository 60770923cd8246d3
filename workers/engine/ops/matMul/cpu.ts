/** The matrix product on the processor: the right operand packed, then the product in blocks (backends/simd/assembly/product.ts). */
import { BACKEND, type SimdBackend } from '../../backends/simd/backend.ts';
import { multiply, pack } from '../../backends/simd/products.ts';
import { withWorkspace } from '../../backends/simd/workspace.ts';
import { registerLabKernel } from '../kernels.ts';

registerLabKernel<'LabMatMul', SimdBackend>('LabMatMul', BACKEND, ({ inputs: { a, b }, attrs, backend }) => {
  const { transposeA, transposeB } = attrs;
  const m = a.shape[transposeA ? 1 : 0];
  const k = a.shape[transposeA ? 0 : 1];
  const n = b.shape[transposeB ? 0 : 1];
  const out = backend.output([m, n]);
  const { runtime } = backend;
  withWorkspace(runtime, (alloc) => {
    const right = { b: backend.addressOf(b), ldb: b.shape[1], transB: transposeB, k, n };
    const left = { a: backend.addressOf(a), lda: a.shape[1], transA: transposeA };
    multiply(runtime, { ...left, packed: pack(runtime, alloc, right), m, n, k, c: backend.addressOf(out) });
  });
  return out;
});
