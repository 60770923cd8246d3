/** Measures the progress of a device within a step or batch, from its operations given and done. */
import type { DeviceControl } from '#engine/devices/device.ts';

interface Bounds {
  readonly from: number;
  readonly to: number;
}

export class WorkMeter {
  readonly #device: Pick<DeviceControl, 'given' | 'done'> | null;
  /** Bounds of the work in progress, in order. */
  readonly #under: Bounds[] = [];

  /** @param device null for a device that does not report operations */
  constructor(device: Pick<DeviceControl, 'given' | 'done'> | null) {
    this.#device = device;
  }

  /** @param hand passes a whole step to the device before it returns */
  begin<T>(hand: () => T): T {
    const from = this.#device?.given ?? 0;
    const result = hand();
    this.#under.push({ from, to: this.#device?.given ?? 0 });
    return result;
  }

  /** Call when the oldest work in progress is done. */
  end(): void {
    this.#under.shift();
  }

  /** Share of the oldest work in progress that is done, 0 to 1. */
  get part(): number {
    const oldest = this.#under[0];
    if (!oldest || !this.#device || oldest.to === oldest.from) return 0;
    return Math.min(1, Math.max(0, (this.#device.done - oldest.from) / (oldest.to - oldest.from)));
  }
}
