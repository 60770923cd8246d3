/** An optimizer with what it keeps of each weight, over the variables of one model. */
import * as tf from '@tensorflow/tfjs-core';
import { keepsState, type OptimizerName, type OptimizerState } from '#core/optimization/optimizers.ts';
import { layerOf } from '#core/runs/stepTable.ts';
import type { Ops } from '../ops/contract.ts';
import type { Weights } from '#core/models/weights.ts';
import type { CompletionModel } from './completionModel.ts';

export interface OptimiserConfig {
  /** Adam where not given. */
  readonly optimizer?: OptimizerName;
  /** AdamW's. */
  readonly weightDecay?: number;
  /** SGD's. */
  readonly momentum?: number;
  readonly learningRate: number;
  /** Rate of a step, from 1, where it follows a schedule. */
  readonly rateOf?: ((step: number) => number) | undefined;
  /** Largest global gradient norm; 0 does not clip. */
  readonly clipNorm: number;
}

/** Its state: steps taken, and what is kept of each variable by its name; SGD has no second. */
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

  /** @param state to continue from */
  constructor(model: CompletionModel, ops: Ops, config: OptimiserConfig, state?: OptimiserState) {
    this.#variables = [...model.variables.values()];
    const kept = (name: OptimizerState) =>
      keepsState(config.optimizer ?? 'adam', name) ? keptOf(model, state?.[name]) : [];
    this.#first = kept('first');
    this.#second = kept('second');
    this.#step = state?.step ?? 0;
    this.#layers = variablesOfLayers([...model.variables.keys()]);
    this.#ops = ops;
    this.#config = config;
  }

  /** Steps taken. */
  get steps(): number {
    return this.#step;
  }

  /** All that is kept of the variables: both moments, or the momentum. */
  get moments(): readonly tf.Variable[] {
    return [...this.#first, ...this.#second];
  }

  /** Reads what is kept of the variables back. @param names of the variables, in the model's order */
  async state(names: Iterable<string>): Promise<OptimiserState> {
    const keys = [...names];
    const read = async (moments: readonly tf.Variable[]): Promise<Weights> => {
      const values = await Promise.all(moments.map((moment) => moment.data<'float32'>()));
      return new Map(
        values.map((data, i) => [keys[i]!, { dtype: 'F32', shape: moments[i]!.shape, data: Float32Array.from(data) }]),
      );
    };
    const step = this.#step;
    const [first, second] = await Promise.all([read(this.#first), read(this.#second)]);
    return { step, first, second };
  }

  /**
   * Updates the variables. The gradients stay the caller's.
   * @returns gradient norms before clipping, of all, then of each part of the network: embedding, layer 1, ..., output
   */
  step(gradients: readonly tf.Tensor[]): tf.Tensor1D {
    this.#step++;
    const { optimizer = 'adam', learningRate, rateOf, weightDecay = 0, momentum = 0, clipNorm } = this.#config;
    const step = {
      variables: this.#variables,
      gradients,
      first: this.#first,
      groups: this.#layers,
      learningRate: rateOf?.(this.#step) ?? learningRate,
      clipNorm,
    };
    switch (optimizer) {
      case 'adam':
        return this.#ops.adam({ ...step, second: this.#second, step: this.#step, weightDecay: 0 });
      case 'adamw':
        return this.#ops.adam({ ...step, second: this.#second, step: this.#step, weightDecay });
      case 'sgd':
        return this.#ops.sgd({ ...step, momentum });
      default:
        return optimizer satisfies never;
    }
  }

  dispose(): void {
    tf.dispose([...this.moments]);
  }
}

/** A value for each value of the model's variables: those given, or zeros. */
function keptOf({ variables }: CompletionModel, values: Weights | undefined): tf.Variable[] {
  return [...variables].map(([name, { shape }]) =>
    tf.tidy(() => {
      const data = values?.get(name)?.data;
      return tf.variable(data ? tf.tensor(data, shape) : tf.zeros(shape), false);
    }),
  );
}

/** How many variables each part of the network has. They must come part by part, as PyTorch's order has them. */
function variablesOfLayers(names: readonly string[]): number[] {
  const parts = names.map(layerOf);
  const distinct = [...new Set(parts)];
  if (parts.some((part, index) => distinct.indexOf(part) < distinct.indexOf(parts[index - 1] ?? part))) {
    throw new Error(`variables out of the order of layers: ${names.join(', ')}`);
  }
  return distinct.map((part) => parts.filter((one) => one === part).length);
}
