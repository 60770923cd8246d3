/**
 * Keeps the epoch of the lowest validation loss, and says when it has not fallen for `patience` epochs. A loss that is infinite or not
 * a number is never the best: its weights are of no use.
 */
export class EarlyStopping {
  readonly #patience: number;
  #best: { epoch: number; loss: number } | null = null;

  constructor(patience: number) {
    this.#patience = patience;
  }

  /** From 1; null before the first epoch. */
  get bestEpoch(): number | null {
    return this.#best?.epoch ?? null;
  }

  /** Validation loss of the best epoch; infinite before the first. */
  get bestLoss(): number {
    return this.#best?.loss ?? Infinity;
  }

  /** @param epoch from 1, rising by one */
  observe(epoch: number, loss: number): { readonly improved: boolean; readonly stop: boolean } {
    const improved = loss < this.bestLoss;
    if (improved) this.#best = { epoch, loss };
    const since = epoch - (this.#best?.epoch ?? 0);
    return { improved, stop: since >= this.#patience };
  }
}
