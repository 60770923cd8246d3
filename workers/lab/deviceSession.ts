/** The one device that computes at a time. */
import type { DeviceKind } from '#core/devices.ts';
import { openDevice, surveyDevices, type Device } from '#engine/devices/device.ts';
import type { StartRequest } from '#core/runs/training.ts';

export class DeviceSession {
  #device: Device | undefined;

  /**
   * @param threads CPU threads; one per core if not given
   * @throws LabError where there is no such device
   */
  async open(choice: StartRequest['device'], threads?: number): Promise<Device> {
    const wanted = await this.kindOf(choice);
    // All but the reference are opened anew: a GPU may have been lost, and WebAssembly memory never shrinks.
    if (this.#device?.kind !== wanted || wanted !== 'reference') this.#device = await openDevice(wanted, { threads });
    return this.#device;
  }

  /** Called by code that opens a device of its own, which replaces the one held here. */
  forget(): void {
    this.#device = undefined;
  }

  async kindOf(choice: StartRequest['device']): Promise<DeviceKind> {
    return choice === 'auto' ? (await surveyDevices()).chosen : choice;
  }
}
