/** The one device that computes at a time. */
import type { DeviceKind } from '#core/devices.ts';
import { openDevice, surveyDevices, type Device } from '#engine/devices/device.ts';
import type { StartRequest } from '#core/runs/training.ts';

export class DeviceSession {
  #device: Device | undefined;

  /**
   * @param threads of the processor; as many as there are cores where not given
   * @throws LabError where there is no such device
   */
  async open(choice: StartRequest['device'], threads?: number): Promise<Device> {
    const wanted = await this.kindOf(choice);
    // A new device each time but for the reference: a GPU may have been lost since, a program's memory never shrinks.
    if (this.#device?.kind !== wanted || wanted !== 'reference') this.#device = await openDevice(wanted, { threads });
    return this.#device;
  }

  /** For what opens a device of its own, so that the one held is no longer the current one. */
  forget(): void {
    this.#device = undefined;
  }

  async kindOf(choice: StartRequest['device']): Promise<DeviceKind> {
    return choice === 'auto' ? (await surveyDevices()).chosen : choice;
  }
}
