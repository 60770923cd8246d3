/** Records the trainings of the regression in a worker of its own, on a device opened as the lab opens it. */
import { expose } from 'comlink';
import type { Recorder } from '#core/regression/recorder.ts';
import { openDevice, type Device } from '#engine/devices/device.ts';
import { recordModel } from './record.ts';

let device: Device | undefined;

const recorder: Recorder = {
  async open(kind) {
    device = await openDevice(kind, { untried: true });
    return device.name;
  },

  record(model) {
    if (!device) throw new Error('no device is open');
    return recordModel(device, model);
  },
};

expose(recorder);
