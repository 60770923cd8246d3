/**
 * A recurrent layer on the processor: the input product of all steps at once, then step after step in one command, threads side
 * by side in the units (simd/assembly/recurrent.ts); backward likewise, then the gradients of weights, bias and input as single
 * products over all steps.
 */
import type * as tf from '@tensorflow/tfjs-core';
import { CELLS, type Activation, type Cell } from '#core/models/registry.ts';
import { BACKEND, type SimdBackend } from '../../backends/simd/backend.ts';
import { BinaryOp } from '../../backends/simd/kernelCalls.ts';
import { opcodeOf, multiply, pack, packedColumns, packRecurrent } from '../../backends/simd/products.ts';
import { VALUE_BYTES, withWorkspace, type Alloc } from '../../backends/simd/workspace.ts';
import { scratch, type HeldBuffer, type StepSizes } from '../../memory/kernelMemory.ts';
import { listOf, registerLabKernel } from '../kernels.ts';

registerLabKernel<'LabRecurrentLayer', SimdBackend>('LabRecurrentLayer', BACKEND, ({ inputs, attrs, backend }) => {
  const [steps, rows, width] = inputs.input.shape;
  const sizes: LayerSizes = { ...attrs, steps, rows, width, hidden: inputs.weightHh.shape[1] };
  const trace = traceOf(backend, sizes);
  withWorkspace(backend.runtime, (alloc) => layerForward(backend, alloc, sizes, inputs, trace));
  return trace;
});

registerLabKernel<'LabRecurrentLayerGradient', SimdBackend>('LabRecurrentLayerGradient', BACKEND, (call) => {
  const { inputs, attrs, backend } = call;
  const [steps, rows, width] = inputs.input.shape;
  const sizes: LayerSizes = { ...attrs, steps, rows, width, hidden: inputs.weightHh.shape[1] };
  const trace: Trace = [inputs.states, ...listOf('trace', inputs)];
  const operands = { ...inputs, dStates: backend.placeOf(inputs.dy) };
  return withWorkspace(backend.runtime, (alloc) => layerBackward(backend, alloc, sizes, operands, trace));
});

export interface LayerSizes {
  readonly cell: Cell;
  readonly activation: Activation;
  readonly steps: number;
  readonly rows: number;
  /** Width of the input. */
  readonly width: number;
  readonly hidden: number;
}

export interface LayerOperands {
  readonly input: tf.TensorInfo;
  readonly weightIh: tf.TensorInfo;
  readonly weightHh: tf.TensorInfo;
}

/** States; of an LSTM gates [steps, rows, 4 hidden] and cells too. */
export type Trace = [states: tf.TensorInfo, ...more: tf.TensorInfo[]];

export function traceOf(backend: SimdBackend, { cell, steps, rows, hidden }: LayerSizes): Trace {
  const states = backend.output([steps, rows, hidden]);
  if (!CELLS[cell].hasCellState) return [states];
  return [states, backend.output([steps, rows, CELLS[cell].gates * hidden]), backend.output([steps, rows, hidden])];
}

/** Sums before the non-linearities lie where the gates are to be, or the states. */
function placesOf(backend: SimdBackend, [states, gates, cells]: Trace) {
  return {
    states: backend.placeOf(states),
    sums: backend.placeOf(gates ?? states),
    cells: cells ? backend.placeOf(cells) : 0,
  };
}

/** @param trace is written */
export function layerForward(
  backend: SimdBackend,
  alloc: Alloc,
  sizes: LayerSizes,
  operands: LayerOperands & { readonly biasIh: tf.TensorInfo; readonly biasHh: tf.TensorInfo },
  trace: Trace,
): void {
  const { runtime } = backend;
  const { kernels } = runtime;
  const { steps, rows, width, hidden } = sizes;
  const gates = CELLS[sizes.cell].gates;
  const stacked = gates * hidden;
  const [input, weightIh, weightHh] = backend.placesOf(operands.input, operands.weightIh, operands.weightHh);
  const [biasIh, biasHh] = backend.placesOf(operands.biasIh, operands.biasHh);
  const { states, sums, cells } = placesOf(backend, trace);

  const bias = alloc(stacked * VALUE_BYTES);
  kernels.binary({
    op: BinaryOp.Add,
    a: biasIh,
    b: biasHh,
    to: bias,
    count: stacked,
    periodA: stacked,
    periodB: stacked,
  });
  const packedIh = pack(runtime, alloc, { b: weightIh, ldb: width, transB: true, k: width, n: stacked });
  const product = { a: input, lda: width, packed: packedIh, m: steps * rows, n: stacked, k: width };
  multiply(runtime, { ...product, c: sums, start: { bias } });
  const packedHh = packRecurrent(runtime, alloc, weightHh, sizes.cell, hidden);
  kernels.recurrentForward({
    cell: opcodeOf(sizes.cell, sizes.activation),
    steps,
    rows,
    hidden,
    packed: packedHh,
    preActivations: sums,
    states,
    cells,
    hasInitialState: 0,
  });
}

/** What `layerForward` takes for a layer whose input has `width` values a position. */
export function layerForwardMemory({ spec, ofRun }: StepSizes, width: number): readonly HeldBuffer[] {
  const { hidden } = spec;
  const stacked = CELLS[spec.cell].gates * hidden;
  return [
    scratch('input weight, packed', ofRun(width * packedColumns(stacked))),
    scratch('recurrent weight, packed', ofRun(stacked * packedColumns(hidden))),
  ];
}

/** Gradients of input, both weights and bias. */
export type LayerGradients = readonly [
  dInput: tf.TensorInfo,
  dWeightIh: tf.TensorInfo,
  dWeightHh: tf.TensorInfo,
  dBias: tf.TensorInfo,
];

/**
 * An LSTM's gates become their gradients in place, so this can be called once for a forward pass.
 * @param operands with the place of the gradient of the states
 */
export function layerBackward(
  backend: SimdBackend,
  alloc: Alloc,
  sizes: LayerSizes,
  operands: LayerOperands & { readonly dStates: number },
  trace: Trace,
): LayerGradients {
  const { runtime } = backend;
  const { kernels } = runtime;
  const { cell, steps, rows, width, hidden } = sizes;
  const { gates, hasCellState } = CELLS[cell];
  const stacked = gates * hidden;
  const positions = steps * rows;
  const [input, weightIh, weightHh] = backend.placesOf(operands.input, operands.weightIh, operands.weightHh);
  const { states, sums, cells } = placesOf(backend, trace);
  const dz = hasCellState ? sums : alloc(positions * hidden * VALUE_BYTES);
  const carry = hasCellState ? alloc(rows * hidden * VALUE_BYTES) : 0;
  const packedHh = pack(runtime, alloc, { b: weightHh, ldb: hidden, k: stacked, n: hidden });
  kernels.recurrentBackward({
    cell: opcodeOf(cell, sizes.activation),
    steps,
    rows,
    hidden,
    packed: packedHh,
    preActivations: dz,
    states,
    cells,
    gradient: operands.dStates,
    carry,
  });

  const out: LayerGradients = [
    backend.output([steps, rows, width]),
    backend.output([stacked, width]),
    backend.output([stacked, hidden]),
    backend.output([stacked]),
  ];
  const [dInput, dWeightIh, dWeightHh, dBias] = backend.placesOf(...out);
  const packedIh = pack(runtime, alloc, { b: weightIh, ldb: width, k: stacked, n: width });
  multiply(runtime, { a: dz, lda: stacked, packed: packedIh, m: positions, n: width, k: stacked, c: dInput });
  const byPosition = { lda: stacked, transA: true, m: stacked };
  const inputs = pack(runtime, alloc, { b: input, ldb: width, k: positions, n: width });
  multiply(runtime, { ...byPosition, a: dz, packed: inputs, n: width, k: positions, c: dWeightIh });
  // From the second step on, by the states of the step before; the first one's are zeros.
  const k = positions - rows;
  const before = pack(runtime, alloc, { b: states, ldb: hidden, k, n: hidden });
  const second = dz + rows * stacked * VALUE_BYTES;
  multiply(runtime, { ...byPosition, a: second, packed: before, n: hidden, k, c: dWeightHh });
  kernels.columnSums({ from: dz, rows: positions, columns: stacked, ld: stacked, to: dBias, accumulate: 0 });
  return out;
}

/** What `layerBackward` takes for a layer whose input has `width` values a position. */
export function layerBackwardMemory(step: StepSizes, width: number): readonly HeldBuffer[] {
  const { spec, ofRun, ofPositions, ofRows } = step;
  const { hidden } = spec;
  const { gates, hasCellState } = CELLS[spec.cell];
  const stacked = gates * hidden;
  return [
    scratch('recurrent weight, packed', ofRun(stacked * packedColumns(hidden))),
    scratch('input weight, packed', ofRun(stacked * packedColumns(width))),
    scratch('inputs, packed', ofPositions(packedColumns(width))),
    scratch('states of the step before, packed', ofPositions(packedColumns(hidden))),
    hasCellState ? scratch('gradient of cells', ofRows(hidden)) : scratch('gradient of sums', ofPositions(hidden)),
  ];
}
