/**
 * The networks of the lab, which differ in their cell, their layers and what reaches the output layer: embedding, recurrent layers
 * with dropout between them, the connection of their outputs (before dropout) into the output layer, dropout, linear. The output
 * layer's weight may be the embedding's, behind a projection where the states are not as wide.
 * Holds the variables; computes with whatever ops its device offers.
 */
import * as tf from '@tensorflow/tfjs-core';
import { isProjected, isTied, outputWeightName, type ModelSpec } from '#core/models/spec.ts';
import { fail } from '#core/failure.ts';
import type { Batch } from '#core/data/batches/batch.ts';
import type { Tensor } from '#core/models/safetensors.ts';
import { weightShapes, type Weights } from '#core/models/weights.ts';
import type {
  CacheSlots,
  DropoutKey,
  Ops,
  RecurrentWeights,
  RowsOfBatch,
  TargetScores,
  TextLogits,
} from '../ops/contract.ts';

/** Input and target ids of one batch or micro-batch, on the device. */
export interface BatchTensors {
  /** [steps, rows] int32 */
  readonly inputs: tf.Tensor2D;
  /** [steps x rows] int32, PAD where there is no target */
  readonly targets: tf.Tensor1D;
  /** Targets that are not PAD, of the whole batch where this is a part of one: the loss is a share of its mean. */
  readonly counted: number;
}

/** A whole batch on the device; dispose of both tensors after use. */
export function batchTensors({ inputs, targets, steps, rows, counted }: Batch): BatchTensors {
  return {
    inputs: tf.tensor2d(inputs, [steps, rows], 'int32'),
    targets: tf.tensor1d(targets, 'int32'),
    counted,
  };
}

/** Dropout of one training step; evaluation has none. */
export interface DropoutContext {
  readonly dropout: number;
  readonly seed: number;
  /** From 1. */
  readonly step: number;
  /** Where the rows lie in the whole batch; without it they are all of it. */
  readonly rows?: RowsOfBatch;
}

export interface HiddenStates {
  /** [layers, steps, rows, hidden], before dropout */
  readonly layers: tf.Tensor4D;
  /** [steps x rows, width]: what the output layer sees */
  readonly output: tf.Tensor2D;
}

/** A type alias, since `tf.tidy` takes no interface. */
export type CachedScores = TargetScores & {
  readonly logits: TextLogits;
  /** For each theta c_t, [n, texts]. */
  readonly masses: tf.Tensor2D[];
};

export class CompletionModel {
  readonly spec: ModelSpec;
  /** By PyTorch's name, in PyTorch's order. */
  readonly variables: ReadonlyMap<string, tf.Variable>;
  readonly ops: Ops;

  /** @param weights are copied to the device */
  constructor(spec: ModelSpec, weights: Weights, ops: Ops) {
    this.spec = spec;
    this.ops = ops;
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

  /** States of a batch; call inside `tf.tidy`. */
  states(inputs: tf.Tensor2D, training?: DropoutContext): HiddenStates {
    const { cell, connection, activation } = this.spec;
    const embedded = this.ops.embedding(this.#variable('embedding.weight'), inputs);
    const dropout = training ? { rate: training.dropout, key: keyOf(training) } : null;
    const weights = Array.from({ length: this.spec.layers }, (_, index) => this.#layer(index));
    const layers = this.ops.recurrentStack(embedded, weights, { cell, activation, dropout });
    const joined = this.ops.joinLayers(layers, { connection, dropout });
    const output = isProjected(this.spec) ? this.ops.projection(joined, this.#variable('projection.weight')) : joined;
    return { layers, output };
  }

  /** What the output layer sees of a batch, [steps x rows, width]; call inside `tf.tidy`. */
  outputs(inputs: tf.Tensor2D, training?: DropoutContext): tf.Tensor2D {
    return this.states(inputs, training).output;
  }

  /** Loss, losses and ranks of a batch without dropout and without gradients. */
  evaluate(batch: BatchTensors): TargetScores {
    const weight = this.#outputWeight();
    return tf.tidy(() => ({ ...this.#scores(this.outputs(batch.inputs), batch, weight, false) }));
  }

  /**
   * As `evaluate`, of the same bits, and what a continuous cache needs of the batch.
   * @param thetas for each of which `masses` has c_t
   */
  evaluateCached(batch: BatchTensors, { targets, ids }: CacheSlots, thetas: readonly number[]): CachedScores {
    return tf.tidy(() => {
      const states = this.outputs(batch.inputs);
      const texts = ids.shape[1];
      const masses = thetas.map((theta) => this.ops.cacheMasses(states, targets, texts, theta));
      const bias = this.#variable<tf.Tensor1D>('output.bias');
      return { ...this.ops.textLogits(states, this.#outputWeight(), bias, batch.targets, batch.counted, ids), masses };
    });
  }

  /** One training step's loss, losses and ranks, and the gradients in the order of the variables. */
  gradients(batch: BatchTensors, training: DropoutContext): TargetScores & { readonly gradients: tf.Tensor[] } {
    let scores: TargetScores | undefined;
    const variables = [...this.variables.values()];
    // A shared matrix is two variables of the same values here, one a use, whose gradients are added up in place.
    const shared = isTied(this.spec) ? tf.variable(this.#outputWeight()) : null;
    const { value, grads } = tf.variableGrads(
      () => {
        const output = this.outputs(batch.inputs, training);
        scores = this.#scores(output, batch, shared ?? this.#outputWeight(), true);
        return scores.loss;
      },
      shared ? [...variables, shared] : variables,
    );
    if (!scores) throw new Error('the forward pass did not run');
    const gradients = variables.map((variable) => grads[variable.name]!);
    if (shared) {
      const at = [...this.variables.keys()].indexOf(outputWeightName(this.spec));
      const ofOutput = grads[shared.name]!;
      const [sum] = this.ops.accumulate([gradients[at]!], [ofOutput]);
      gradients[at] = sum!;
      tf.dispose([ofOutput, shared]);
    }
    return { loss: value, losses: scores.losses, ranks: scores.ranks, gradients };
  }

  /** [n, tokens] logits; for checks and completion, not for training. */
  logits(output: tf.Tensor2D): tf.Tensor2D {
    return tf.tidy(() =>
      tf.add(this.ops.matMul(output, this.#outputWeight(), false, true), this.#variable('output.bias')),
    );
  }

  /** A copy of the weights, read back from the device; one after the other, since each is held twice on its way. */
  async weights(): Promise<Weights> {
    const weights = new Map<string, Tensor & { readonly dtype: 'F32' }>();
    for (const [name, variable] of this.variables) {
      const data = Float32Array.from(await variable.data());
      weights.set(name, { dtype: 'F32', shape: variable.shape, data });
    }
    return weights;
  }

  dispose(): void {
    tf.dispose([...this.variables.values()]);
  }

  #outputWeight(): tf.Tensor2D {
    return this.#variable(outputWeightName(this.spec));
  }

  #scores(output: tf.Tensor2D, batch: BatchTensors, weight: tf.Tensor2D, gradients: boolean): TargetScores {
    const bias = this.#variable<tf.Tensor1D>('output.bias');
    return this.ops.linearCrossEntropy(output, weight, bias, batch.targets, batch.counted, gradients);
  }

  #layer(index: number): RecurrentWeights {
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

function keyOf({ seed, step, rows }: DropoutContext): Omit<DropoutKey, 'layer'> {
  return { seed, step, rows };
}
