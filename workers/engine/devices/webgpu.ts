/**
 * The `webgpu` device: TensorFlow.js's WebGPU backend on an adapter that this file asks for, so that its absence, its
 * loss and its errors are ours to tell (the backend throws a TypeError without an adapter and handles no loss).
 */
import * as tf from '@tensorflow/tfjs-core';
// Imported for its effects too: it registers the backend's kernels.
import '@tensorflow/tfjs-backend-webgpu';
import { fail, LabError, messageOf } from '#core/failure.ts';
import type { DeviceOption } from '#core/devices.ts';
import type { DeviceLimits } from '../memory/plan.ts';
import { ArenaBackend } from '../backends/webgpu/arenaBackend.ts';
import { gpuLimits } from '../backends/webgpu/runtime.ts';

const BACKEND = 'webgpu';
/** Taken as large as the adapter has them: memory plans are made by the first two, some kernels bind many buffers. */
const LIMITS = [
  'maxBufferSize',
  'maxStorageBufferBindingSize',
  'maxStorageBuffersPerShaderStage',
  'maxComputeWorkgroupStorageSize',
  'maxComputeWorkgroupsPerDimension',
  'maxComputeWorkgroupSizeX',
  'maxComputeInvocationsPerWorkgroup',
] as const satisfies readonly (keyof GPUSupportedLimits)[];
/** Asked for where the adapter has them; nothing depends on them. */
const FEATURES = ['shader-f16', 'subgroups', 'timestamp-query'] as const satisfies readonly GPUFeatureName[];

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
  if (!adapter) return missing('The browser found no WebGPU adapter on this computer.');
  const software = isSoftware(adapter);
  const note = software
    ? 'A software adapter: it computes on the CPU and is slower than the device cpu.'
    : 'The GPU of this computer.';
  return { option: { kind: 'webgpu', name: nameOf(adapter), available: true, note }, software };
}

export interface OpenWebgpu {
  readonly name: string;
  /** Rejects when the device is lost or in error; never resolves. */
  readonly lost: Promise<never>;
  readonly backend: ArenaBackend;
  readonly limits: DeviceLimits;
}

/** What the adapter grants, for a plan that is made before a device is opened. */
export async function webgpuLimits(): Promise<DeviceLimits> {
  return limitsOf((await requireAdapter()).limits);
}

/** Registers the backend on a new GPU device, and makes it the current one. */
export async function openWebgpu(): Promise<OpenWebgpu> {
  const adapter = await requireAdapter();
  const gpu = await adapter.requestDevice({
    requiredLimits: Object.fromEntries(LIMITS.map((name) => [name, adapter.limits[name]])),
    requiredFeatures: FEATURES.filter((feature) => adapter.features.has(feature)),
  });
  tf.removeBackend(BACKEND);
  const backend = new ArenaBackend(gpu, adapter.info);
  tf.registerBackend(BACKEND, () => backend);
  if (!(await tf.setBackend(BACKEND))) {
    fail('device', 'TensorFlow.js could not start its WebGPU backend.', 'Choose the device cpu.');
  }
  return { name: nameOf(adapter), lost: lossOf(gpu), backend, limits: limitsOf(gpu.limits) };
}

async function requireAdapter(): Promise<GPUAdapter> {
  const adapter = await requestAdapter();
  return (
    adapter ??
    fail('device', 'The WebGPU adapter is no longer available.', 'Choose the device cpu, or restart the browser.')
  );
}

function limitsOf(limits: GPUSupportedLimits): DeviceLimits {
  return {
    ...gpuLimits(limits),
    // WebGPU does not tell how much memory there is; where it runs out, `prepare` plans again.
    budgetBytes: null,
  };
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
          kind: 'device-lost',
          what,
          remedy: 'You can resume the run from its last checkpoint. If this happens again, use the device cpu.',
          detail,
        }),
      );
    };
    gpu.addEventListener('uncapturederror', ({ error }) => {
      lose('The GPU reported an error, so its results cannot be trusted.', error.message);
    });
    // a device that the lab no longer uses is destroyed too, but then nothing listens
    void gpu.lost.then(({ message }) => lose('The GPU was lost.', message));
  });
  // Callers race their work with this promise. Until one does, a loss must not be an unhandled rejection.
  lost.catch(() => {});
  return lost;
}
