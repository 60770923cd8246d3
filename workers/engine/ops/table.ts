/**
 * Which implementation of each op a device uses: the ops over its own kernels, where it has them, or the reference.
 * A device's kernels are registered by importing them here.
 */
import type { DeviceKind } from '#core/devices.ts';
import { accumulate } from './accumulate/op.ts';
import { accumulate as referenceAccumulate } from './accumulate/reference.ts';
import './accumulate/cpu.ts';
import './accumulate/webgpu.ts';
import { adam } from './adam/op.ts';
import { adam as referenceAdam } from './adam/reference.ts';
import './adam/cpu.ts';
import './adam/webgpu.ts';
import { cacheMasses } from './cacheMasses/op.ts';
import { cacheMasses as referenceCacheMasses } from './cacheMasses/reference.ts';
import './cacheMasses/cpu.ts';
import './cacheMasses/webgpu.ts';
import type { Ops } from './contract.ts';
import { dropout } from './dropout/op.ts';
import { dropout as referenceDropout } from './dropout/reference.ts';
import './dropout/cpu.ts';
import './dropout/webgpu.ts';
import { embedding } from './embedding/op.ts';
import { embedding as referenceEmbedding } from './embedding/reference.ts';
import './embedding/cpu.ts';
import './embedding/webgpu.ts';
import { joinLayers } from './joinLayers/op.ts';
import { joinLayers as referenceJoinLayers } from './joinLayers/reference.ts';
import './joinLayers/cpu.ts';
import './joinLayers/webgpu.ts';
import { linearCrossEntropy } from './linearCrossEntropy/op.ts';
import { linearCrossEntropy as referenceLinearCrossEntropy } from './linearCrossEntropy/reference.ts';
import './linearCrossEntropy/cpu.ts';
import './linearCrossEntropy/webgpu.ts';
import { matMul } from './matMul/op.ts';
import { matMul as referenceMatMul } from './matMul/reference.ts';
import './matMul/cpu.ts';
import './matMul/webgpu.ts';
import { projection } from './projection/op.ts';
import { projection as referenceProjection } from './projection/reference.ts';
import { recurrentStack } from './recurrentStack/op.ts';
import { recurrentStack as referenceRecurrentStack } from './recurrentStack/reference.ts';
import './recurrentStack/cpu.ts';
import './recurrentStack/webgpu.ts';
import { sgd } from './sgd/op.ts';
import { sgd as referenceSgd } from './sgd/reference.ts';
import './sgd/cpu.ts';
import './sgd/webgpu.ts';
import { textLogits } from './textLogits/op.ts';
import { textLogits as referenceTextLogits } from './textLogits/reference.ts';
import './textLogits/cpu.ts';
import './textLogits/webgpu.ts';

export const referenceOps: Ops = {
  accumulate: referenceAccumulate,
  adam: referenceAdam,
  cacheMasses: referenceCacheMasses,
  dropout: referenceDropout,
  embedding: referenceEmbedding,
  joinLayers: referenceJoinLayers,
  linearCrossEntropy: referenceLinearCrossEntropy,
  matMul: referenceMatMul,
  projection: referenceProjection,
  recurrentStack: referenceRecurrentStack,
  sgd: referenceSgd,
  textLogits: referenceTextLogits,
};

/** Over the kernels of kernels.ts, on a backend that has registered them. */
const kernelOps: Ops = {
  accumulate,
  adam,
  cacheMasses,
  dropout,
  embedding,
  joinLayers,
  linearCrossEntropy,
  matMul,
  projection,
  recurrentStack,
  sgd,
  textLogits,
};

const ownOps: Readonly<Record<DeviceKind, Partial<Ops>>> = {
  webgpu: kernelOps,
  cpu: kernelOps,
  reference: {},
};

export function opsFor(device: DeviceKind): Ops {
  return { ...referenceOps, ...ownOps[device] };
}
