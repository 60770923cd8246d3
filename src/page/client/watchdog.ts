/** Regularly asks a training worker for an answer. A hanging worker reports nothing, and without this the page would wait forever. */
const ASK_MS = 15_000;
/** The worker only directs, so it answers at once; what computes in it does so a twentieth of a second at a time. */
const PATIENCE_MS = 90_000;

/**
 * @param isBusy whether it does something that may hang
 * @param ping resolves when it has answered
 * @param onHang called once
 * @returns a function that ends the watch
 */
export function watch(isBusy: () => boolean, ping: () => Promise<unknown>, onHang: () => void): () => void {
  let waitsSince: number | null = null;
  const timer = setInterval(() => {
    const now = performance.now();
    if (waitsSince !== null && isBusy() && now - waitsSince > PATIENCE_MS) {
      clearInterval(timer);
      onHang();
    } else if (waitsSince === null && isBusy()) {
      waitsSince = now;
      ping().then(
        () => (waitsSince = null),
        () => clearInterval(timer), // the worker is gone, which is handled elsewhere
      );
    }
  }, ASK_MS);
  return () => clearInterval(timer);
}
