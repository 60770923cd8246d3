/** TensorFlow.js's WebGPU backend over an arena: its tensors may be smaller than their buffers. */
import * as tf from '@tensorflow/tfjs-core';
import { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import { fail } from '#core/failure.ts';
import type { HostScalars } from '../hostScalars.ts';
import { Arena, usageOf, VALUE_BYTES } from './arena.ts';

export class ArenaBackend extends WebGPUBackend implements HostScalars {
  readonly arena: Arena;

  constructor(device: GPUDevice, info: GPUAdapterInfo) {
    super(device, info);
    this.arena = new Arena(device);
    // The backend's own type has private members, which no other class can have.
    this.bufferManager = this.arena as unknown as WebGPUBackend['bufferManager'];
  }

  /** Values go through the queue: the backend's own way takes a staging buffer for each. */
  override uploadToGPU(dataId: object): void {
    const data = this.tensorMap.get(dataId);
    if (data.resource || !data.values || data.dtype === 'string' || data.dtype === 'complex64') {
      super.uploadToGPU(dataId);
      return;
    }
    const values = data.dtype === 'float32' ? floatsOf(data.values) : integersOf(data.values);
    const buffer = this.arena.acquireBuffer(values.byteLength, usageOf('compute'));
    this.device.queue.writeBuffer(buffer, 0, values);
    data.values = null as never;
    data.resource = buffer;
  }

  /** The tensor's values alone. They are not kept on the processor: kernels that write in place would make them stale. */
  override async read(dataId: object): Promise<tf.BackendValues> {
    const { values, dtype, shape, resource } = this.tensorMap.get(dataId);
    if (values || !(resource instanceof GPUBuffer)) return values ?? super.read(dataId);
    const bytes = VALUE_BYTES * tf.util.sizeFromShape(shape);
    const staging = this.arena.acquireBuffer(bytes, usageOf('read'));
    this.ensureCommandEncoderReady();
    this.endComputePassEncoder();
    this.submitQueue();
    const encoder = this.device.createCommandEncoder();
    encoder.copyBufferToBuffer(resource, 0, staging, 0, bytes);
    this.queue.submit([encoder.finish()]);
    try {
      await staging.mapAsync(GPUMapMode.READ, 0, bytes);
      return tf.util.convertBackendValuesAndArrayBuffer(staging.getMappedRange(0, bytes).slice(0), dtype);
    } finally {
      staging.unmap();
      this.arena.releaseBuffer(staging);
    }
  }

  /** The engine makes a first gradient on the processor, where it stays until a kernel asks for it. */
  scalarOnHost(dataId: object): number | null {
    const { values } = this.tensorMap.get(dataId);
    return values instanceof Float32Array && values.length === 1 ? values[0]! : null;
  }

  /** Reading in step with the GPU returned zeros and ended the GPU process on a software adapter: so it is not supported. */
  override readSync(): never {
    return fail('internal', 'A tensor was read in step with the GPU.', 'Await data() instead.');
  }
}

function floatsOf(values: tf.BackendValues): Float32Array<ArrayBuffer> {
  return values instanceof Float32Array
    ? (values as Float32Array<ArrayBuffer>)
    : Float32Array.from(values as Int32Array);
}

function integersOf(values: tf.BackendValues): Int32Array<ArrayBuffer> {
  return values instanceof Int32Array ? (values as Int32Array<ArrayBuffer>) : Int32Array.from(values as Uint8Array);
}
