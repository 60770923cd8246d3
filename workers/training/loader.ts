/**
 * The loader of a split: batches in a given order, each read from storage while the device works on the one before.
 * Counts how long the device had to wait for data all the same.
 */
import { makeBatch, type Batch, type Cut } from '#core/data/batches/batch.ts';
import type { Rows } from '#core/data/batches/rows.ts';

export class BatchLoader {
  readonly #rows: Rows;
  readonly #cut: Cut;
  readonly #order: readonly (readonly number[])[];
  #waited = 0;

  /** @param order row indices of each batch */
  constructor(rows: Rows, cut: Cut, order: readonly (readonly number[])[]) {
    this.#rows = rows;
    this.#cut = cut;
    this.#order = order;
  }

  /** Number of batches. */
  get length(): number {
    return this.#order.length;
  }

  /** Seconds that the caller has waited for batches so far. */
  get waitedSeconds(): number {
    return this.#waited;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Batch, void> {
    let next = this.#read(0);
    for (let index = 0; index < this.#order.length; index++) {
      const from = performance.now();
      const batch = await next;
      this.#waited += (performance.now() - from) / 1000;
      if (!batch) return;
      next = this.#read(index + 1);
      // Awaited in the next round; if the caller leaves before, its failure is nobody's.
      next.catch(() => {});
      yield batch;
    }
  }

  async #read(index: number): Promise<Batch | null> {
    const indices = this.#order[index];
    return indices ? makeBatch(await this.#rows.read(indices), this.#cut) : null;
  }
}
