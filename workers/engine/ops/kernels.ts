/**
 * The kernels that ops are made of, as TensorFlow.js knows them: a name, under which each backend registers its own
 * function, and the inputs, attributes and outputs that all of them have in common. `<op>/op.ts` runs them and never asks
 * on which backend; `<op>/<device>.ts` registers them.
 */
import * as tf from '@tensorflow/tfjs-core';
import type { DropoutKey, JoinOptions, StackOptions } from './contract.ts';

/** What a kernel takes and gives. */
interface Kernel<Inputs, Attrs, Outputs extends tf.Tensor | tf.Tensor[]> {
  readonly inputs: Inputs;
  readonly attrs: Attrs;
  readonly outputs: Outputs;
}

/** A list as inputs with numbers: `x0`, `x1`, ... */
type Numbered<Name extends string, T> = Readonly<Record<`${Name}${number}`, T>>;

/** No attributes: `{}`. */
type None = Readonly<Record<string, never>>;

/** The input [steps, rows, width], and each layer's RecurrentWeights under its number. */
interface StackOperands
  extends Numbered<'weightIh' | 'weightHh', tf.Tensor2D>, Numbered<'biasIh' | 'biasHh', tf.Tensor1D> {
  readonly input: tf.Tensor3D;
}

/**
 * Every kernel. Shapes are those of contract.ts. `saved` is what a forward kernel saves for its gradient: its tensors are
 * opaque to the op, and the gradient may write over them, so it can run once for a forward pass.
 */
export interface Kernels {
  /** a [m, k] or [k, m] and b [k, n] or [n, k] to [m, n]. */
  readonly LabMatMul: Kernel<
    { readonly a: tf.Tensor2D; readonly b: tf.Tensor2D },
    { readonly transposeA: boolean; readonly transposeB: boolean },
    tf.Tensor2D
  >;
  /** table [tokens, width] and ids [steps, rows] int32 to [steps, rows, width]. */
  readonly LabEmbedding: Kernel<{ readonly table: tf.Tensor2D; readonly ids: tf.Tensor2D }, None, tf.Tensor3D>;
  /** dy [steps, rows, width] to [tokens, width]: of each token the sum at its places in order, of PAD zero. */
  readonly LabEmbeddingGradient: Kernel<
    { readonly dy: tf.Tensor3D; readonly ids: tf.Tensor2D },
    { readonly tokens: number },
    tf.Tensor2D
  >;
  /** Forward and backward alike: x [steps, rows, width] or the gradient of it, masked and scaled. The rate is not 0. */
  readonly LabDropout: Kernel<
    { readonly x: tf.Tensor3D },
    { readonly rate: number; readonly key: DropoutKey },
    tf.Tensor3D
  >;
  /** input [steps, rows, width] to states [layers, steps, rows, hidden] and what is saved for backward. */
  readonly LabRecurrentStack: Kernel<StackOperands, StackOptions, [states: tf.Tensor4D, ...saved: tf.Tensor[]]>;
  /**
   * dy as the states, and may be written over; the gradients as what they are of: of each layer dWeightIh, dWeightHh and dBias, or
   * dBiasIh and dBiasHh where the cell has separate biases.
   */
  readonly LabRecurrentStackGradient: Kernel<
    StackOperands & { readonly dy: tf.Tensor4D; readonly states: tf.Tensor4D } & Numbered<'saved', tf.Tensor>,
    StackOptions,
    [dInput: tf.Tensor3D, ...ofLayers: tf.Tensor[]]
  >;
  /** states [layers, steps, rows, hidden] to [steps x rows, width]. */
  readonly LabJoinLayers: Kernel<{ readonly states: tf.Tensor4D }, JoinOptions, tf.Tensor2D>;
  /** dy as the output, to the gradient of the states, of the shape given. */
  readonly LabJoinLayersGradient: Kernel<
    { readonly dy: tf.Tensor2D },
    JoinOptions & { readonly shape: tf.Tensor4D['shape'] },
    tf.Tensor4D
  >;
  /** Loss a scalar, losses and ranks [n]; where wanted, the gradients of the loss too, as what they are of. */
  readonly LabLinearCrossEntropy: Kernel<
    {
      readonly states: tf.Tensor2D;
      readonly weight: tf.Tensor2D;
      readonly bias: tf.Tensor1D;
      readonly targets: tf.Tensor1D;
    },
    { readonly counted: number; readonly gradients: boolean },
    [
      loss: tf.Scalar,
      losses: tf.Tensor1D,
      ranks: tf.Tensor1D,
      ...gradients: [] | [dStates: tf.Tensor2D, dWeight: tf.Tensor2D, dBias: tf.Tensor1D],
    ]
  >;
  /** LabLinearCrossEntropy without gradients, then [n, texts] logits of the ids and [n, count] largest logits. */
  readonly LabTextLogits: Kernel<
    {
      readonly states: tf.Tensor2D;
      readonly weight: tf.Tensor2D;
      readonly bias: tf.Tensor1D;
      readonly targets: tf.Tensor1D;
      readonly ids: tf.Tensor2D;
    },
    { readonly counted: number },
    [loss: tf.Scalar, losses: tf.Tensor1D, ranks: tf.Tensor1D, texts: tf.Tensor2D, largest: tf.Tensor2D]
  >;
  /** states [steps x rows, width] and slots [steps, rows] int32 to [steps x rows, texts]. */
  readonly LabCacheMasses: Kernel<
    { readonly states: tf.Tensor2D; readonly slots: tf.Tensor2D },
    { readonly texts: number; readonly theta: number },
    tf.Tensor2D
  >;
  /** Writes variables and both moments in place; gives the norm of all gradients and of each group's, [1 + groups]. */
  readonly LabAdam: Kernel<
    Numbered<'variable' | 'gradient' | 'first' | 'second', tf.Tensor>,
    {
      readonly step: number;
      readonly learningRate: number;
      readonly weightDecay: number;
      readonly clipNorm: number;
      readonly groups: readonly number[];
    },
    tf.Tensor1D
  >;
  /** Writes variables and momentum in place; gives norms as LabAdam does. */
  readonly LabSgd: Kernel<
    Numbered<'variable' | 'gradient' | 'first', tf.Tensor>,
    {
      readonly learningRate: number;
      readonly momentum: number;
      readonly clipNorm: number;
      readonly groups: readonly number[];
    },
    tf.Tensor1D
  >;
  /** Writes the sums in place, once where several share values; gives nothing back. */
  readonly LabAccumulate: Kernel<Numbered<'sum' | 'gradient', tf.Tensor>, None, []>;
}

export type KernelName = keyof Kernels;

/** A tensor as a kernel sees it: with the rank that its type has. */
export type InfoOf<T> = T extends tf.Tensor ? Pick<T, 'dataId' | 'dtype' | 'shape'> : never;
type InfosOf<Inputs> = { readonly [Name in keyof Inputs]: InfoOf<Inputs[Name]> };
type ResultOf<Outputs> = Outputs extends tf.Tensor[]
  ? { readonly [Place in keyof Outputs]: tf.TensorInfo }
  : tf.TensorInfo;

/** What a kernel's function is called with. */
export interface KernelCall<Name extends KernelName, Backend extends object = object> {
  readonly inputs: InfosOf<Kernels[Name]['inputs']>;
  readonly attrs: Kernels[Name]['attrs'];
  readonly backend: Backend;
}

/** The result: data of the backend that nothing else owns; TensorFlow.js makes tensors of it. */
export type KernelResult<Name extends KernelName> = ResultOf<Kernels[Name]['outputs']>;

/** Runs a kernel on the current backend. */
export function runLabKernel<Name extends KernelName>(
  name: Name,
  inputs: Kernels[Name]['inputs'],
  attrs: Kernels[Name]['attrs'],
): Kernels[Name]['outputs'] {
  // TensorFlow.js types attributes as plain data without null or undefined, but passes any value on.
  return tf.engine().runKernel(name, inputs as unknown as tf.NamedTensorMap, attrs as unknown as tf.NamedAttrMap);
}

/** Registers a kernel of a backend, once. */
export function registerLabKernel<Name extends KernelName, Backend extends object>(
  kernelName: Name,
  backendName: string,
  compute: (call: KernelCall<Name, Backend>) => KernelResult<Name>,
): void {
  tf.registerKernel({ kernelName, backendName, kernelFunc: compute as unknown as tf.KernelFunc });
}

/** A list as inputs: ('x', [a, b]) to { x0: a, x1: b }. */
export function numbered<Name extends string, T>(name: Name, list: readonly T[]): Numbered<Name, T> {
  return Object.fromEntries(list.map((value, index) => [`${name}${index}`, value])) as Numbered<Name, T>;
}

/** Inputs as the list they were: ('x', { x0: a, x1: b }) to [a, b]. */
export function listOf<Name extends string>(name: Name, inputs: Numbered<Name, tf.TensorInfo>): tf.TensorInfo[] {
  const list: tf.TensorInfo[] = [];
  for (let index = 0; ; index++) {
    const info: tf.TensorInfo | undefined = inputs[`${name}${index}`];
    if (info === undefined) return list;
    list.push(info);
  }
}
