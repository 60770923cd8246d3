/**
 * How a kernel says what memory it takes: `ops/<op>/<device>.ts` exports a list of the buffers beside each kernel that a training
 * step runs. step.ts adds them up over a step, and plan.ts cuts a batch into micro-batches that fit.
 */
import type { BufferKind, PlannedBuffer } from '#core/models/memoryPlan.ts';
import { CELLS } from '#core/models/registry.ts';
import { isTied, type ModelSpec } from '#core/models/spec.ts';
import type { OptimizerName } from '#core/optimization/optimizers.ts';
import type { BatchSizes, BufferSize, bufferSizes } from './buffers.ts';

/** Steps whose results may be on their way to the processor at once. */
export const STEPS_IN_FLIGHT = 2;

/**
 * How long a buffer is held.
 * - `part`: until the part of the kernel that takes it is done
 * - `next`: until the next kernel has read it
 * - `backward`: until the whole backward pass is done. TensorFlow.js's tape keeps what an op has saved, and the gradient of every
 *   value between two ops, until then (`gradients` of its engine disposes of them together)
 * - `accumulation`: until the gradients of a micro-batch are added to those before
 * - `update`: until they are used: by the accumulation where there are several micro-batches, else by the update
 * - `always`: it is there when the step begins, and when it ends
 */
export type HeldUntil = 'part' | 'next' | 'backward' | 'accumulation' | 'update' | 'always';

export interface HeldBuffer {
  /** For people: `gates of all layers`. */
  readonly what: string;
  readonly kind: BufferKind;
  readonly size: BufferSize;
  /** 1 where not given. */
  readonly count?: number;
  /** Computed on where not given. */
  readonly use?: PlannedBuffer['use'];
  readonly until: HeldUntil;
}

/** What a kernel takes beside its inputs, part by part: what one part frees, the next may be given. Most have one part. */
export type KernelMemory = (step: StepSizes) => readonly KernelPart[];
export type KernelPart = readonly HeldBuffer[];

/** The sizes that a kernel has in a training step. */
export interface StepSizes extends BatchSizes, ReturnType<typeof bufferSizes> {
  readonly spec: ModelSpec;
  readonly optimizer: OptimizerName;
  readonly weights: readonly WeightSize[];
}

export interface WeightSize {
  /** PyTorch's. */
  readonly name: string;
  /** Values. */
  readonly size: number;
}

/** The limits of a device by which logits are cut into slices. */
export interface SliceLimits {
  /** Largest size of one buffer, which is bound as a whole. */
  readonly bufferBytes: number;
  /** Workgroups in one dimension of a dispatch: one takes a row. */
  readonly workgroups: number;
}

/** Rows of a slice of logits, and rows to allocate for it. */
export interface Slice {
  readonly rows: number;
  readonly allocated: number;
}

/** What the kernels of a training step take on a device. */
export interface StepKernels {
  readonly embedding: { readonly forward: KernelMemory; readonly backward: KernelMemory };
  readonly layers: { readonly forward: KernelMemory; readonly backward: KernelMemory };
  readonly join: { readonly forward: KernelMemory; readonly backward: KernelMemory };
  /** Run only where what the layers give is projected. */
  readonly projection: { readonly forward: KernelMemory; readonly backward: KernelMemory };
  /** Its gradients are made in the forward pass. */
  readonly loss: {
    readonly forward: KernelMemory;
    readonly sliceOf: (positions: number, tokens: number, limits: SliceLimits | null) => Slice;
  };
  readonly update: { readonly forward: KernelMemory };
}

/** Taken by a part of a kernel and freed by it. */
export function scratch(what: string, size: BufferSize, count = 1): HeldBuffer {
  return { what, kind: 'scratch', size, count, until: 'part' };
}

/** Results of a forward kernel, kept for a gradient where nothing else is said. */
export function activation(
  what: string,
  size: BufferSize,
  { until = 'backward', count = 1 }: Partial<Pick<HeldBuffer, 'until' | 'count'>> = {},
): HeldBuffer {
  return { what, kind: 'activations', size, count, until };
}

/** Gradients of values between two ops: the tape holds them until the backward pass is done. */
export function passedOn(what: string, size: BufferSize): HeldBuffer {
  return { what, kind: 'scratch', size, until: 'backward' };
}

/** Gradients of the weights whose names begin with one of the prefixes. */
export function weightGradients(
  { spec, weights, ofRun }: StepSizes,
  ...prefixes: readonly string[]
): readonly HeldBuffer[] {
  return weights
    .filter(({ name }) => hasOwnGradient(spec, name) && prefixes.some((prefix) => name.startsWith(prefix)))
    .map(({ name, size }) => ({
      what: `gradient of ${name}`,
      kind: 'gradients',
      size: ofRun(size),
      until: 'update',
    }));
}

/** Gradients of the output layer's weights; that of a weight which is the embedding's too is added to the embedding's. */
export function outputGradients(step: StepSizes): readonly HeldBuffer[] {
  const { spec, ofRun } = step;
  const own = weightGradients(step, 'output');
  if (!isTied(spec)) return own;
  const size = ofRun(spec.tokens * spec.embedding);
  return [
    { what: 'gradient of embedding.weight as the output layer’s', kind: 'gradients', size, until: 'backward' },
    ...own,
  ];
}

/** False for the second bias of a layer that has the first one's. */
export function hasOwnGradient({ cell }: ModelSpec, weight: string): boolean {
  return CELLS[cell].separateBiases || !weight.startsWith('rnn.bias_hh');
}
