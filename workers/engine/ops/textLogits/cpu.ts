/** Output layer on the processor with the logits that a cache needs: the slices of linearCrossEntropy/cpu.ts, and one more command for each. */
import { LARGEST } from '#core/cache/rowScores.ts';
import { BACKEND, type SimdBackend } from '../../backends/simd/backend.ts';
import { registerLabKernel } from '../kernels.ts';
import { scoredSlices } from '../linearCrossEntropy/cpu.ts';

registerLabKernel<'LabTextLogits', SimdBackend>('LabTextLogits', BACKEND, ({ inputs, attrs, backend }) => {
  const { kernels } = backend.runtime;
  const n = inputs.states.shape[0];
  const tokens = inputs.weight.shape[0];
  const [rows, texts] = inputs.ids.shape;
  const kept = Math.min(LARGEST, tokens);
  const [ofTexts, largest] = [backend.output([n, texts]), backend.output([n, kept])];
  const [ids, to, toLargest] = backend.addressesOf(inputs.ids, ofTexts, largest);
  const scores = scoredSlices(backend, inputs, attrs, () => ({ logits, ld, first, rows: count }) => {
    kernels.textLogits({ logits, ld, tokens, first, count, ids, rows, texts, to, largest: toLargest, kept });
  });
  return [...scores, ofTexts, largest];
});
