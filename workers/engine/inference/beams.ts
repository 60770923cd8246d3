/** Ways in which a text may go on, side by side, a token at a time; one of them where a line is written as it comes. */
import { VALUE_BYTES } from '../simd/workspace.ts';
import type { Network, StatePlaces } from './network.ts';
import type { Sequence } from './sequence.ts';

export class Beams {
  readonly #network: Network;
  readonly #most: number;
  /** States of the rows before the step, and behind them those after it: [2, rows, hidden]. */
  readonly #layers: readonly [StatePlaces, StatePlaces];
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
      cells: cell === 'lstm' ? network.take(2 * most * hidden) : 0,
    });
    this.#layers = [places(), places()];
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
   * The first token of each row, after a token of a text.
   * @param position of the text's last token that counts, from 0
   * @returns [tokens] of each row: what may come next
   */
  begin(sequence: Sequence, position: number, ids: readonly number[]): Promise<Float32Array<ArrayBuffer>[]> {
    const from = sequence.at(position);
    return this.#step(ids, (layer, part) => from[layer][part]);
  }

  /** One more token a row. @param parents the row of the last step that each goes on from; there may be more rows, or fewer, than before */
  step(ids: readonly number[], parents: readonly number[]): Promise<Float32Array<ArrayBuffer>[]> {
    const rowBytes = this.#network.spec.hidden * VALUE_BYTES;
    const behind = this.#rows * rowBytes;
    return this.#step(ids, (layer, part, row) => this.#layers[layer][part] + behind + parents[row]! * rowBytes);
  }

  /** [hidden]: what the output layer saw of a row of the last step. */
  seen(row: number): Float32Array<ArrayBuffer> {
    return this.#network.seen(this.#after(this.#rows), row);
  }

  /** Where the states after a step of so many rows lie. */
  #after(rows: number): [StatePlaces, StatePlaces] {
    const behind = rows * this.#network.spec.hidden * VALUE_BYTES;
    const moved = ({ states, cells }: StatePlaces) => ({ states: states + behind, cells: cells && cells + behind });
    return [moved(this.#layers[0]), moved(this.#layers[1])];
  }

  async #step(
    ids: readonly number[],
    before: (layer: 0 | 1, part: 'states' | 'cells', row: number) => number,
  ): Promise<Float32Array<ArrayBuffer>[]> {
    const rows = ids.length;
    if (rows > this.#most) throw new RangeError(`there is room for ${this.#most} rows, not ${rows}`);
    const network = this.#network;
    const { runtime } = network;
    const { cell, tokens } = network.spec;
    const parts = cell === 'lstm' ? (['states', 'cells'] as const) : (['states'] as const);
    for (const layer of [0, 1] as const) {
      for (const part of parts) this.#gather(this.#layers[layer][part], rows, (row) => before(layer, part, row));
    }
    const layers = this.#after(rows);
    network.read({ ids: Int32Array.from(ids), steps: 1, rows, layers, goesOn: true });
    network.logits(layers[0].states, layers[1].states, rows, this.#logits);
    this.#rows = rows;
    await runtime.computed();
    return ids.map((_, row) => runtime.floats(this.#logits + row * tokens * VALUE_BYTES, tokens));
  }

  /** Copies the states that the rows go on from in front of where theirs will be, by way of a place that none of them lies in. */
  #gather(to: number, rows: number, from: (row: number) => number): void {
    const { runtime, spec } = this.#network;
    const rowBytes = spec.hidden * VALUE_BYTES;
    const aside = this.#network.take(rows * spec.hidden);
    for (let row = 0; row < rows; row++) runtime.kernels.copy(from(row), aside + row * rowBytes, rowBytes);
    runtime.kernels.copy(aside, to, rows * rowBytes);
    this.#network.give(aside);
  }
}
