/**
 * Loads the batches of a split in a given order. Each is read from storage while the device computes the one before.
 * It measures how long the caller still had to wait for data.
 */
import { makeBatch, type Batch, type Cut } from '#core/data/batches/batch.ts';
import type { Rows } from '#core/data/batches/rows.ts';

export class BatchLoader {
  readonly #rows: Rows;
  readonly #cut: Cut;
  readonly #order: readonly (readonly number[])[];
  #waited = 0;

  /** @param order the row indices of each batch */
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
      // The next iteration awaits it. If the caller leaves before, a failure must not count as unhandled.
      next.catch(() => {});
      yield batch;
    }
  }

  async #read(index: number): Promise<Batch | null> {
    const indices = this.#order[index];
    return indices ? makeBatch(await this.#rows.read(indices), this.#cut) : null;
  }
}
