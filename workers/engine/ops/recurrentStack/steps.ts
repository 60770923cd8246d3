/** The dispatches of time steps, of several layers at once, in the tile that suits the adapter. */
import type * as tf from '@tensorflow/tfjs-core';
import { CELLS, type Activation, type Cell } from '#core/models/registry.ts';
import type { Dispatch, GpuRuntime, Program } from '../../backends/webgpu/runtime.ts';
import { tileKindOf } from '../matMul/webgpu.ts';
import type { CellStep, StepTensor } from './cells/steps.ts';
import { CELL_PROGRAMS } from './cells/webgpu.ts';
import { backwardProgram, forwardProgram, NO_STEP, stepGrid, type StepShape, type StepTile } from './programs.ts';

export interface StepSizes {
  readonly cell: Cell;
  readonly activation: Activation;
  /** Layers in the tensors: at most 4. */
  readonly layers: number;
  readonly steps: number;
  /** Rows of the batch. */
  readonly batch: number;
  readonly hidden: number;
}

/** The step of each layer; null for a layer that rests. */
export type LayerSteps = readonly (number | null)[];

/** By the names that cells give them; those that the layers' cell does not have are missing. */
export type StepTensors = Readonly<Partial<Record<StepTensor, tf.TensorInfo | undefined>>>;

/** @param tensors those of the cell's forward step; the states of the steps before must be there */
export function forwardSteps(
  runtime: GpuRuntime,
  sizes: StepSizes,
  tensors: StepTensors,
  order: readonly LayerSteps[],
): Dispatch[] {
  const shape = shapeOf(runtime, sizes, CELLS[sizes.cell].gates === 1 ? 4 : 1);
  const { forward } = CELL_PROGRAMS[sizes.cell];
  return dispatchesOf(forwardProgram(shape), shape, sizes, boundOf(forward(sizes.activation), tensors), order);
}

/** @param tensors those of the cell's backward step; the gradients of the steps after must be there */
export function backwardSteps(
  runtime: GpuRuntime,
  sizes: StepSizes,
  tensors: StepTensors,
  order: readonly LayerSteps[],
): Dispatch[] {
  const shape = shapeOf(runtime, sizes, 4);
  const { backward } = CELL_PROGRAMS[sizes.cell];
  return dispatchesOf(backwardProgram(shape), shape, sizes, boundOf(backward(sizes.activation), tensors), order);
}

/** @param columns of a plain tile: an LSTM's four gates forward are four sums already */
function shapeOf(runtime: GpuRuntime, { cell, activation, hidden, batch }: StepSizes, columns: number): StepShape {
  const tile: StepTile =
    tileKindOf(runtime) === 'shared' ? { kind: 'shared' } : { kind: 'plain', rows: Math.min(8, batch), columns };
  return { cell, activation, hidden, tile };
}

function boundOf({ bindings }: CellStep, tensors: StepTensors): readonly tf.TensorInfo[] {
  return bindings.map(([name]) => {
    const tensor = tensors[name];
    if (!tensor) throw new Error(`the step has no tensor ${name}`);
    return tensor;
  });
}

function dispatchesOf(
  program: Program,
  shape: StepShape,
  { cell, layers, steps, batch, hidden }: StepSizes,
  tensors: readonly tf.TensorInfo[],
  order: readonly LayerSteps[],
): Dispatch[] {
  const workgroups = stepGrid(shape, batch, layers);
  const ofALayer = 2 * batch * hidden * CELLS[cell].gates * hidden;
  return order.map((at) => ({
    program,
    tensors,
    uniforms: [batch, steps, 0, 0, ...at.map((step) => step ?? NO_STEP)],
    workgroups,
    operations: ofALayer * at.filter((step) => step !== null).length,
  }));
}
