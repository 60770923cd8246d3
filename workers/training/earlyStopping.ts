/**
 * Tracks the epoch of the lowest validation loss, and stops once the loss has not fallen for `patience` epochs. An epoch whose loss is
 * infinite or NaN is never the best, since its weights are useless.
 */
export class EarlyStopping {
  readonly #patience: number;
  #best: { epoch: number; loss: number } | null = null;

  constructor(patience: number) {
    this.#patience = patience;
  }

  /** From 1; null until an epoch has a finite loss. */
  get bestEpoch(): number | null {
    return this.#best?.epoch ?? null;
  }

  /** Validation loss of the best epoch; infinite if there is none. */
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
