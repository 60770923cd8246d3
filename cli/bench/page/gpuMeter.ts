/**
 * Counts dispatches and bytes of buffers at the interface of WebGPU, which every library uses. So no library reports about itself, and what
 * the lab leaves to TensorFlow.js is counted too.
 */
export interface GpuMeter {
  /** Dispatches encoded so far. */
  dispatches(): number;
  /** Most bytes that the buffers took together at any moment since the last call. */
  takePeak(): number;
}

/* oxlint-disable typescript/unbound-method -- each is called on its own object */

/** Counts what this worker asks for from now on; begins before a device is opened. Without WebGPU all is 0. */
export function startGpuMeter(): GpuMeter {
  let dispatches = 0;
  let bytes = 0;
  let peak = 0;
  if ('GPUDevice' in globalThis) {
    const { dispatchWorkgroups } = GPUComputePassEncoder.prototype;
    GPUComputePassEncoder.prototype.dispatchWorkgroups = function (...counts) {
      dispatches++;
      return dispatchWorkgroups.apply(this, counts);
    };
    const { createBuffer } = GPUDevice.prototype;
    const { destroy } = GPUBuffer.prototype;
    const alive = new WeakSet<GPUBuffer>();
    GPUDevice.prototype.createBuffer = function (descriptor) {
      const buffer = createBuffer.call(this, descriptor);
      alive.add(buffer);
      bytes += buffer.size;
      peak = Math.max(peak, bytes);
      return buffer;
    };
    GPUBuffer.prototype.destroy = function () {
      if (alive.delete(this)) bytes -= this.size;
      return destroy.call(this);
    };
  }
  return {
    dispatches: () => dispatches,
    takePeak() {
      const taken = peak;
      peak = bytes;
      return taken;
    },
  };
}
