/** Adam with its moments, over the variables of one model. */
import * as tf from '@tensorflow/tfjs';
import type { Ops } from '../ops/contract.ts';
import type { CompletionModel } from './completion-model.ts';

export interface OptimiserConfig {
  readonly learningRate: number;
  /** Largest global gradient norm; 0 does not clip. */
  readonly clipNorm: number;
}

export class Optimiser {
  readonly #variables: tf.Variable[];
  readonly #first: tf.Variable[];
  readonly #second: tf.Variable[];
  readonly #ops: Ops;
  readonly #config: OptimiserConfig;
  #step = 0;

  constructor(model: CompletionModel, ops: Ops, config: OptimiserConfig) {
    this.#variables = [...model.variables.values()];
    const zeros = () => this.#variables.map((variable) => tf.tidy(() => tf.variable(tf.zeros(variable.shape), false)));
    this.#first = zeros();
    this.#second = zeros();
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

  /** Updates the variables; gives the global gradient norm before clipping. The gradients stay the caller's. */
  step(gradients: readonly tf.Tensor[]): tf.Scalar {
    this.#step++;
    return this.#ops.adam({
      variables: this.#variables,
      gradients,
      first: this.#first,
      second: this.#second,
      step: this.#step,
      ...this.#config,
    });
  }

  dispose(): void {
    tf.dispose([...this.moments]);
  }
}
