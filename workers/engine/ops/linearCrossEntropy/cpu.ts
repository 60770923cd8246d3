/** Output layer, cross-entropy and ranks on the processor, a slice of rows at a time. The formulas are in reference.ts. */
import type * as tf from '@tensorflow/tfjs-core';
import { outputWidth } from '#core/models/spec.ts';
import { BACKEND, type SimdBackend } from '../../backends/simd/backend.ts';
import { multiply, pack, packedColumns } from '../../backends/simd/products.ts';
import { VALUE_BYTES, withWorkspace, type Alloc } from '../../backends/simd/workspace.ts';
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
  if (!attrs.gradients) return scoredSlices(backend, inputs, attrs, () => () => {});
  const { runtime } = backend;
  const { kernels } = runtime;
  const [n, hidden] = inputs.states.shape;
  const tokens = inputs.weight.shape[0];
  const gradients = [backend.output([n, hidden]), backend.output([tokens, hidden]), backend.output([tokens])] as const;
  const weight = backend.addressOf(inputs.weight);
  const scores = scoredSlices(backend, inputs, attrs, (alloc, most) => {
    const packedWeight = pack(runtime, alloc, { b: weight, ldb: hidden, k: tokens, n: hidden });
    const packedStates = alloc(kernels.packedBytes(most, hidden));
    const [toStates, toWeight, toBias] = backend.addressesOf(...gradients);
    return ({ logits, ld, first, rows, states }) => {
      const dStates = toStates + first * hidden * VALUE_BYTES;
      multiply(runtime, { a: logits, lda: ld, packed: packedWeight, m: rows, n: hidden, k: tokens, c: dStates });
      kernels.pack({ b: states, ldb: hidden, transB: 0, k: rows, n: hidden, to: packedStates });
      const byToken = { a: logits, lda: ld, transA: true, packed: packedStates, m: tokens, n: hidden, k: rows };
      multiply(runtime, { ...byToken, c: toWeight, start: first === 0 ? 'zero' : 'present' });
      kernels.columnSums({ from: logits, rows, columns: tokens, ld, to: toBias, accumulate: Number(first > 0) });
    };
  });
  return [...scores, ...gradients];
});

/** Logits of some positions. */
interface LogitSlice {
  /** [rows, tokens], rows `ld` values apart: with gradients, those of the logits. */
  readonly logits: number;
  readonly ld: number;
  /** The first position, and how many. */
  readonly first: number;
  readonly rows: number;
  /** Address of their states. */
  readonly states: number;
}

/**
 * Loss, losses and ranks, a slice of logits at a time.
 * @param inputs as LabLinearCrossEntropy has them
 * @param prepare allocates what its result needs, which is called with each slice of at most `most` rows
 */
export function scoredSlices(
  backend: SimdBackend,
  inputs: Readonly<Record<'states' | 'weight' | 'bias' | 'targets', tf.TensorInfo>>,
  { counted, gradients = false }: { readonly counted: number; readonly gradients?: boolean },
  prepare: (alloc: Alloc, most: number) => (slice: LogitSlice) => void,
): [loss: tf.TensorInfo, losses: tf.TensorInfo, ranks: tf.TensorInfo] {
  const { runtime } = backend;
  const { kernels } = runtime;
  const [n, hidden] = inputs.states.shape as [number, number];
  const tokens = inputs.weight.shape[0]!;
  const ld = leadingOf(tokens);
  const scale = 1 / Math.max(1, counted);
  const [loss, losses, ranks] = [backend.output([]), backend.output([n]), backend.output([n])];
  const [statesAddress, weight, bias] = backend.addressesOf(inputs.states, inputs.weight, inputs.bias);
  const [targets, lossesAddress, ranksAddress] = backend.addressesOf(inputs.targets, losses, ranks);
  withWorkspace(runtime, (alloc) => {
    const most = rowsAtOnce(n, tokens);
    const logits = alloc(most * ld * VALUE_BYTES);
    const packed = pack(runtime, alloc, { b: weight, ldb: hidden, transB: true, k: hidden, n: tokens });
    const then = prepare(alloc, most);
    for (let first = 0; first < n; first += most) {
      const rows = Math.min(most, n - first);
      const own = first * VALUE_BYTES;
      const states = statesAddress + own * hidden;
      const left = { a: states, lda: hidden, m: rows, n: tokens, k: hidden };
      multiply(runtime, { ...left, packed, c: logits, ldc: ld, start: { bias } });
      kernels.scores({
        logits,
        targets: targets + own,
        losses: lossesAddress + own,
        ranks: ranksAddress + own,
        rows,
        tokens,
        ld,
        scale: gradients ? scale : 0,
      });
      then({ logits, ld, first, rows, states });
    }
  });
  kernels.meanLoss({ losses: lossesAddress, targets, to: backend.addressOf(loss), count: n, scale });
  return [loss, losses, ranks];
}

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
