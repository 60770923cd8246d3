/**
 * A recurrent layer on the processor: the input product of all steps at once, then step after step in one command, threads side
 * by side in the units (backends/simd/assembly/recurrent.ts); backward likewise, then the gradients of weights, bias and input as single
 * products over all steps. Without TensorFlow.js: completing uses it too (engine/inference).
 */
import { CELLS, type Activation, type Cell } from '#core/models/registry.ts';
import { BinaryOp } from '../../backends/simd/kernelCalls.ts';
import { opcodeOf, multiply, pack, packRecurrent } from '../../backends/simd/products.ts';
import type { SimdRuntime } from '../../backends/simd/runtime.ts';
import { VALUE_BYTES, type Alloc } from '../../backends/simd/workspace.ts';
import { CELL_LAYOUTS } from './cells/layout.ts';

export interface LayerKind {
  readonly cell: Cell;
  readonly activation: Activation;
  /** Width of the input. */
  readonly width: number;
  readonly hidden: number;
}

export interface LayerSizes extends LayerKind {
  readonly steps: number;
  readonly rows: number;
}

/** Addresses of a layer's weights, or of their gradients. */
export interface LayerWeights {
  readonly weightIh: number;
  readonly weightHh: number;
  readonly biasIh: number;
  readonly biasHh: number;
}

/** Addresses of what a layer computes of all positions. */
export interface LayerActivations {
  /** [steps, rows, hidden] */
  readonly states: number;
  /** [steps, rows, blocks x hidden], of a cell that keeps them (cells/layout.ts). */
  readonly blocks: number;
  /** As the states, of a cell that has cell states. */
  readonly cells: number;
}

/** A layer's weights as its steps read them. */
export interface PackedLayer {
  /** The input weight's transpose, a part for each span of the layout. */
  readonly ih: readonly number[];
  /** The recurrent weight's transpose, gate by gate. */
  readonly hh: number;
  /** [gates x hidden]: what the input product is added to. */
  readonly bias: number;
  /** [gates x hidden]: what the recurrent product is added to in blocks of its own. */
  readonly recurrentBias: number;
}

export function packLayer(
  runtime: SimdRuntime,
  alloc: Alloc,
  { cell, width, hidden }: LayerKind,
  { weightIh, weightHh, biasIh, biasHh }: LayerWeights,
): PackedLayer {
  const { kernels } = runtime;
  const stacked = CELLS[cell].gates * hidden;
  const [bias, recurrentBias] = [alloc(stacked * VALUE_BYTES), alloc(stacked * VALUE_BYTES)];
  kernels.binary({
    op: BinaryOp.Add,
    a: biasIh,
    b: biasHh,
    to: bias,
    count: stacked,
    periodA: stacked,
    periodB: stacked,
  });
  kernels.copy({ from: biasHh, to: recurrentBias, bytes: stacked * VALUE_BYTES });
  const ih = CELL_LAYOUTS[cell].inputs.map(({ gate, gates, block }) => {
    const offset = gate * hidden * VALUE_BYTES;
    // the recurrent product, and its bias, are in other blocks
    if (block !== gate) {
      kernels.copy({ from: biasIh + offset, to: bias + offset, bytes: gates * hidden * VALUE_BYTES });
    }
    const b = weightIh + gate * hidden * width * VALUE_BYTES;
    return pack(runtime, alloc, { b, ldb: width, transB: true, k: width, n: gates * hidden });
  });
  return { ih, hh: packRecurrent(runtime, alloc, weightHh, cell, hidden), bias, recurrentBias };
}

/**
 * Writes the commands of some steps.
 * @param input [steps, rows, width]
 * @param trace is written
 * @param hasInitialState whether the states and cells of the step before lie in front of these; if not, they are zeros
 */
export function layerForward(
  runtime: SimdRuntime,
  { cell, activation, steps, rows, width, hidden }: LayerSizes,
  packed: PackedLayer,
  input: number,
  { states, blocks, cells }: LayerActivations,
  hasInitialState = false,
): void {
  const layout = CELL_LAYOUTS[cell];
  const m = steps * rows;
  const ldc = layout.blocks * hidden;
  // an RNN's pre-activations become its states in place
  const preActivations = layout.keepsBlocks ? blocks : states;
  for (const [index, { gate, gates, block }] of layout.inputs.entries()) {
    const bias = packed.bias + gate * hidden * VALUE_BYTES;
    const c = preActivations + block * hidden * VALUE_BYTES;
    const n = gates * hidden;
    multiply(runtime, { a: input, lda: width, packed: packed.ih[index]!, m, n, k: width, c, ldc, start: { bias } });
    if (block === gate) continue;
    const start = { bias: packed.recurrentBias + gate * hidden * VALUE_BYTES };
    const own = preActivations + gate * hidden * VALUE_BYTES;
    multiply(runtime, { a: 0, lda: 0, packed: 0, m, n, k: 0, c: own, ldc, start });
  }
  runtime.kernels.recurrentForward({
    cell: opcodeOf(cell, activation),
    steps,
    rows,
    hidden,
    packed: packed.hh,
    preActivations,
    states,
    cells,
    hasInitialState: Number(hasInitialState),
  });
}

/** Addresses that `layerBackward` writes the gradients to; `biasHh` of a cell whose biases are separate. */
export interface LayerGradients extends LayerWeights {
  readonly input: number;
}

/**
 * Gates become their gradients in place, so this can be called once for a forward pass.
 * @param dStates gradient of the states, [steps, rows, hidden]
 */
export function layerBackward(
  runtime: SimdRuntime,
  alloc: Alloc,
  { cell, activation, steps, rows, width, hidden }: LayerSizes,
  operands: Pick<LayerWeights, 'weightIh' | 'weightHh'> & { readonly input: number; readonly dStates: number },
  { states, blocks, cells }: LayerActivations,
  to: LayerGradients,
): void {
  const { kernels } = runtime;
  const { gates: ofWeights, separateBiases } = CELLS[cell];
  const layout = CELL_LAYOUTS[cell];
  const stacked = ofWeights * hidden;
  const ld = layout.blocks * hidden;
  const positions = steps * rows;
  const dz = layout.keepsBlocks ? blocks : alloc(positions * ld * VALUE_BYTES);
  const carry = layout.carries ? alloc(rows * hidden * VALUE_BYTES) : 0;
  const packedHh = pack(runtime, alloc, { b: operands.weightHh, ldb: hidden, k: stacked, n: hidden });
  kernels.recurrentBackward({
    cell: opcodeOf(cell, activation),
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

  const inputs = pack(runtime, alloc, { b: operands.input, ldb: width, k: positions, n: width });
  for (const [index, { gate, gates, block }] of layout.inputs.entries()) {
    const k = gates * hidden;
    const a = dz + block * hidden * VALUE_BYTES;
    const b = operands.weightIh + gate * hidden * width * VALUE_BYTES;
    const packedIh = pack(runtime, alloc, { b, ldb: width, k, n: width });
    const start = index === 0 ? 'zero' : 'present';
    multiply(runtime, { a, lda: ld, packed: packedIh, m: positions, n: width, k, c: to.input, start });
    const c = to.weightIh + gate * hidden * width * VALUE_BYTES;
    multiply(runtime, { a, lda: ld, transA: true, packed: inputs, m: k, n: width, k: positions, c });
    const bias = to.biasIh + gate * hidden * VALUE_BYTES;
    kernels.columnSums({ from: a, rows: positions, columns: k, ld, to: bias, accumulate: 0 });
  }
  // From the second step on, by the states of the step before; the first one's are zeros.
  const k = positions - rows;
  const before = pack(runtime, alloc, { b: states, ldb: hidden, k, n: hidden });
  const second = dz + rows * ld * VALUE_BYTES;
  multiply(runtime, { a: second, lda: ld, transA: true, packed: before, m: stacked, n: hidden, k, c: to.weightHh });
  if (separateBiases) {
    kernels.columnSums({ from: dz, rows: positions, columns: stacked, ld, to: to.biasHh, accumulate: 0 });
  }
}
