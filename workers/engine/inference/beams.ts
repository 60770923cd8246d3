/** Possible continuations of a text, side by side, a token at a time; greedy decoding has a single one. */
import { VALUE_BYTES } from '../backends/simd/workspace.ts';
import type { Network, StateAddresses } from './network.ts';
import { CELLS } from '#core/models/registry.ts';

export class Beams {
  readonly #network: Network;
  readonly #maxRows: number;
  /** States of the rows before the step, and behind them those after it: [2, rows, hidden]. */
  readonly #layers: readonly StateAddresses[];
  readonly #logits: number;
  /** Rows of the step before; 0 at the beginning. */
  #rows = 0;

  /** @param maxRows rows at most */
  constructor(network: Network, maxRows: number) {
    const { hidden, cell, tokens } = network.spec;
    this.#network = network;
    this.#maxRows = maxRows;
    const addresses = () => ({
      states: network.alloc(2 * maxRows * hidden),
      cells: CELLS[cell].hasCellState ? network.alloc(2 * maxRows * hidden) : 0,
    });
    this.#layers = Array.from({ length: network.spec.layers }, addresses);
    this.#logits = network.alloc(maxRows * tokens);
  }

  dispose(): void {
    for (const { states, cells } of this.#layers) {
      this.#network.free(states);
      if (cells !== 0) this.#network.free(cells);
    }
    this.#network.free(this.#logits);
  }

  /**
   * The first token of each row.
   * @param from addresses of the states after the last token of a text
   * @returns [tokens] of each row: what may come next
   */
  begin(from: readonly StateAddresses[], ids: readonly number[]): Promise<Float32Array<ArrayBuffer>[]> {
    return this.#step(ids, (layer, part) => from[layer]![part]);
  }

  /** Continues from rows of the last step of other beams. */
  beginFrom(others: Beams, rows: readonly number[]): void {
    this.#rows = rows.length;
    for (const [row, other] of rows.entries()) others.copy(other, moved(this.#after(rows.length), row, this.#rowBytes));
  }

  /** Copies the states of a row after the last step to other addresses. */
  copy(row: number, to: readonly StateAddresses[]): void {
    const from = moved(this.#after(this.#rows), row, this.#rowBytes);
    for (const [layer, own] of from.entries()) {
      for (const part of this.#parts) {
        this.#network.runtime.kernels.copy({ from: own[part], to: to[layer]![part], bytes: this.#rowBytes });
      }
    }
  }

  /** One more token a row. @param parents the row of the last step that each continues; there may be more rows, or fewer, than before */
  step(ids: readonly number[], parents: readonly number[]): Promise<Float32Array<ArrayBuffer>[]> {
    const before = this.#after(this.#rows);
    return this.#step(ids, (layer, part, row) => before[layer]![part] + parents[row]! * this.#rowBytes);
  }

  /** [hidden]: what the output layer saw of a row of the last step. */
  seen(row: number): Float32Array<ArrayBuffer> {
    return this.#network.seen(this.#after(this.#rows), row);
  }

  /** Addresses of the states after a step of `rows` rows. */
  #after(rows: number): readonly StateAddresses[] {
    return moved(this.#layers, rows, this.#rowBytes);
  }

  get #rowBytes(): number {
    return this.#network.spec.hidden * VALUE_BYTES;
  }

  get #parts(): readonly ('states' | 'cells')[] {
    return CELLS[this.#network.spec.cell].hasCellState ? ['states', 'cells'] : ['states'];
  }

  async #step(
    ids: readonly number[],
    before: (layer: number, part: 'states' | 'cells', row: number) => number,
  ): Promise<Float32Array<ArrayBuffer>[]> {
    const rows = ids.length;
    if (rows > this.#maxRows) throw new RangeError(`there is room for ${this.#maxRows} rows, not ${rows}`);
    const network = this.#network;
    const { runtime } = network;
    const { tokens } = network.spec;
    for (const [layer, own] of this.#layers.entries()) {
      for (const part of this.#parts) this.#gather(own[part], rows, (row) => before(layer, part, row));
    }
    const layers = this.#after(rows);
    network.read({ ids: Int32Array.from(ids), steps: 1, rows, layers, hasInitialState: true });
    network.logits(layers, rows, this.#logits);
    this.#rows = rows;
    await runtime.computed();
    return ids.map((_, row) => runtime.floats(this.#logits + row * tokens * VALUE_BYTES, tokens));
  }

  /** Copies the states that the rows continue to the addresses in front of theirs, through a buffer, since the two may overlap. */
  #gather(to: number, rows: number, from: (row: number) => number): void {
    const { runtime, spec } = this.#network;
    const buffer = this.#network.alloc(rows * spec.hidden);
    for (let row = 0; row < rows; row++) {
      runtime.kernels.copy({ from: from(row), to: buffer + row * this.#rowBytes, bytes: this.#rowBytes });
    }
    runtime.kernels.copy({ from: buffer, to, bytes: rows * this.#rowBytes });
    this.#network.free(buffer);
  }
}

/** Addresses `rows` rows further on. */
function moved(layers: readonly StateAddresses[], rows: number, rowBytes: number): readonly StateAddresses[] {
  return layers.map(({ states, cells }) => ({
    states: states + rows * rowBytes,
    cells: cells && cells + rows * rowBytes,
  }));
}
