/** The device `cpu`: TensorFlow.js's backend `simd` (../backends/simd/), kernels of our own in WebAssembly on as many threads as are wanted. */
import * as tf from '@tensorflow/tfjs-core';
import { hasWasmSimd } from '#core/site/features.ts';
import { fail } from '#core/failure.ts';
import { formatCounted } from '#core/format.ts';
import type { DeviceOption } from '#core/devices.ts';
import type { DeviceLimits } from '../memory/plan.ts';
import { BACKEND, SimdBackend } from '../backends/simd/backend.ts';
import { canShareMemory, SimdRuntime, type RuntimeOptions } from '../backends/simd/runtime.ts';
import '../backends/simd/stock.ts';

export function describeCpu(): DeviceOption {
  const available = hasWasmSimd();
  return {
    kind: 'cpu',
    name: 'Processor, with WebAssembly',
    available,
    note: !available
      ? 'This browser has no WebAssembly SIMD. Browsers since 2021 have it, unless it is turned off.'
      : canShareMemory()
        ? 'The CPU cores of this computer, with the lab’s own kernels.'
        : 'One CPU core: the page is not isolated from others, so the browser grants it no threads.',
  };
}

export interface OpenCpu {
  readonly name: string;
  readonly rounding: string;
  readonly backend: SimdBackend;
}

/** Registers the backend on a new memory and new threads, and makes it the current one. */
export async function openCpu(options: RuntimeOptions): Promise<OpenCpu> {
  const { available, note } = describeCpu();
  if (!available) fail('device', note, 'Choose the device reference.');
  const runtime = await SimdRuntime.open(options);
  // removing a backend ends its threads
  if (tf.engine().registryFactory[BACKEND]) tf.removeBackend(BACKEND);
  const backend = new SimdBackend(runtime);
  tf.registerBackend(BACKEND, () => backend);
  if (!(await tf.setBackend(BACKEND))) {
    fail('device', 'TensorFlow.js could not start its CPU backend.', 'Reload the page.');
  }
  return { name: nameOf(runtime), rounding: runtime.relaxed ? 'fused multiply-add' : 'multiply, then add', backend };
}

/** Share of the memory that a plan may use: blocks of different sizes leave gaps. */
const USABLE = 0.9;

/** @param maxBytes that the memory of a program can grow to */
export function cpuLimits(maxBytes = 2 ** 32): DeviceLimits {
  return { bufferBytes: maxBytes, workgroups: Infinity, budgetBytes: USABLE * maxBytes };
}

function nameOf({ threads, relaxed }: SimdRuntime): string {
  const parts = [formatCounted(Math.max(1, threads), 'thread'), ...(relaxed ? ['fused multiply-add'] : [])];
  return `WebAssembly SIMD, ${parts.join(', ')}`;
}
