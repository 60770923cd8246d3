/**
 * A trained model on the processor that reads a text token by token and keeps its state after each: for completing, where a
 * keystroke must cost no more than the tokens after it. Without TensorFlow.js: the commands of `../simd/`, on weights that are
 * packed once. What it computes has the bits of the device `cpu`, in training as in evaluation, since a value's sum depends neither on
 * the rows beside it nor on who computes it.
 */
import { CELLS } from '#core/models/registry.ts';
import type { ModelSpec } from '#core/models/spec.ts';
import { fail } from '#core/failure.ts';
import { weightShapes, type Weights } from '#core/models/weights.ts';
import { BinaryOp } from '../backends/simd/kernelCalls.ts';
import { opcodeOf, multiply, pack, packRecurrent } from '../backends/simd/products.ts';
import type { SimdRuntime } from '../backends/simd/runtime.ts';
import { VALUE_BYTES, withWorkspace } from '../backends/simd/workspace.ts';

interface LayerPlaces {
  /** Width of the input. */
  readonly width: number;
  readonly packedIh: number;
  readonly packedHh: number;
  /** The sum of both biases. */
  readonly bias: number;
}

/** Where the states of some steps of a layer lie, [steps, rows, hidden]; the cells of an LSTM likewise. */
export interface StatePlaces {
  readonly states: number;
  readonly cells: number;
}

/** Some steps of some rows, to be computed. */
export interface Steps {
  /** [steps, rows] */
  readonly ids: Int32Array;
  readonly steps: number;
  readonly rows: number;
  /** Addresses that both layers write to; with `goesOn`, the states of the step before lie in front of each. */
  readonly layers: readonly [StatePlaces, StatePlaces];
  readonly goesOn: boolean;
}

/** Gates of a layer, [steps, rows, 4 hidden], stacked i, f, g, o. */
export type HearGates = (layer: number, place: number) => void;

export class Network {
  readonly runtime: SimdRuntime;
  readonly spec: ModelSpec;
  readonly #embedding: number;
  readonly #layers: readonly [LayerPlaces, LayerPlaces];
  readonly #output: number;
  readonly #outputBias: number;
  readonly #places: number[] = [];

  /** @throws LabError `bad-input` where the weights are not those of the model, `device` where memory is full */
  constructor(runtime: SimdRuntime, spec: ModelSpec, weights: Weights) {
    this.runtime = runtime;
    this.spec = spec;
    const shapes = new Map(weightShapes(spec).map(({ name, shape }) => [name, shape]));
    const upload = (name: string) => {
      const [tensor, shape] = [weights.get(name), shapes.get(name)];
      if (!tensor || !shape || tensor.shape.join() !== shape.join()) {
        fail(
          'bad-input',
          `The weights have ${tensor ? `a ${name} of shape [${tensor.shape.join(', ')}]` : `no ${name}`}; this model needs [${shape?.join(', ') ?? ''}].`,
          'Choose weights of the same architecture and sizes.',
        );
      }
      return runtime.upload(tensor.data);
    };
    try {
      this.#embedding = this.#kept(upload('embedding.weight'));
      this.#layers = [this.#layer(0, spec.embedding, upload), this.#layer(1, spec.hidden, upload)];
      this.#output = this.#packed(upload('output.weight'), spec.hidden, spec.tokens);
      this.#outputBias = this.#kept(upload('output.bias'));
    } catch (error) {
      this.dispose();
      throw error;
    }
  }

  /** Gives the weights' memory back. */
  dispose(): void {
    for (const place of this.#places.splice(0)) this.give(place);
  }

  /** @param values float32 values of the heap */
  take(values: number): number {
    return this.runtime.heap.alloc(values * VALUE_BYTES);
  }

  give(place: number): void {
    this.runtime.heap.free(place, this.runtime.kernels.written());
  }

  /** Writes the commands of some steps. @param hearGates of an LSTM: is told of its gates, which are gone with the next command */
  read({ ids, steps, rows, layers, goesOn }: Steps, hearGates?: HearGates): void {
    const { runtime, spec } = this;
    const { kernels } = runtime;
    const { cell, embedding, hidden } = spec;
    const positions = steps * rows;
    const stacked = CELLS[cell].gates * hidden;
    const idPlace = runtime.upload(ids);
    withWorkspace(runtime, (take) => {
      const embedded = take(positions * embedding * VALUE_BYTES);
      kernels.lookUp({ table: this.#embedding, ids: idPlace, to: embedded, positions, width: embedding });
      const gates = CELLS[cell].gates > 1 ? take(positions * stacked * VALUE_BYTES) : null;
      let input = embedded;
      for (const [index, { width, packedIh, packedHh, bias }] of this.#layers.entries()) {
        const { states, cells } = layers[index]!;
        // an RNN's sums become its states, in their place
        const sums = gates ?? states;
        const product = { a: input, lda: width, packed: packedIh, m: positions, n: stacked, k: width };
        multiply(runtime, { ...product, c: sums, start: { bias } });
        kernels.recurrentForward({
          cell: opcodeOf(cell, spec.activation),
          steps,
          rows,
          hidden,
          packed: packedHh,
          preActivations: sums,
          states,
          cells,
          hasInitialState: Number(goesOn),
        });
        if (gates !== null) hearGates?.(index, gates);
        input = states;
      }
    });
    this.give(idPlace);
  }

  /**
   * Writes the commands of the output layer.
   * @param first place of the first layer's states, of `positions` [positions, hidden]
   * @param second the second's
   * @param to [positions, tokens]
   */
  logits(first: number, second: number, positions: number, to: number): void {
    const { runtime, spec } = this;
    const { hidden, tokens, residual } = spec;
    withWorkspace(runtime, (take) => {
      const count = positions * hidden;
      const seen = residual ? take(count * VALUE_BYTES) : second;
      if (residual) {
        runtime.kernels.binary({
          op: BinaryOp.Add,
          a: first,
          b: second,
          to: seen,
          count,
          periodA: count,
          periodB: count,
        });
      }
      const product = { a: seen, lda: hidden, packed: this.#output, m: positions, n: tokens, k: hidden };
      multiply(runtime, { ...product, c: to, start: { bias: this.#outputBias } });
    });
  }

  /** [hidden]: what the output layer sees of a row whose states are computed. */
  seen([first, second]: readonly [StatePlaces, StatePlaces], row: number): Float32Array<ArrayBuffer> {
    const { runtime, spec } = this;
    const offset = row * spec.hidden * VALUE_BYTES;
    const states = runtime.floats(second.states + offset, spec.hidden);
    if (!spec.residual) return states;
    const below = runtime.floats(first.states + offset, spec.hidden);
    return states.map((value, i) => value + below[i]!);
  }

  #layer(index: 0 | 1, width: number, upload: (name: string) => number): LayerPlaces {
    const { runtime } = this;
    const { cell, hidden } = this.spec;
    const stacked = CELLS[cell].gates * hidden;
    const packedIh = this.#packed(upload(`rnn.weight_ih_l${index}`), width, stacked);
    const weightHh = upload(`rnn.weight_hh_l${index}`);
    const packedHh = packRecurrent(runtime, (bytes) => this.#taken(bytes), weightHh, cell, hidden);
    this.give(weightHh);
    const [biasIh, biasHh] = [upload(`rnn.bias_ih_l${index}`), upload(`rnn.bias_hh_l${index}`)];
    const bias = this.#taken(stacked * VALUE_BYTES);
    runtime.kernels.binary({
      op: BinaryOp.Add,
      a: biasIh,
      b: biasHh,
      to: bias,
      count: stacked,
      periodA: stacked,
      periodB: stacked,
    });
    this.give(biasIh);
    this.give(biasHh);
    return { width, packedIh, packedHh, bias };
  }

  /** Packs a weight [n, k], and gives its own place back. */
  #packed(from: number, k: number, n: number): number {
    const to = pack(this.runtime, (bytes) => this.#taken(bytes), { b: from, ldb: k, transB: true, k, n });
    this.give(from);
    return to;
  }

  #taken(bytes: number): number {
    return this.#kept(this.runtime.heap.alloc(bytes));
  }

  #kept(place: number): number {
    this.#places.push(place);
    return place;
  }
}
