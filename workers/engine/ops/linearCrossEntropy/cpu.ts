/** Output layer, cross-entropy and ranks on the processor, a slice of rows at a time. The formulas are in reference.ts. */
import { outputWidth } from '#core/models/spec.ts';
import { BACKEND, type SimdBackend } from '../../backends/simd/backend.ts';
import { multiply, pack, packedColumns } from '../../backends/simd/products.ts';
import { VALUE_BYTES, withWorkspace } from '../../backends/simd/workspace.ts';
import {
  activation,
  outputGradients,
  passedOn,
  scratch,
  STEPS_IN_FLIGHT,
  type StepKernels,
} from '../../memory/kernelMemory.ts';
import { registerLabKernel } from '../kernels.ts';
import { leadingOf, rowsAtOnce } from './slices.ts';

registerLabKernel<'LabLinearCrossEntropy', SimdBackend>('LabLinearCrossEntropy', BACKEND, (call) => {
  const { inputs, attrs, backend } = call;
  const { runtime } = backend;
  const { kernels } = runtime;
  const [n, hidden] = inputs.states.shape;
  const tokens = inputs.weight.shape[0];
  const ld = leadingOf(tokens);
  const scale = 1 / Math.max(1, attrs.counted);
  const [loss, losses, ranks] = [backend.output([]), backend.output([n]), backend.output([n])];
  const gradients = attrs.gradients
    ? ([backend.output([n, hidden]), backend.output([tokens, hidden]), backend.output([tokens])] as const)
    : null;
  const [statesAddress, weight, bias] = backend.addressesOf(inputs.states, inputs.weight, inputs.bias);
  const [targets, lossesAddress, ranksAddress] = backend.addressesOf(inputs.targets, losses, ranks);

  withWorkspace(runtime, (alloc) => {
    const most = rowsAtOnce(n, tokens);
    const logits = alloc(most * ld * VALUE_BYTES);
    const weightT = pack(runtime, alloc, { b: weight, ldb: hidden, transB: true, k: hidden, n: tokens });
    const back = gradients && {
      weight: pack(runtime, alloc, { b: weight, ldb: hidden, k: tokens, n: hidden }),
      states: alloc(kernels.packedBytes(most, hidden)),
      to: backend.addressesOf(...gradients),
    };
    for (let first = 0; first < n; first += most) {
      const rows = Math.min(most, n - first);
      const own = first * VALUE_BYTES;
      const states = statesAddress + own * hidden;
      const left = { a: states, lda: hidden, m: rows, n: tokens, k: hidden };
      multiply(runtime, { ...left, packed: weightT, c: logits, ldc: ld, start: { bias } });
      kernels.scores({
        logits,
        targets: targets + own,
        losses: lossesAddress + own,
        ranks: ranksAddress + own,
        rows,
        tokens,
        ld,
        scale: back ? scale : 0,
      });
      if (!back) continue;
      const [toStates, toWeight, toBias] = back.to;
      const dStates = toStates + own * hidden;
      multiply(runtime, { a: logits, lda: ld, packed: back.weight, m: rows, n: hidden, k: tokens, c: dStates });
      kernels.pack({ b: states, ldb: hidden, transB: 0, k: rows, n: hidden, to: back.states });
      const byToken = { a: logits, lda: ld, transA: true, packed: back.states, m: tokens, n: hidden, k: rows };
      multiply(runtime, { ...byToken, c: toWeight, start: first === 0 ? 'zero' : 'present' });
      kernels.columnSums({ from: logits, rows, columns: tokens, ld, to: toBias, accumulate: Number(first > 0) });
    }
  });
  kernels.meanLoss({ losses: lossesAddress, targets, to: backend.addressOf(loss), count: n, scale });
  return gradients ? [loss, losses, ranks, ...gradients] : [loss, losses, ranks];
});

export const memory: StepKernels['loss'] = {
  sliceOf: (positions, tokens) => {
    const rows = rowsAtOnce(positions, tokens);
    return { rows, allocated: rows };
  },
  forward: (step) => {
    const { spec, microBatches, ofRun, ofPositions, ofSlice } = step;
    const { tokens } = spec;
    const width = outputWidth(spec);
    const packedWeights = width * packedColumns(tokens) + tokens * packedColumns(width);
    // Kept until they are read, which may be after the next step was handed over.
    const unread = 2 * STEPS_IN_FLIGHT * microBatches;
    return [
      [
        ...outputGradients(step),
        activation('losses and ranks', ofPositions(1), { until: 'always', count: unread }),
        scratch('output weight, packed', ofRun(packedWeights)),
        scratch('logits', ofSlice(leadingOf(tokens))),
        scratch('states of a slice, packed', ofSlice(packedColumns(width))),
        passedOn('gradient of what the output layer sees', ofPositions(width)),
      ],
    ];
  },
};
