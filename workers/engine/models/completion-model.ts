/**
 * The three networks of the lab, which differ only in their cell and in what reaches the output layer:
 * embedding, recurrent layer 1, dropout, recurrent layer 2, (residual: H1 + H2, H1 as layer 1 gave it), dropout, linear.
 * Holds the variables; computes with whatever ops its device offers.
 */
import * as tf from '@tensorflow/tfjs';
import type { ModelSpec } from '../../../src/core/config.ts';
import { fail } from '../../../src/core/failure.ts';
import { weightShapes, type Weights } from '../../../src/core/weights.ts';
import type { Ops, RecurrentWeights, TargetScores } from '../ops/contract.ts';

/** Input and target ids of one batch, on the device. */
export interface BatchTensors {
  /** [steps, rows] int32 */
  readonly inputs: tf.Tensor2D;
  /** [steps x rows] int32, PAD where there is no target */
  readonly targets: tf.Tensor1D;
  /** Targets that are not PAD. */
  readonly counted: number;
}

/** Dropout of one training step; evaluation has none. */
export interface TrainingStep {
  readonly dropout: number;
  readonly seed: number;
  /** From 1. */
  readonly step: number;
}

export interface HiddenStates {
  /** [steps, rows, hidden] of layers 1 and 2, before dropout */
  readonly h1: tf.Tensor3D;
  readonly h2: tf.Tensor3D;
  /** [steps x rows, hidden]: what the output layer sees */
  readonly output: tf.Tensor2D;
}

export class CompletionModel {
  readonly spec: ModelSpec;
  /** By PyTorch's name, in PyTorch's order. */
  readonly variables: ReadonlyMap<string, tf.Variable>;
  readonly #ops: Ops;

  /** @param weights are copied to the device */
  constructor(spec: ModelSpec, weights: Weights, ops: Ops) {
    this.spec = spec;
    this.#ops = ops;
    const variables = new Map<string, tf.Variable>();
    for (const { name, shape } of weightShapes(spec)) {
      const tensor = weights.get(name);
      if (!tensor || tensor.shape.join() !== shape.join()) {
        fail(
          'bad-input',
          `The weights have ${tensor ? `a ${name} of shape [${tensor.shape.join(', ')}]` : `no ${name}`}; this model needs [${shape.join(', ')}].`,
          'Choose weights of the same architecture and sizes.',
        );
      }
      variables.set(
        name,
        tf.tidy(() => tf.variable(tf.tensor(tensor.data, [...shape]))),
      );
    }
    this.variables = variables;
  }

  /** States of a batch; call inside `tf.tidy`. Without `training` there is no dropout. */
  states(inputs: tf.Tensor2D, training?: TrainingStep): HiddenStates {
    const { cell, residual, activation } = this.spec;
    const dropped = (x: tf.Tensor3D, layer: number) =>
      training ? this.#ops.dropout(x, training.dropout, { seed: training.seed, step: training.step, layer }) : x;
    const embedded = this.#ops.embedding(this.#variable('embedding.weight'), inputs);
    const h1 = this.#ops.recurrentLayer(embedded, this.#layer(0), cell, activation);
    const h2 = this.#ops.recurrentLayer(dropped(h1, 0), this.#layer(1), cell, activation);
    const joined = residual ? tf.add<tf.Tensor3D>(h1, h2) : h2;
    const [steps, rows, hidden] = h2.shape;
    return { h1, h2, output: tf.reshape(dropped(joined, 1), [steps * rows, hidden]) };
  }

  /** Loss, losses and ranks of a batch without dropout and without gradients. */
  evaluate(batch: BatchTensors): TargetScores {
    return tf.tidy(() => ({ ...this.#scores(this.states(batch.inputs).output, batch, false) }));
  }

  /** One training step's loss, losses and ranks, and the gradients in the order of the variables. */
  gradients(batch: BatchTensors, training: TrainingStep): TargetScores & { readonly gradients: tf.Tensor[] } {
    let scores: TargetScores | undefined;
    const variables = [...this.variables.values()];
    const { value, grads } = tf.variableGrads(() => {
      scores = this.#scores(this.states(batch.inputs, training).output, batch, true);
      return scores.loss;
    }, variables);
    if (!scores) throw new Error('the forward pass did not run');
    return {
      loss: value,
      losses: scores.losses,
      ranks: scores.ranks,
      gradients: variables.map((variable) => grads[variable.name]!),
    };
  }

  /** [n, tokens] logits; for checks and completion, not for training. */
  logits(output: tf.Tensor2D): tf.Tensor2D {
    return tf.tidy(() =>
      tf.add(this.#ops.matMul(output, this.#variable('output.weight'), false, true), this.#variable('output.bias')),
    );
  }

  /** A copy of the weights, read back from the device. */
  async weights(): Promise<Weights> {
    const read = await Promise.all(
      [...this.variables].map(async ([name, variable]) => {
        const data = Float32Array.from(await variable.data());
        return [name, { dtype: 'F32', shape: variable.shape, data }] as const;
      }),
    );
    return new Map(read);
  }

  dispose(): void {
    tf.dispose([...this.variables.values()]);
  }

  #scores(output: tf.Tensor2D, batch: BatchTensors, gradients: boolean): TargetScores {
    const weight = this.#variable<tf.Tensor2D>('output.weight');
    const bias = this.#variable<tf.Tensor1D>('output.bias');
    return this.#ops.linearCrossEntropy(output, weight, bias, batch.targets, batch.counted, gradients);
  }

  #layer(index: 0 | 1): RecurrentWeights {
    return {
      weightIh: this.#variable(`rnn.weight_ih_l${index}`),
      weightHh: this.#variable(`rnn.weight_hh_l${index}`),
      biasIh: this.#variable(`rnn.bias_ih_l${index}`),
      biasHh: this.#variable(`rnn.bias_hh_l${index}`),
    };
  }

  #variable<T extends tf.Tensor>(name: string): T {
    const variable = this.variables.get(name);
    if (!variable) throw new Error(`no variable ${name}`);
    return variable as unknown as T;
  }
}
