/** How far a device is within the step or batch that it computes, from the operations it was handed over and has done. */
import type { DeviceControl } from '#engine/devices/device.ts';

interface Bounds {
  readonly from: number;
  readonly to: number;
}

export class WorkMeter {
  readonly #device: Pick<DeviceControl, 'given' | 'done'> | null;
  /** Bounds of the work in progress, in order. */
  readonly #under: Bounds[] = [];

  /** @param device null for one that does not tell */
  constructor(device: Pick<DeviceControl, 'given' | 'done'> | null) {
    this.#device = device;
  }

  /** @param hand hands a step over, all of it before it returns */
  begin<T>(hand: () => T): T {
    const from = this.#device?.given ?? 0;
    const result = hand();
    this.#under.push({ from, to: this.#device?.given ?? 0 });
    return result;
  }

  /** The oldest one is done. */
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
