/**
 * Which implementation of each op a device uses: the ops over its own kernels, where it has them, or the reference.
 * A device's kernels are registered by importing them here.
 */
import type { DeviceKind } from '../../../src/core/config.ts';
import { accumulate } from './accumulate/op.ts';
import { accumulate as referenceAccumulate } from './accumulate/reference.ts';
import './accumulate/cpu.ts';
import './accumulate/webgpu.ts';
import { adam } from './adam/op.ts';
import { adam as referenceAdam } from './adam/reference.ts';
import './adam/cpu.ts';
import './adam/webgpu.ts';
import type { Ops } from './contract.ts';
import { dropout } from './dropout/op.ts';
import { dropout as referenceDropout } from './dropout/reference.ts';
import './dropout/cpu.ts';
import './dropout/webgpu.ts';
import { embedding } from './embedding/op.ts';
import { embedding as referenceEmbedding } from './embedding/reference.ts';
import './embedding/cpu.ts';
import './embedding/webgpu.ts';
import { linearCrossEntropy } from './linear-cross-entropy/op.ts';
import { linearCrossEntropy as referenceLinearCrossEntropy } from './linear-cross-entropy/reference.ts';
import './linear-cross-entropy/cpu.ts';
import './linear-cross-entropy/webgpu.ts';
import { matMul } from './mat-mul/op.ts';
import { matMul as referenceMatMul } from './mat-mul/reference.ts';
import './mat-mul/cpu.ts';
import './mat-mul/webgpu.ts';
import { recurrentLayer } from './recurrent-layer/op.ts';
import { recurrentLayer as referenceRecurrentLayer } from './recurrent-layer/reference.ts';
import './recurrent-layer/cpu.ts';
import './recurrent-layer/webgpu.ts';
import { recurrentStack } from './recurrent-stack/op.ts';
import { recurrentStack as referenceRecurrentStack } from './recurrent-stack/reference.ts';
import './recurrent-stack/cpu.ts';
import './recurrent-stack/webgpu.ts';

export const referenceOps: Ops = {
  accumulate: referenceAccumulate,
  adam: referenceAdam,
  dropout: referenceDropout,
  embedding: referenceEmbedding,
  linearCrossEntropy: referenceLinearCrossEntropy,
  matMul: referenceMatMul,
  recurrentLayer: referenceRecurrentLayer,
  recurrentStack: referenceRecurrentStack,
};

/** Over the kernels of kernels.ts, on a backend that has registered them. */
const kernelOps: Ops = {
  accumulate,
  adam,
  dropout,
  embedding,
  linearCrossEntropy,
  matMul,
  recurrentLayer,
  recurrentStack,
};

const ownOps: Readonly<Record<DeviceKind, Partial<Ops>>> = {
  webgpu: kernelOps,
  cpu: kernelOps,
  reference: {},
};

export function opsFor(device: DeviceKind): Ops {
  return { ...referenceOps, ...ownOps[device] };
}
