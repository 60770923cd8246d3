/**
 * What an op is: a function over TensorFlow.js tensors that every device offers with the same meaning. Models and the trainer call ops and
 * nothing else. Sequences are time-major, [steps, rows, ...], so that one step is contiguous.
 */
import type * as tf from '@tensorflow/tfjs-core';
import type { Activation, Cell, Connection } from '#core/models/registry.ts';

/** One recurrent layer under PyTorch's names; gates are stacked in PyTorch's order: i, f, g, o of an LSTM; r, z, n of a GRU; an RNN has one block. */
export interface RecurrentWeights {
  /** [gates x hidden, input] */
  readonly weightIh: tf.Tensor2D;
  /** [gates x hidden, hidden] */
  readonly weightHh: tf.Tensor2D;
  /** [gates x hidden] */
  readonly biasIh: tf.Tensor1D;
  /** [gates x hidden] */
  readonly biasHh: tf.Tensor1D;
}

export interface DropoutKey {
  readonly seed: number;
  /** Training step, from 1. */
  readonly step: number;
  /** Which dropout of the net: 0 before layer 2, 1 before layer 3, and so on; the last one before the output layer. */
  readonly layer: number;
  /** Where the rows lie in the batch that the mask is drawn for; without it they are all of it. */
  readonly rows?: RowsOfBatch | undefined;
}

/** The place of a micro-batch in its batch. */
export interface RowsOfBatch {
  /** Its first row's place. */
  readonly first: number;
  /** Rows of the whole batch. */
  readonly all: number;
}

/** Dropout in training; null drops nothing. An op sets the layer of the key itself. */
export type LayerDropout = { readonly rate: number; readonly key: Omit<DropoutKey, 'layer'> } | null;

/** What recurrent layers compute, and the dropout between them. */
export interface StackOptions {
  readonly cell: Cell;
  readonly activation: Activation;
  readonly dropout: LayerDropout;
}

/** How the layers' outputs reach the output layer. */
export interface JoinOptions {
  readonly connection: Connection;
  readonly dropout: LayerDropout;
}

export interface TargetScores {
  /** Mean loss over the non-PAD targets, a scalar that can be differentiated. */
  readonly loss: tf.Scalar;
  /** [n] negative log-likelihood of each target in nats; unspecified at PAD. */
  readonly losses: tf.Tensor1D;
  /** [n] float32: number of logits strictly greater than the target's; unspecified at PAD. */
  readonly ranks: tf.Tensor1D;
}

/** What a continuous cache needs to know of the model at each position. A type alias, since `tf.tidy` takes no interface. */
export type TextLogits = {
  /** [n, texts]: the logit of each text of the position's row. */
  readonly texts: tf.Tensor2D;
  /** [n, count]: the largest logits, falling; `LARGEST` of src/core/cache/rowScores.ts, or all where there are fewer. */
  readonly largest: tf.Tensor2D;
};

/** Tokens as a continuous cache tells them apart, by the slots of src/core/cache/rowTexts.ts. */
export interface CacheSlots {
  /** [steps, rows] int32: slot of the target of each position, `NO_SLOT` at PAD. */
  readonly targets: tf.Tensor2D;
  /** [rows, texts] int32: id of each slot in the model's vocabulary; rows with fewer texts are filled with any id. */
  readonly ids: tf.Tensor2D;
}

interface OptimizerStep {
  readonly variables: readonly tf.Variable[];
  /** As the variables. */
  readonly gradients: readonly tf.Tensor[];
  readonly learningRate: number;
  /** Largest global gradient norm; 0 does not clip. */
  readonly clipNorm: number;
  /** How many variables, in order, each group has whose norm is wanted, too; all variables together, ten groups at most. */
  readonly groups: readonly number[];
}

export interface AdamStep extends OptimizerStep {
  /** First and second moments, as the variables; updated in place. */
  readonly first: readonly tf.Variable[];
  readonly second: readonly tf.Variable[];
  /** From 1. */
  readonly step: number;
  /** Share of the rate by which each weight shrinks, AdamW's; 0 is Adam. */
  readonly weightDecay: number;
}

export interface SgdStep extends OptimizerStep {
  /** The momentum, as the variables; updated in place. */
  readonly first: readonly tf.Variable[];
  /** Share of the momentum that is kept from step to step. */
  readonly momentum: number;
}

export interface Ops {
  /** a x b of two matrices, either one transposed. */
  readonly matMul: (a: tf.Tensor2D, b: tf.Tensor2D, transposeA?: boolean, transposeB?: boolean) => tf.Tensor2D;
  /** [tokens, width] table and int32 ids of shape [steps, rows] to [steps, rows, width]; the PAD row gets no gradient. */
  readonly embedding: (table: tf.Tensor2D, ids: tf.Tensor2D) => tf.Tensor3D;
  /** Recurrent layers, from states of zeros: [steps, rows, input] to the states of all, [layers, steps, rows, hidden]. */
  readonly recurrentStack: (
    input: tf.Tensor3D,
    layers: readonly RecurrentWeights[],
    options: StackOptions,
  ) => tf.Tensor4D;
  /** The states of all layers, [layers, steps, rows, hidden], to what the output layer sees, [steps x rows, width]. */
  readonly joinLayers: (states: tf.Tensor4D, options: JoinOptions) => tf.Tensor2D;
  /** A linear layer without a bias: [n, width] states and [to, width] weight to [n, to]. */
  readonly projection: (states: tf.Tensor2D, weight: tf.Tensor2D) => tf.Tensor2D;
  /** Zeroes a share `rate` of the values and scales the others by 1 / (1 - rate); the key decides which. */
  readonly dropout: (x: tf.Tensor3D, rate: number, key: DropoutKey) => tf.Tensor3D;
  /**
   * Output layer, softmax cross-entropy and ranks, a slice of rows at a time: [n, width] states, [tokens, width]
   * weight, [tokens] bias, [n] int32 targets of which `counted` are not PAD. With `gradients` false the loss cannot be
   * differentiated, and costs less than half.
   */
  readonly linearCrossEntropy: (
    states: tf.Tensor2D,
    weight: tf.Tensor2D,
    bias: tf.Tensor1D,
    targets: tf.Tensor1D,
    counted: number,
    gradients: boolean,
  ) => TargetScores;
  /**
   * As `linearCrossEntropy` without gradients, of the same bits, and with it the logits that a cache needs. Positions are
   * time-major: position p is of row p % rows.
   * @param ids [rows, texts] int32
   */
  readonly textLogits: (
    states: tf.Tensor2D,
    weight: tf.Tensor2D,
    bias: tf.Tensor1D,
    targets: tf.Tensor1D,
    counted: number,
    ids: tf.Tensor2D,
  ) => TargetScores & { readonly logits: TextLogits };
  /**
   * c_t of src/core/cache/mixture.ts for every position and slot: [steps x rows, width] states and [steps, rows] int32 slots of
   * the targets to [steps x rows, texts]. Position t sees the targets of earlier positions alone; the first one sees none, and has
   * zeros.
   */
  readonly cacheMasses: (states: tf.Tensor2D, slots: tf.Tensor2D, texts: number, theta: number) => tf.Tensor2D;
  /**
   * Adds gradients to sums of the same shapes, in place if the device can: use the returned sums afterwards, not those passed in. Both
   * lists share values in the same places, as the gradients of a layer's two biases do.
   */
  readonly accumulate: (sums: readonly tf.Tensor[], gradients: readonly tf.Tensor[]) => tf.Tensor[];
  /**
   * Clips by global norm and updates variables and moments in place; gives norms before clipping, [1 + groups]: of all
   * gradients, then of each group's.
   */
  readonly adam: (step: AdamStep) => tf.Tensor1D;
  /** As `adam`, with momentum in place of moments. */
  readonly sgd: (step: SgdStep) => tf.Tensor1D;
}
