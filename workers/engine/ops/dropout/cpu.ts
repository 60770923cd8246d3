/** Dropout on the processor: the mask is drawn value by value, forward and backward alike. */
import { BACKEND, type SimdBackend } from '../../backends/simd/backend.ts';
import { registerLabKernel } from '../kernels.ts';
import { maskInto } from './mask.ts';

registerLabKernel<'LabDropout', SimdBackend>('LabDropout', BACKEND, ({ inputs: { x }, attrs, backend }) => {
  const [steps, rows, width] = x.shape;
  const out = backend.output(x.shape);
  const operands = { x: backend.addressOf(x), to: backend.addressOf(out), count: steps * rows * width };
  maskInto(backend.runtime, operands, { ...attrs, shape: [rows, width] });
  return out;
});
