/** One text under a network: the states after every token read so far, so that only what is new has to be read. */
import { VALUE_BYTES } from '../backends/simd/workspace.ts';
import { Beams } from './beams.ts';
import type { Network, StateAddresses } from './network.ts';
import { CELLS } from '#core/models/registry.ts';
import type { GateTrace } from '#core/completion/answers.ts';
import { CELL_LAYOUTS } from '../ops/recurrentStack/cells/layout.ts';

/** Tokens between two looks at whether it was aborted: some 20 ms of a large network, so that a keystroke waits no longer. */
export const CHUNK = 16;
/** Tokens that memory is allocated for at first; it grows as needed. */
const INITIAL_CAPACITY = 1_024;

/** Positions whose logits are cached. */
const MAX_CACHED = 4;

/** Tokens that are prefetched at a place: this number of rows takes the time of one. */
export const MAX_PREFETCHED = 4;

export interface Scores {
  /** For each target its negative log-likelihood in nats, and how many tokens have a greater logit. */
  readonly losses: Float32Array<ArrayBuffer>;
  readonly ranks: Float32Array<ArrayBuffer>;
}

export class Sequence {
  readonly network: Network;
  #ids: number[] = [];
  #capacity = 0;
  #layers: readonly StateAddresses[];
  /** By position, of the last ones asked for: a word that is being typed asks again what may come in its place. */
  readonly #logits = new Map<number, Float32Array<ArrayBuffer>>();
  /** What may come after a position, read before it is there. */
  readonly #prefetchedBeams: Beams;
  #prefetched: Prefetched | null = null;

  constructor(network: Network) {
    this.network = network;
    this.#layers = nullAddresses(network);
    this.#prefetchedBeams = new Beams(network, MAX_PREFETCHED);
  }

  /** Tokens read. */
  get length(): number {
    return this.#ids.length;
  }

  dispose(): void {
    this.#free(this.#layers);
    this.#prefetchedBeams.dispose();
    this.#layers = nullAddresses(this.network);
    this.#ids = [];
    this.#logits.clear();
    this.#prefetched = null;
    this.#capacity = 0;
  }

  /**
   * Sets the text to these tokens; a beginning that has been read is kept.
   * @param keep false forgets it first
   * @returns number of tokens read; null if it was aborted, with part of the text read
   */
  async read(ids: Int32Array, signal: AbortSignal): Promise<number | null> {
    let same = 0;
    while (same < ids.length && same < this.#ids.length && this.#ids[same] === ids[same]) same++;
    // What comes after the common part is kept where nothing has to be read: the cursor has only moved.
    if (same === ids.length) return 0;
    this.#ids.length = same;
    for (const position of this.#logits.keys()) if (position >= same) this.#logits.delete(position);
    this.#reserve(ids.length);
    if (this.#takePrefetched(same, ids[same]!)) same++;
    for (let from = same; from < ids.length; from += CHUNK) {
      if (signal.aborted) return null;
      const part = ids.slice(from, from + CHUNK);
      this.network.read({ ids: part, steps: part.length, rows: 1, layers: this.at(from), hasInitialState: from > 0 });
      await this.network.runtime.computed();
      this.#ids.push(...part);
    }
    return ids.length - same;
  }

  /** Reads tokens that may come after one of the text, so that whichever is typed is there already. @param ids at most `MAX_PREFETCHED` */
  async prefetch(position: number, ids: readonly number[]): Promise<void> {
    if (this.#prefetched?.position === position && ids.every((id) => this.#prefetched?.ids.includes(id))) return;
    this.#prefetched = null;
    this.#prefetched = { position, ids, logits: await this.#prefetchedBeams.begin(this.at(position), ids) };
  }

  /**
   * Begins drafts after a token of the text, without reading again what is prefetched.
   * @returns [tokens] of each draft: what may come after its first token
   */
  begin(drafts: Beams, position: number, ids: readonly number[]): Promise<Float32Array<ArrayBuffer>[]> {
    const prefetched = this.#prefetched;
    const rows = ids.map((id) => (prefetched?.position === position ? prefetched.ids.indexOf(id) : -1));
    if (!prefetched || rows.includes(-1)) return drafts.begin(this.at(position), ids);
    drafts.beginFrom(this.#prefetchedBeams, rows);
    return Promise.resolve(rows.map((row) => prefetched.logits[row]!));
  }

  /** @returns whether the token that comes next was prefetched; it is read then */
  #takePrefetched(position: number, id: number): boolean {
    const prefetched = this.#prefetched;
    this.#prefetched = null;
    const row = prefetched?.position === position - 1 ? prefetched.ids.indexOf(id) : -1;
    if (!prefetched || row < 0) return false;
    this.#prefetchedBeams.copy(row, this.at(position));
    this.#ids.push(id);
    this.#keep(position, prefetched.logits[row]!);
    return true;
  }

  /** Addresses of the states after a token; tokens are counted from 0. */
  at(position: number): readonly StateAddresses[] {
    const { hidden, cell } = this.network.spec;
    const offset = position * hidden * VALUE_BYTES;
    return this.#layers.map(({ states, cells }) => ({
      states: states + offset,
      cells: CELLS[cell].hasCellState ? cells + offset : 0,
    }));
  }

  /** [tokens]: what may come after a token. The last ones are kept: not to be written to. */
  async logits(position: number): Promise<Float32Array<ArrayBuffer>> {
    const kept = this.#logits.get(position);
    if (kept) return kept;
    const [logits] = await this.logitRows(position, 1);
    this.#keep(position, logits!);
    return logits!;
  }

  #keep(position: number, logits: Float32Array<ArrayBuffer>): void {
    this.#logits.set(position, logits);
    for (const oldest of this.#logits.keys()) {
      if (this.#logits.size <= MAX_CACHED) break;
      this.#logits.delete(oldest);
    }
  }

  /** [tokens] of some positions, one after the other: for callers that go through the text. */
  async logitRows(from: number, count: number): Promise<Float32Array<ArrayBuffer>[]> {
    const { network } = this;
    const { tokens } = network.spec;
    const to = network.alloc(count * tokens);
    try {
      network.logits(this.at(from), count, to);
      await network.runtime.computed();
      return Array.from({ length: count }, (_, row) => network.runtime.floats(to + row * tokens * VALUE_BYTES, tokens));
    } finally {
      network.free(to);
    }
  }

  /**
   * How sure the network was of what comes after each of the tokens read.
   * @param targets what comes after the first token, the second, and so on; PAD has loss and rank 0
   * @returns null where it was aborted
   */
  async scores(targets: Int32Array, signal: AbortSignal): Promise<Scores | null> {
    const { network } = this;
    const { runtime } = network;
    const { tokens } = network.spec;
    const losses = new Float32Array(targets.length);
    const ranks = new Float32Array(targets.length);
    for (let from = 0; from < targets.length; from += CHUNK) {
      if (signal.aborted) return null;
      const count = Math.min(CHUNK, targets.length - from);
      const logits = network.alloc(count * tokens);
      const results = network.alloc(2 * count);
      const own = runtime.upload(targets.slice(from, from + count));
      try {
        network.logits(this.at(from), count, logits);
        runtime.kernels.scores({
          logits,
          targets: own,
          losses: results,
          ranks: results + count * VALUE_BYTES,
          rows: count,
          tokens,
          ld: tokens,
          scale: 0,
        });
        await runtime.computed();
        losses.set(runtime.floats(results, count), from);
        ranks.set(runtime.floats(results + count * VALUE_BYTES, count), from);
      } finally {
        for (const address of [logits, results, own]) network.free(address);
      }
    }
    return { losses, ranks };
  }

  /** [width]: what the output layer sees after a token, of a residual model all layers joined. */
  seen(position: number): Float32Array<ArrayBuffer> {
    return this.network.seen(this.at(position), 0);
  }

  /** [length, hidden]: the states of a layer after each token read. @param layer counted from 0 */
  states(layer: number): Float32Array<ArrayBuffer> {
    return this.network.runtime.floats(this.#layers[layer]!.states, this.length * this.network.spec.hidden);
  }

  /** [length, hidden]: the cells of a layer after each token read; null of a model without cells. */
  cells(layer: number): Float32Array<ArrayBuffer> | null {
    const { cell, hidden } = this.network.spec;
    if (!CELLS[cell].hasCellState) return null;
    return this.network.runtime.floats(this.#layers[layer]!.cells, this.length * hidden);
  }

  /**
   * The gates of a unit at each token read, [length] each, in the order of the cell's blocks; none of a cell without gates. They are
   * not kept: the tokens are read once more, which writes the same states to the same addresses.
   * @returns null where it was aborted
   */
  async gates(layer: number, unit: number, signal: AbortSignal): Promise<readonly GateTrace[] | null> {
    const { network } = this;
    const { hidden, cell } = network.spec;
    const { names } = CELL_LAYOUTS[cell];
    if (names.length === 0) return [];
    const gates = names.map((name) => ({ ...name, values: new Float32Array(this.length) }));
    const stacked = names.length * hidden;
    const kept = network.alloc(CHUNK * stacked);
    try {
      for (let from = 0; from < this.length; from += CHUNK) {
        if (signal.aborted) return null;
        const ids = Int32Array.from(this.#ids.slice(from, from + CHUNK));
        const bytes = ids.length * stacked * VALUE_BYTES;
        network.read(
          { ids, steps: ids.length, rows: 1, layers: this.at(from), hasInitialState: from > 0 },
          (index, address) => index === layer && network.runtime.kernels.copy({ from: address, to: kept, bytes }),
        );
        await network.runtime.computed();
        const values = network.runtime.floats(kept, ids.length * stacked);
        for (const [gate, { values: to }] of gates.entries()) {
          for (let t = 0; t < ids.length; t++) to[from + t] = values[t * stacked + gate * hidden + unit]!;
        }
      }
      return gates;
    } finally {
      network.free(kept);
    }
  }

  /** Twice as much each time; what was read is copied. */
  #reserve(length: number): void {
    if (length <= this.#capacity) return;
    const { network } = this;
    const { hidden, cell } = network.spec;
    const capacity = Math.max(INITIAL_CAPACITY, 2 ** Math.ceil(Math.log2(length)));
    const before = this.#layers;
    const bytes = this.length * hidden * VALUE_BYTES;
    const larger = (from: number) => {
      const to = network.alloc(capacity * hidden);
      if (bytes > 0) network.runtime.kernels.copy({ from, to, bytes });
      return to;
    };
    const enlarge = ({ states, cells }: StateAddresses): StateAddresses => ({
      states: larger(states),
      cells: CELLS[cell].hasCellState ? larger(cells) : 0,
    });
    this.#layers = before.map(enlarge);
    if (this.#capacity > 0) this.#free(before);
    this.#capacity = capacity;
  }

  #free(layers: readonly StateAddresses[]): void {
    if (this.#capacity === 0) return;
    for (const { states, cells } of layers) {
      this.network.free(states);
      if (cells !== 0) this.network.free(cells);
    }
  }
}

function nullAddresses({ spec }: Network): readonly StateAddresses[] {
  return Array.from({ length: spec.layers }, () => ({ states: 0, cells: 0 }));
}

interface Prefetched {
  /** Position of the token that they would follow. */
  readonly position: number;
  readonly ids: readonly number[];
  /** [tokens] after each. */
  readonly logits: readonly Float32Array<ArrayBuffer>[];
}
