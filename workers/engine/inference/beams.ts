/** Ways in which a text may go on, side by side, a token at a time; one of them where a line is written as it comes. */
import { VALUE_BYTES } from '../backends/simd/workspace.ts';
import type { Network, StatePlaces } from './network.ts';
import { CELLS } from '#core/models/registry.ts';

export class Beams {
  readonly #network: Network;
  readonly #most: number;
  /** States of the rows before the step, and behind them those after it: [2, rows, hidden]. */
  readonly #layers: readonly StatePlaces[];
  readonly #logits: number;
  /** Rows of the step before; 0 at the beginning. */
  #rows = 0;

  /** @param most rows at most */
  constructor(network: Network, most: number) {
    const { hidden, cell, tokens } = network.spec;
    this.#network = network;
    this.#most = most;
    const places = () => ({
      states: network.take(2 * most * hidden),
      cells: CELLS[cell].hasCellState ? network.take(2 * most * hidden) : 0,
    });
    this.#layers = Array.from({ length: network.spec.layers }, places);
    this.#logits = network.take(most * tokens);
  }

  dispose(): void {
    for (const { states, cells } of this.#layers) {
      this.#network.give(states);
      if (cells !== 0) this.#network.give(cells);
    }
    this.#network.give(this.#logits);
  }

  /**
   * The first token of each row.
   * @param from where the states after the last token of a text lie
   * @returns [tokens] of each row: what may come next
   */
  begin(from: readonly StatePlaces[], ids: readonly number[]): Promise<Float32Array<ArrayBuffer>[]> {
    return this.#step(ids, (layer, part) => from[layer]![part]);
  }

  /** Goes on from rows of others' last step. */
  beginAs(others: Beams, rows: readonly number[]): void {
    this.#rows = rows.length;
    for (const [row, other] of rows.entries()) others.copy(other, moved(this.#after(rows.length), row, this.#rowBytes));
  }

  /** Writes the states of a row after the last step to another place. */
  copy(row: number, to: readonly StatePlaces[]): void {
    const from = moved(this.#after(this.#rows), row, this.#rowBytes);
    for (const [layer, own] of from.entries()) {
      for (const part of this.#parts) {
        this.#network.runtime.kernels.copy({ from: own[part], to: to[layer]![part], bytes: this.#rowBytes });
      }
    }
  }

  /** One more token a row. @param parents the row of the last step that each goes on from; there may be more rows, or fewer, than before */
  step(ids: readonly number[], parents: readonly number[]): Promise<Float32Array<ArrayBuffer>[]> {
    const before = this.#after(this.#rows);
    return this.#step(ids, (layer, part, row) => before[layer]![part] + parents[row]! * this.#rowBytes);
  }

  /** [hidden]: what the output layer saw of a row of the last step. */
  seen(row: number): Float32Array<ArrayBuffer> {
    return this.#network.seen(this.#after(this.#rows), row);
  }

  /** Where the states after a step of so many rows lie. */
  #after(rows: number): readonly StatePlaces[] {
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
    if (rows > this.#most) throw new RangeError(`there is room for ${this.#most} rows, not ${rows}`);
    const network = this.#network;
    const { runtime } = network;
    const { tokens } = network.spec;
    for (const [layer, own] of this.#layers.entries()) {
      for (const part of this.#parts) this.#gather(own[part], rows, (row) => before(layer, part, row));
    }
    const layers = this.#after(rows);
    network.read({ ids: Int32Array.from(ids), steps: 1, rows, layers, goesOn: true });
    network.logits(layers, rows, this.#logits);
    this.#rows = rows;
    await runtime.computed();
    return ids.map((_, row) => runtime.floats(this.#logits + row * tokens * VALUE_BYTES, tokens));
  }

  /** Copies the states that the rows go on from in front of where theirs will be, by way of a place that none of them lies in. */
  #gather(to: number, rows: number, from: (row: number) => number): void {
    const { runtime, spec } = this.#network;
    const aside = this.#network.take(rows * spec.hidden);
    for (let row = 0; row < rows; row++) {
      runtime.kernels.copy({ from: from(row), to: aside + row * this.#rowBytes, bytes: this.#rowBytes });
    }
    runtime.kernels.copy({ from: aside, to, bytes: rows * this.#rowBytes });
    this.#network.give(aside);
  }
}

/** So many rows further on. */
function moved(layers: readonly StatePlaces[], rows: number, rowBytes: number): readonly StatePlaces[] {
  return layers.map(({ states, cells }) => ({
    states: states + rows * rowBytes,
    cells: cells && cells + rows * rowBytes,
  }));
}
