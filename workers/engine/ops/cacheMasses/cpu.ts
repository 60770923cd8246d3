/** The masses of a cache on the processor: of each row of the batch a band of likenesses at a time, then its sums by slot. */
import { BACKEND, type SimdBackend } from '../../backends/simd/backend.ts';
import { multiply } from '../../backends/simd/products.ts';
import { VALUE_BYTES, withWorkspace } from '../../backends/simd/workspace.ts';
import { registerLabKernel } from '../kernels.ts';
import { BAND } from './bands.ts';

registerLabKernel<'LabCacheMasses', SimdBackend>('LabCacheMasses', BACKEND, ({ inputs, attrs, backend }) => {
  const { texts, theta } = attrs;
  const [steps, rows] = inputs.slots.shape;
  const width = inputs.states.shape[1];
  const out = backend.output([steps * rows, texts]);
  const { runtime } = backend;
  const [states, slots, to] = backend.addressesOf(inputs.states, inputs.slots, out);
  withWorkspace(runtime, (alloc) => {
    const band = Math.min(BAND, steps);
    const likeness = alloc(band * steps * VALUE_BYTES);
    const transposed = alloc(runtime.kernels.packedBytes(width, steps));
    for (let row = 0; row < rows; row++) {
      const own = states + row * width * VALUE_BYTES;
      runtime.kernels.pack({ b: own, ldb: rows * width, transB: 1, k: width, n: steps, to: transposed });
      for (let first = 0; first < steps; first += BAND) {
        const count = Math.min(BAND, steps - first);
        multiply(runtime, {
          a: own + first * rows * width * VALUE_BYTES,
          lda: rows * width,
          packed: transposed,
          m: count,
          n: first + count,
          k: width,
          c: likeness,
          ldc: steps,
        });
        runtime.kernels.cacheMasses({ likeness, ld: steps, first, count, slots, rows, row, to, texts, theta });
      }
    }
  });
  return out;
});
