/** What the kernels of a training step take on each device, as their own files say. */
import type { StepKernels } from '../memory/kernelMemory.ts';
import { memory as cpuEmbedding } from './embedding/cpu.ts';
import { memory as gpuEmbedding } from './embedding/webgpu.ts';
import { memory as cpuJoinLayers } from './joinLayers/cpu.ts';
import { memory as gpuJoinLayers } from './joinLayers/webgpu.ts';
import { memory as cpuLinearCrossEntropy } from './linearCrossEntropy/cpu.ts';
import { memory as gpuLinearCrossEntropy } from './linearCrossEntropy/webgpu.ts';
import { memory as cpuProjection } from './projection/cpu.ts';
import { memory as gpuProjection } from './projection/webgpu.ts';
import { memory as cpuRecurrentStack } from './recurrentStack/cpu.ts';
import { memory as gpuRecurrentStack } from './recurrentStack/webgpu.ts';
import { memory as cpuUpdate } from './update/cpu.ts';
import { memory as gpuUpdate } from './update/webgpu.ts';

export const gpuKernels: StepKernels = {
  embedding: gpuEmbedding,
  layers: gpuRecurrentStack,
  join: gpuJoinLayers,
  projection: gpuProjection,
  loss: gpuLinearCrossEntropy,
  update: gpuUpdate,
};

export const cpuKernels: StepKernels = {
  embedding: cpuEmbedding,
  layers: cpuRecurrentStack,
  join: cpuJoinLayers,
  projection: cpuProjection,
  loss: cpuLinearCrossEntropy,
  update: cpuUpdate,
};
