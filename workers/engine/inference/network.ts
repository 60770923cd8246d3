/**
 * A trained model on the processor that reads a text token by token and keeps its state after each: for completing, where a
 * keystroke must cost no more than the tokens after it. Without TensorFlow.js: the commands of `../simd/`, on weights that are
 * packed once. What it computes has the bits of the device `cpu`, in training as in evaluation, since a value's sum depends neither on
 * the rows beside it nor on who computes it.
 */
import { CONNECTIONS } from '#core/models/registry.ts';
import { connectionScale, inputWidths, outputWidth, type ModelSpec } from '#core/models/spec.ts';
import { fail } from '#core/failure.ts';
import { weightShapes, type Weights } from '#core/models/weights.ts';
import { multiply, pack } from '../backends/simd/products.ts';
import type { SimdRuntime } from '../backends/simd/runtime.ts';
import { VALUE_BYTES, withWorkspace, type Alloc } from '../backends/simd/workspace.ts';
import { joinInto } from '../ops/joinLayers/join.ts';
import { CELL_LAYOUTS } from '../ops/recurrentStack/cells/layout.ts';
import { layerForward, packLayer, type PackedLayer } from '../ops/recurrentStack/layerCpu.ts';

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
  /** Addresses that the layers write to; with `goesOn`, the states of the step before lie in front of each. */
  readonly layers: readonly StatePlaces[];
  readonly goesOn: boolean;
}

/** Gates of a layer, [steps, rows, blocks x hidden] (ops/recurrentStack/cells/layout.ts). */
export type HearGates = (layer: number, place: number) => void;

export class Network {
  readonly runtime: SimdRuntime;
  readonly spec: ModelSpec;
  readonly #embedding: number;
  readonly #layers: readonly PackedLayer[];
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
      this.#layers = inputWidths(spec).map((width, index) => this.#layer(index, width, upload));
      this.#output = this.#packed(upload('output.weight'), outputWidth(spec), spec.tokens);
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
    const { cell, activation, embedding, hidden } = spec;
    const positions = steps * rows;
    const layout = CELL_LAYOUTS[cell];
    const idPlace = runtime.upload(ids);
    withWorkspace(runtime, (take) => {
      const embedded = take(positions * embedding * VALUE_BYTES);
      kernels.lookUp({ table: this.#embedding, ids: idPlace, to: embedded, positions, width: embedding });
      const blocks = layout.keepsBlocks ? take(positions * layout.blocks * hidden * VALUE_BYTES) : 0;
      let input = embedded;
      for (const [index, width] of inputWidths(spec).entries()) {
        const own = layers[index]!;
        const sizes = { cell, activation, steps, rows, width, hidden };
        layerForward(runtime, sizes, this.#layers[index]!, input, { ...own, blocks }, goesOn);
        if (layout.keepsBlocks) hearGates?.(index, blocks);
        input = own.states;
      }
    });
    this.give(idPlace);
  }

  /**
   * Writes the commands of the output layer.
   * @param layers places of each layer's states, of `positions` [positions, hidden]
   * @param to [positions, tokens]
   */
  logits(layers: readonly StatePlaces[], positions: number, to: number): void {
    const { runtime, spec } = this;
    const { hidden, tokens, connection } = spec;
    const width = outputWidth(spec);
    const { join } = CONNECTIONS[connection];
    withWorkspace(runtime, (take) => {
      let seen = layers.at(-1)!.states;
      if (join !== 'last') {
        seen = take(positions * width * VALUE_BYTES);
        const from = layers.map(({ states }) => states);
        const sideBySide = join === 'concatenation' ? this.#together(take, from, positions * hidden) : from;
        joinInto(runtime, sideBySide, { positions, hidden, to: seen }, connection, null);
      }
      const product = { a: seen, lda: width, packed: this.#output, m: positions, n: tokens, k: width };
      multiply(runtime, { ...product, c: to, start: { bias: this.#outputBias } });
    });
  }

  /** Copies values of several places one behind the other. @returns their new places */
  #together(alloc: Alloc, from: readonly number[], count: number): readonly number[] {
    const bytes = count * VALUE_BYTES;
    const first = alloc(from.length * bytes);
    return from.map((place, index) => {
      this.runtime.kernels.copy({ from: place, to: first + index * bytes, bytes });
      return first + index * bytes;
    });
  }

  /** [width]: what the output layer sees of a row whose states are computed. */
  seen(layers: readonly StatePlaces[], row: number): Float32Array<ArrayBuffer> {
    const { runtime, spec } = this;
    const { join } = CONNECTIONS[spec.connection];
    const offset = row * spec.hidden * VALUE_BYTES;
    const seen = layers.map(({ states }) => runtime.floats(states + offset, spec.hidden));
    if (join === 'last') return seen.at(-1)!;
    if (join === 'concatenation') return Float32Array.from(seen.flatMap((values) => [...values]));
    const scale = connectionScale(spec);
    return seen[0]!.map(
      (value, i) => scale * seen.slice(1).reduce((sum, values) => Math.fround(sum + values[i]!), value),
    );
  }

  #layer(index: number, width: number, upload: (name: string) => number): PackedLayer {
    const weights = {
      weightIh: upload(`rnn.weight_ih_l${index}`),
      weightHh: upload(`rnn.weight_hh_l${index}`),
      biasIh: upload(`rnn.bias_ih_l${index}`),
      biasHh: upload(`rnn.bias_hh_l${index}`),
    };
    const packed = packLayer(this.runtime, (bytes) => this.#taken(bytes), { ...this.spec, width }, weights);
    for (const place of Object.values(weights)) this.give(place);
    return packed;
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
