/**
 * The `webgpu` device: TensorFlow.js's WebGPU backend on an adapter that this file asks for, so that its absence, its
 * loss and its errors are ours to tell (the backend throws a TypeError without an adapter and handles no loss).
 */
import * as tf from '@tensorflow/tfjs';
import { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
// Imported for its effects too: it registers the backend's kernels.
import '@tensorflow/tfjs-backend-webgpu';
import { fail, LabError, messageOf } from '../../../src/core/failure.ts';
import type { DeviceOption } from '../../protocol.ts';

const BACKEND = 'webgpu';
const LIMITS = [
  'maxBufferSize',
  'maxStorageBufferBindingSize',
  'maxComputeWorkgroupStorageSize',
  'maxComputeWorkgroupsPerDimension',
  'maxComputeWorkgroupSizeX',
  'maxComputeInvocationsPerWorkgroup',
] as const satisfies readonly (keyof GPUSupportedLimits)[];

export interface WebgpuReport {
  readonly option: DeviceOption;
  /** True for an adapter that runs on the CPU, such as SwiftShader. */
  readonly software: boolean;
}

export async function describeWebgpu(): Promise<WebgpuReport> {
  const missing = (note: string): WebgpuReport => ({
    option: { kind: 'webgpu', name: 'WebGPU', available: false, note },
    software: false,
  });
  if (!('gpu' in navigator)) {
    return missing('This browser has no WebGPU.');
  }
  let adapter: GPUAdapter | null;
  try {
    adapter = await requestAdapter();
  } catch (cause) {
    return missing(`WebGPU gave an error: ${messageOf(cause)}`);
  }
  if (!adapter) return missing('The browser found no WebGPU adapter on this machine.');
  const software = isSoftware(adapter);
  const note = software
    ? 'A software adapter: it computes on the processor, slower than the device cpu.'
    : 'The graphics processor of this machine.';
  return { option: { kind: 'webgpu', name: nameOf(adapter), available: true, note }, software };
}

/** Registers the backend on a new GPU device, and makes it the current one. */
export async function openWebgpu(): Promise<{ name: string; lost: Promise<never>; queue: GPUQueue }> {
  const adapter = await requestAdapter();
  if (!adapter) fail('device', 'The WebGPU adapter is gone.', 'Choose the device cpu, or restart the browser.');
  const gpu = await adapter.requestDevice({
    requiredLimits: Object.fromEntries(LIMITS.map((name) => [name, adapter.limits[name]])),
  });
  tf.removeBackend(BACKEND);
  const backend = new WebGPUBackend(gpu, adapter.info);
  // Reading in step with the GPU returned zeros and ended the GPU process on a software adapter: nothing may do it.
  Object.defineProperty(backend, 'readSync', {
    value: () => {
      throw new Error('readSync is not to be used on WebGPU: await data() instead');
    },
  });
  tf.registerBackend(BACKEND, () => backend);
  if (!(await tf.setBackend(BACKEND))) {
    fail('device', 'TensorFlow.js could not start its WebGPU backend.', 'Choose the device cpu.');
  }
  return { name: nameOf(adapter), lost: lossOf(gpu), queue: gpu.queue };
}

function requestAdapter(): Promise<GPUAdapter | null> {
  return navigator.gpu.requestAdapter({ powerPreference: 'high-performance' });
}

function isSoftware(adapter: GPUAdapter): boolean {
  return adapter.info.isFallbackAdapter || /swiftshader|llvmpipe|software|basic render/i.test(nameOf(adapter));
}

function nameOf(adapter: GPUAdapter): string {
  const { vendor, architecture, description } = adapter.info;
  return description || [vendor, architecture].filter(Boolean).join(' ') || 'WebGPU adapter';
}

function lossOf(gpu: GPUDevice): Promise<never> {
  const lost = new Promise<never>((_, reject) => {
    const lose = (what: string, detail: string) => {
      reject(
        new LabError({
          kind: 'device',
          what,
          remedy: 'The epochs measured so far are kept. Train again, on the device cpu if it happens again.',
          detail,
        }),
      );
    };
    gpu.addEventListener('uncapturederror', ({ error }) => {
      lose('The graphics device reported an error, so its results cannot be trusted.', error.message);
    });
    void gpu.lost.then(({ message, reason }) => {
      if (reason !== 'destroyed') lose('The graphics device was lost.', message);
    });
  });
  // Whoever computes races with it; before that, a loss is nobody's unhandled rejection.
  lost.catch(() => {});
  return lost;
}
