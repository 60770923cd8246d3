/**
 * Which implementation of each op a device uses: its own kernels where there are some, the reference otherwise.
 * To add a kernel: put `<device>.ts` beside the op's `reference.ts` and name it here. Nothing else changes.
 */
import type { DeviceKind } from '../../../src/core/config.ts';
import { accumulate } from './accumulate/reference.ts';
import { accumulate as webgpuAccumulate } from './accumulate/webgpu.ts';
import { adam } from './adam/reference.ts';
import { adam as webgpuAdam } from './adam/webgpu.ts';
import type { Ops } from './contract.ts';
import { dropout } from './dropout/reference.ts';
import { dropout as webgpuDropout } from './dropout/webgpu.ts';
import { embedding } from './embedding/reference.ts';
import { embedding as webgpuEmbedding } from './embedding/webgpu.ts';
import { linearCrossEntropy } from './linear-cross-entropy/reference.ts';
import { linearCrossEntropy as webgpuLinearCrossEntropy } from './linear-cross-entropy/webgpu.ts';
import { matMul } from './mat-mul/reference.ts';
import { matMul as webgpuMatMul } from './mat-mul/webgpu.ts';
import { recurrentLayer } from './recurrent-layer/reference.ts';
import { recurrentLayer as webgpuRecurrentLayer } from './recurrent-layer/webgpu.ts';
import { recurrentStack } from './recurrent-stack/reference.ts';
import { recurrentStack as webgpuRecurrentStack } from './recurrent-stack/webgpu.ts';

export const referenceOps: Ops = {
  accumulate,
  adam,
  dropout,
  embedding,
  linearCrossEntropy,
  matMul,
  recurrentLayer,
  recurrentStack,
};

const kernels: Readonly<Record<DeviceKind, Partial<Ops>>> = {
  webgpu: {
    accumulate: webgpuAccumulate,
    adam: webgpuAdam,
    dropout: webgpuDropout,
    embedding: webgpuEmbedding,
    linearCrossEntropy: webgpuLinearCrossEntropy,
    matMul: webgpuMatMul,
    recurrentLayer: webgpuRecurrentLayer,
    recurrentStack: webgpuRecurrentStack,
  },
  cpu: {},
  reference: {},
};

export function opsFor(device: DeviceKind): Ops {
  return { ...referenceOps, ...kernels[device] };
}
