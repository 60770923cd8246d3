/** Adam with its moments, over the variables of one model. */
import * as tf from '@tensorflow/tfjs-core';
import { LAYERS, layerOf } from '#core/runs/stepTable.ts';
import type { Ops } from '../ops/contract.ts';
import type { Weights } from '#core/models/weights.ts';
import type { CompletionModel } from './completionModel.ts';

export interface OptimiserConfig {
  readonly learningRate: number;
  /** Rate of a step, from 1, where it follows a schedule. */
  readonly rateOf?: ((step: number) => number) | undefined;
  /** Largest global gradient norm; 0 does not clip. */
  readonly clipNorm: number;
}

/** Where it stands: steps taken, and the moments of each variable by its name. */
export interface OptimiserState {
  readonly step: number;
  readonly first: Weights;
  readonly second: Weights;
}

export class Optimiser {
  readonly #variables: tf.Variable[];
  readonly #first: tf.Variable[];
  readonly #second: tf.Variable[];
  /** Variables of each layer: those of one lie one after the other. */
  readonly #layers: readonly number[];
  readonly #ops: Ops;
  readonly #config: OptimiserConfig;
  #step: number;

  /** @param state of another one, to go on from */
  constructor(model: CompletionModel, ops: Ops, config: OptimiserConfig, state?: OptimiserState) {
    this.#variables = [...model.variables.values()];
    const moments = (values: Weights | undefined) =>
      [...model.variables].map(([name, { shape }]) =>
        tf.tidy(() => {
          const data = values?.get(name)?.data;
          return tf.variable(data ? tf.tensor(data, shape) : tf.zeros(shape), false);
        }),
      );
    this.#first = moments(state?.first);
    this.#second = moments(state?.second);
    this.#step = state?.step ?? 0;
    this.#layers = variablesOfLayers([...model.variables.keys()]);
    this.#ops = ops;
    this.#config = config;
  }

  /** Steps taken. */
  get steps(): number {
    return this.#step;
  }

  /** Both of each variable. */
  get moments(): readonly tf.Variable[] {
    return [...this.#first, ...this.#second];
  }

  /** Reads both moments back. @param names of the variables, in the model's order */
  async state(names: Iterable<string>): Promise<OptimiserState> {
    const keys = [...names];
    const read = async (moments: readonly tf.Variable[]): Promise<Weights> => {
      const values = await Promise.all(moments.map((moment) => moment.data<'float32'>()));
      return new Map(
        keys.map((name, i) => [name, { dtype: 'F32', shape: moments[i]!.shape, data: Float32Array.from(values[i]!) }]),
      );
    };
    const step = this.#step;
    const [first, second] = await Promise.all([read(this.#first), read(this.#second)]);
    return { step, first, second };
  }

  /**
   * Updates the variables. The gradients stay the caller's.
   * @returns gradient norms before clipping, [1 + LAYERS]: of all, then of each layer
   */
  step(gradients: readonly tf.Tensor[]): tf.Tensor1D {
    this.#step++;
    return this.#ops.adam({
      variables: this.#variables,
      gradients,
      first: this.#first,
      second: this.#second,
      step: this.#step,
      groups: this.#layers,
      learningRate: this.#config.rateOf?.(this.#step) ?? this.#config.learningRate,
      clipNorm: this.#config.clipNorm,
    });
  }

  dispose(): void {
    tf.dispose([...this.moments]);
  }
}

/** How many variables each of `LAYERS` has. They must come layer by layer, as PyTorch's order has them. */
function variablesOfLayers(names: readonly string[]): number[] {
  const places = names.map((name) => LAYERS.indexOf(layerOf(name)));
  if (places.some((place, index) => place < (places[index - 1] ?? 0))) {
    throw new Error(`variables out of the order of layers: ${names.join(', ')}`);
  }
  return LAYERS.map((_, layer) => places.filter((place) => place === layer).length);
}
