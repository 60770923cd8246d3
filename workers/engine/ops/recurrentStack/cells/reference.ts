/** What a cell computes over all steps of a layer, and its gradient, from stock ops. */
import type * as tf from '@tensorflow/tfjs-core';
import type { Activation, Cell } from '#core/models/registry.ts';
import { gru } from './gru/reference.ts';
import { lstm } from './lstm/reference.ts';
import { rnn } from './rnn/reference.ts';

export interface CellReference {
  readonly forward: (operands: CellForward) => {
    /** [steps, rows, hidden] */
    readonly hidden: tf.Tensor3D;
    /** For the gradient. */
    readonly saved: readonly tf.Tensor3D[];
  };
  readonly backward: (operands: CellBackward) => PreActivationGradients;
}

export interface CellForward {
  /** [steps, rows, gates x hidden]: the input product, with both biases, or biasIh alone where the cell has separate biases. */
  readonly projected: tf.Tensor3D;
  readonly weightHh: tf.Tensor2D;
  readonly biasHh: tf.Tensor1D;
  readonly activation: Activation;
}

export interface CellBackward {
  /** As the states. */
  readonly dy: tf.Tensor3D;
  readonly hidden: tf.Tensor3D;
  readonly saved: readonly tf.Tensor3D[];
  readonly weightHh: tf.Tensor2D;
  readonly activation: Activation;
}

/** Gradients of the input product and of the recurrent one, [steps, rows, gates x hidden]; the same tensor where they are equal. */
export interface PreActivationGradients {
  readonly input: tf.Tensor3D;
  readonly recurrent: tf.Tensor3D;
}

export const CELL_REFERENCES: Readonly<Record<Cell, CellReference>> = { rnn, lstm, gru };
