/**
 * Counts dispatches and bytes of buffers at WebGPU's own interface, which every library uses. So the counts do not depend on what a library
 * reports, and the work that the lab leaves to TensorFlow.js is included.
 */
export interface GpuMeter {
  /** Dispatches encoded so far. */
  dispatches(): number;
  /** Peak bytes of all buffers since the last call. */
  takePeak(): number;
}

/* oxlint-disable typescript/unbound-method -- each is called on its own object */

/** Starts counting in this worker. Call it before a device is opened. Without WebGPU all counts are 0. */
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
