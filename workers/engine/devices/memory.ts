/** How each device that plans spends its memory in a training step. */
import { largestPhase } from '../backends/simd/peak.ts';
import { peakBySize } from '../backends/webgpu/peak.ts';
import type { DeviceMemory } from '../memory/plan.ts';
import { cpuKernels, gpuKernels } from '../ops/memory.ts';

/** Of `webgpu`; `reference` has no plan of its own, so this one estimates it. */
export const gpuMemory: DeviceMemory = { kernels: gpuKernels, peakOf: peakBySize, instead: 'cpu' };

export const cpuMemory: DeviceMemory = { kernels: cpuKernels, peakOf: largestPhase, instead: null };
