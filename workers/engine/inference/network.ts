/**
 * A trained model on the processor that reads a text token by token and keeps its state after each: for completing, where a
 * keystroke must cost no more than the tokens after it. Without TensorFlow.js: the commands of `../backends/simd/`, on weights that are
 * packed once. What it computes has the bits of the device `cpu`, in training as in evaluation, since a value's sum depends neither on
 * the rows beside it nor on the thread that computes it.
 */
import { CONNECTIONS } from '#core/models/registry.ts';
import {
  connectionScale,
  inputWidths,
  isProjected,
  joinedWidth,
  outputWeightName,
  outputWidth,
  type ModelSpec,
} from '#core/models/spec.ts';
import { fail } from '#core/failure.ts';
import { weightShapes, type Weights } from '#core/models/weights.ts';
import { multiply, pack } from '../backends/simd/products.ts';
import type { SimdRuntime } from '../backends/simd/runtime.ts';
import { VALUE_BYTES, withWorkspace, type Alloc } from '../backends/simd/workspace.ts';
import { joinInto } from '../ops/joinLayers/join.ts';
import { CELL_LAYOUTS } from '../ops/recurrentStack/cells/layout.ts';
import { layerForward, packLayer, type PackedLayer } from '../ops/recurrentStack/layerCpu.ts';

/** Addresses of the states of some steps of a layer, [steps, rows, hidden], and of the cells of an LSTM. */
export interface StateAddresses {
  readonly states: number;
  readonly cells: number;
}

/** Some steps of some rows, to be computed. */
export interface Steps {
  /** [steps, rows] */
  readonly ids: Int32Array;
  readonly steps: number;
  readonly rows: number;
  /** Addresses that the layers write to; with `hasInitialState`, the states of the step before lie in front of each. */
  readonly layers: readonly StateAddresses[];
  readonly hasInitialState: boolean;
}

/** Called with the address of a layer's gates, [steps, rows, blocks x hidden] (ops/recurrentStack/cells/layout.ts). */
export type OnGates = (layer: number, address: number) => void;

export class Network {
  readonly runtime: SimdRuntime;
  readonly spec: ModelSpec;
  readonly #embedding: number;
  readonly #layers: readonly PackedLayer[];
  /** Packed; null where there is none. */
  readonly #projection: number | null;
  /** The same, [embedding, width], where the directing worker reads it. */
  readonly #projectionWeight: Float32Array | null;
  /** Packed. */
  readonly #output: number;
  readonly #outputBias: number;
  readonly #addresses: number[] = [];

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
      this.#embedding = this.#keep(upload('embedding.weight'));
      this.#layers = inputWidths(spec).map((width, index) => this.#layer(index, width, upload));
      const projects = isProjected(spec);
      this.#projectionWeight = projects ? (weights.get('projection.weight')?.data ?? null) : null;
      this.#projection = projects ? this.#packed(upload('projection.weight'), joinedWidth(spec), spec.embedding) : null;
      this.#output = this.#packed(upload(outputWeightName(spec)), outputWidth(spec), spec.tokens);
      this.#outputBias = this.#keep(upload('output.bias'));
    } catch (error) {
      this.dispose();
      throw error;
    }
  }

  /** Frees the weights' memory. */
  dispose(): void {
    for (const address of this.#addresses.splice(0)) this.free(address);
  }

  /** @param values how many float32 values */
  alloc(values: number): number {
    return this.runtime.heap.alloc(values * VALUE_BYTES);
  }

  free(address: number): void {
    this.runtime.heap.free(address, this.runtime.kernels.written());
  }

  /** Writes the commands of some steps. @param onGates called for each layer with gates, which the next command overwrites */
  read({ ids, steps, rows, layers, hasInitialState }: Steps, onGates?: OnGates): void {
    const { runtime, spec } = this;
    const { kernels } = runtime;
    const { cell, activation, embedding, hidden } = spec;
    const positions = steps * rows;
    const layout = CELL_LAYOUTS[cell];
    const idAddress = runtime.upload(ids);
    withWorkspace(runtime, (alloc) => {
      const embedded = alloc(positions * embedding * VALUE_BYTES);
      kernels.lookUp({ table: this.#embedding, ids: idAddress, to: embedded, positions, width: embedding });
      const blocks = layout.keepsBlocks ? alloc(positions * layout.blocks * hidden * VALUE_BYTES) : 0;
      let input = embedded;
      for (const [index, width] of inputWidths(spec).entries()) {
        const own = layers[index]!;
        const sizes = { cell, activation, steps, rows, width, hidden };
        layerForward(runtime, sizes, this.#layers[index]!, input, { ...own, blocks }, hasInitialState);
        if (layout.keepsBlocks) onGates?.(index, blocks);
        input = own.states;
      }
    });
    this.free(idAddress);
  }

  /**
   * Writes the commands of the output layer.
   * @param layers addresses of each layer's states, [positions, hidden]
   * @param to [positions, tokens]
   */
  logits(layers: readonly StateAddresses[], positions: number, to: number): void {
    const { runtime, spec } = this;
    const { hidden, tokens, connection } = spec;
    const [joined, width] = [joinedWidth(spec), outputWidth(spec)];
    const { join } = CONNECTIONS[connection];
    withWorkspace(runtime, (alloc) => {
      let seen = layers.at(-1)!.states;
      if (join !== 'last') {
        seen = alloc(positions * joined * VALUE_BYTES);
        const from = layers.map(({ states }) => states);
        const sideBySide = join === 'concatenation' ? this.#concatenate(alloc, from, positions * hidden) : from;
        joinInto(runtime, sideBySide, { positions, hidden, to: seen }, connection, null);
      }
      if (this.#projection !== null) {
        const projected = alloc(positions * width * VALUE_BYTES);
        const operands = { a: seen, lda: joined, packed: this.#projection, m: positions, n: width, k: joined };
        multiply(runtime, { ...operands, c: projected });
        seen = projected;
      }
      const product = { a: seen, lda: width, packed: this.#output, m: positions, n: tokens, k: width };
      multiply(runtime, { ...product, c: to, start: { bias: this.#outputBias } });
    });
  }

  /** Copies values from several addresses one behind the other. @returns their new addresses */
  #concatenate(alloc: Alloc, from: readonly number[], count: number): readonly number[] {
    const bytes = count * VALUE_BYTES;
    const first = alloc(from.length * bytes);
    return from.map((address, index) => {
      this.runtime.kernels.copy({ from: address, to: first + index * bytes, bytes });
      return first + index * bytes;
    });
  }

  /** [width]: what the output layer sees of a row whose states are computed. */
  seen(layers: readonly StateAddresses[], row: number): Float32Array<ArrayBuffer> {
    const joined = this.#joined(layers, row);
    return this.#projectionWeight === null ? joined : product(this.#projectionWeight, joined);
  }

  #joined(layers: readonly StateAddresses[], row: number): Float32Array<ArrayBuffer> {
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
    const packed = packLayer(this.runtime, (bytes) => this.#allocKept(bytes), { ...this.spec, width }, weights);
    for (const address of Object.values(weights)) this.free(address);
    return packed;
  }

  /** Packs a weight [n, k], and frees it. */
  #packed(from: number, k: number, n: number): number {
    const to = pack(this.runtime, (bytes) => this.#allocKept(bytes), { b: from, ldb: k, transB: true, k, n });
    this.free(from);
    return to;
  }

  #allocKept(bytes: number): number {
    return this.#keep(this.runtime.heap.alloc(bytes));
  }

  #keep(address: number): number {
    this.#addresses.push(address);
    return address;
  }
}

/** A matrix [rows, columns] times a vector, each sum rounded once: within rounding what the kernels compute. */
function product(matrix: Float32Array, vector: Float32Array): Float32Array<ArrayBuffer> {
  const columns = vector.length;
  return Float32Array.from({ length: matrix.length / columns }, (_, row) => {
    let sum = 0;
    for (let column = 0; column < columns; column++) sum += matrix[row * columns + column]! * vector[column]!;
    return sum;
  });
}
