/** Devices that the browser tests share: they run in one page, and opening WebGPU anew would compile every kernel again. */
import * as tf from '@tensorflow/tfjs-core';
import type { DeviceKind } from '#core/devices.ts';
import type { ArenaBackend } from '../backends/webgpu/arenaBackend.ts';
import { chooseTile } from '../ops/matMul/webgpu.ts';
import { openDevice, type Device } from './device.ts';

interface Opened {
  readonly device: Device;
  readonly backendName: string;
  readonly backend: object;
}

const opened = new Map<DeviceKind, Opened>();

/** The device of a kind, open and current. A test that is about opening one, or about its memory, calls `openDevice` itself. */
export async function sharedDevice(kind: DeviceKind): Promise<Device> {
  const known = opened.get(kind);
  // a test may have opened another in its place
  if (known && tf.findBackend(known.backendName) === known.backend) {
    await tf.setBackend(known.backendName);
    // a test may have set another tile
    if (kind === 'webgpu') await chooseTile(known.device.name, (tf.backend() as ArenaBackend).queue);
    return known.device;
  }
  const device = await openDevice(kind);
  opened.set(kind, { device, backendName: tf.getBackend(), backend: tf.backend() });
  return device;
}
