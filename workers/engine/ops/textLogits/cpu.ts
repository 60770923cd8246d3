/** Output layer on the processor with the logits that a cache needs, a slice of rows at a time, as linearCrossEntropy/cpu.ts. */
import { LARGEST } from '#core/cache/rowScores.ts';
import { BACKEND, type SimdBackend } from '../../backends/simd/backend.ts';
import { multiply, pack } from '../../backends/simd/products.ts';
import { VALUE_BYTES, withWorkspace } from '../../backends/simd/workspace.ts';
import { registerLabKernel } from '../kernels.ts';
import { leadingOf, rowsAtOnce } from '../linearCrossEntropy/slices.ts';

registerLabKernel<'LabTextLogits', SimdBackend>('LabTextLogits', BACKEND, ({ inputs, attrs, backend }) => {
  const { runtime } = backend;
  const { kernels } = runtime;
  const [n, hidden] = inputs.states.shape;
  const tokens = inputs.weight.shape[0];
  const [rows, texts] = inputs.ids.shape;
  const ld = leadingOf(tokens);
  const kept = Math.min(LARGEST, tokens);
  const [loss, losses, ranks] = [backend.output([]), backend.output([n]), backend.output([n])];
  const [ofTexts, largest] = [backend.output([n, texts]), backend.output([n, kept])];
  const [states, weight, bias] = backend.addressesOf(inputs.states, inputs.weight, inputs.bias);
  const [targets, ids] = backend.addressesOf(inputs.targets, inputs.ids);
  const [toLosses, toRanks, toTexts, toLargest] = backend.addressesOf(losses, ranks, ofTexts, largest);

  withWorkspace(runtime, (alloc) => {
    const most = rowsAtOnce(n, tokens);
    const logits = alloc(most * ld * VALUE_BYTES);
    const weightT = pack(runtime, alloc, { b: weight, ldb: hidden, transB: true, k: hidden, n: tokens });
    for (let first = 0; first < n; first += most) {
      const count = Math.min(most, n - first);
      const own = first * VALUE_BYTES;
      const left = { a: states + own * hidden, lda: hidden, m: count, n: tokens, k: hidden };
      multiply(runtime, { ...left, packed: weightT, c: logits, ldc: ld, start: { bias } });
      kernels.scores({
        logits,
        targets: targets + own,
        losses: toLosses + own,
        ranks: toRanks + own,
        rows: count,
        tokens,
        ld,
        scale: 0,
      });
      const slice = { logits, ld, tokens, first, count };
      kernels.textLogits({ ...slice, ids, rows, texts, to: toTexts, largest: toLargest, kept });
    }
  });
  const scale = 1 / Math.max(1, attrs.counted);
  kernels.meanLoss({ losses: toLosses, targets, to: backend.addressOf(loss), count: n, scale });
  return [loss, losses, ranks, ofTexts, largest];
});
