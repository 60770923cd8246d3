/** Work on a device that may be lost under it. */
import { LabError } from '#core/failure.ts';
import type { Device } from './device.ts';

/** Milliseconds within which a browser reports a loss after the work that it broke off has failed. */
const LOSS_PATIENCE = 2_000;

/**
 * The result of the work. When a device is lost, pending work, mostly the read of a buffer, fails with another error, and often before the
 * loss is reported; the loss is then thrown instead.
 * @throws LabError `device-lost`, or whatever the work throws
 */
export async function unlessLost<T>({ lost }: Pick<Device, 'lost'>, work: Promise<T>): Promise<T> {
  try {
    return await Promise.race([work, lost]);
  } catch (error) {
    if (!(error instanceof LabError)) {
      await Promise.race([lost, new Promise((resolve) => setTimeout(resolve, LOSS_PATIENCE))]);
    }
    throw error;
  }
}
