/** The dispatches of time steps, of one layer or of two at once, in the tile that suits the adapter. */
import type * as tf from '@tensorflow/tfjs-core';
import { CELLS, type Activation, type Cell } from '#core/models/registry.ts';
import type { Dispatch, GpuRuntime, Program } from '../../backends/webgpu/runtime.ts';
import { tileKindOf } from '../matMul/webgpu.ts';
import { backwardProgram, forwardProgram, NO_STEP, stepGrid, type StepShape, type StepTile } from './programs.ts';

export interface StepSizes {
  readonly cell: Cell;
  readonly activation: Activation;
  /** Layers in the tensors: 1 or 2. */
  readonly layers: 1 | 2;
  readonly steps: number;
  /** Rows of the batch. */
  readonly batch: number;
  readonly hidden: number;
}

/** At which step each layer is; null where it has none. */
export type StepPair = readonly [first: number | null, second: number | null];

/** @param tensors of `forwardProgram`; the states of the steps before must be there */
export function forwardSteps(
  runtime: GpuRuntime,
  sizes: StepSizes,
  tensors: readonly tf.TensorInfo[],
  order: readonly StepPair[],
): Dispatch[] {
  const shape = shapeOf(runtime, sizes, CELLS[sizes.cell].gates === 1 ? 4 : 1);
  return dispatchesOf(forwardProgram(shape), shape, sizes, tensors, order);
}

/** @param tensors of `backwardProgram`; the gradients of the steps after must be there */
export function backwardSteps(
  runtime: GpuRuntime,
  sizes: StepSizes,
  tensors: readonly tf.TensorInfo[],
  order: readonly StepPair[],
): Dispatch[] {
  const shape = shapeOf(runtime, sizes, 4);
  return dispatchesOf(backwardProgram(shape), shape, sizes, tensors, order);
}

/** @param columns of a plain tile: an LSTM's four gates forward are four sums already */
function shapeOf(runtime: GpuRuntime, { cell, activation, hidden, batch }: StepSizes, columns: number): StepShape {
  const tile: StepTile =
    tileKindOf(runtime) === 'shared' ? { kind: 'shared' } : { kind: 'plain', rows: Math.min(8, batch), columns };
  return { cell, activation, hidden, tile };
}

function dispatchesOf(
  program: Program,
  shape: StepShape,
  { cell, layers, steps, batch, hidden }: StepSizes,
  tensors: readonly tf.TensorInfo[],
  order: readonly StepPair[],
): Dispatch[] {
  const workgroups = stepGrid(shape, batch, layers);
  const ofALayer = 2 * batch * hidden * CELLS[cell].gates * hidden;
  return order.map((pair) => ({
    program,
    tensors,
    uniforms: [pair[0] ?? NO_STEP, batch, steps, pair[1] ?? NO_STEP],
    workgroups,
    operations: ofALayer * pair.filter((step) => step !== null).length,
  }));
}
