/** Parts of the page that load when they are first needed; if one cannot be loaded, a sentence says so. */
import { fail } from '#core/failure.ts';

/**
 * Loads a part.
 * @throws LabError `network`: the connection is gone, or the server has a newer build and no longer this part
 */
export async function lazyImport<T>(load: () => Promise<T>): Promise<T> {
  try {
    return await load();
  } catch (cause) {
    fail(
      'network',
      'This part of the lab could not be loaded. The connection was lost, or the lab was updated.',
      'Reload the page. Stored data is safe. If a model is training, wait until it ends.',
      cause,
    );
  }
}
