/** What a training step holds on a device, phase by phase: the weights, the batch, and what each kernel takes. */
import type { PlannedBuffer } from '#core/models/memoryPlan.ts';
import { weightShapes } from '#core/models/weights.ts';
import { isProjected } from '#core/models/spec.ts';
import { bufferSizes, type BatchSizes } from './buffers.ts';
import {
  activation,
  hasOwnGradient,
  type HeldBuffer,
  type HeldUntil,
  type KernelMemory,
  type KernelPart,
  type StepKernels,
  type StepSizes,
} from './kernelMemory.ts';

/** What is held at once, for each phase of a step in order. With several micro-batches all but the update comes again for each. */
export function phasesOf(
  { spec, optimizer }: Pick<StepSizes, 'spec' | 'optimizer'>,
  sizes: BatchSizes,
  kernels: StepKernels,
): readonly (readonly PlannedBuffer[])[] {
  const weights = weightShapes(spec).map(({ name, shape }) => ({ name, size: shape.reduce((a, b) => a * b, 1) }));
  const step: StepSizes = { ...sizes, ...bufferSizes(sizes), spec, optimizer, weights };

  const { embedding, layers, join, projection, loss, update } = kernels;
  const whereProjected = (kernel: KernelMemory) => (isProjected(spec) ? [kernel(step)] : []);
  const runs: readonly (readonly KernelPart[])[] = [
    embedding.forward(step),
    layers.forward(step),
    join.forward(step),
    ...whereProjected(projection.forward),
    loss.forward(step),
    ...whereProjected(projection.backward),
    join.backward(step),
    layers.backward(step),
    embedding.backward(step),
    // the accumulation writes in place
    [[]],
    update.forward(step),
  ];
  const phases = runs.flat();
  /** The last phase of each run. */
  const ends = runs.map((_, index) => runs.slice(0, index + 1).flat().length - 1);
  const [backward, accumulation, last] = ends.slice(-3) as [number, number, number];

  const endOf = (until: HeldUntil, phase: number): number => {
    switch (until) {
      case 'part':
        return phase;
      case 'next':
        return ends[ends.findIndex((end) => end >= phase) + 1] ?? last;
      case 'backward':
        return backward;
      case 'accumulation':
        return accumulation;
      case 'update':
        return sizes.microBatches > 1 ? accumulation : last;
      case 'always':
        return last;
      default:
        return until satisfies never;
    }
  };
  const held = [
    ...heldFromTheStart(step).map((buffer) => ({ buffer, from: 0, to: endOf(buffer.until, 0) })),
    ...phases.flatMap((part, phase) =>
      part.map((buffer) => {
        const from = buffer.until === 'always' ? 0 : phase;
        return { buffer, from, to: endOf(buffer.until, phase) };
      }),
    ),
  ].map(({ buffer, ...range }) => ({ ...range, buffer: planned(buffer) }));
  // One object per buffer in all phases: buffers are distinguished by identity.
  return phases.map((_, phase) =>
    held.filter(({ from, to }) => from <= phase && phase <= to).map(({ buffer }) => buffer),
  );
}

/** The weights, with sums of gradients where there are several micro-batches, and the batch. */
function heldFromTheStart({ spec, weights, microBatches, ofRun, ofPositions }: StepSizes): readonly HeldBuffer[] {
  const sums = microBatches > 1 ? weights.filter(({ name }) => hasOwnGradient(spec, name)) : [];
  return [
    ...weights.map(({ name, size }): HeldBuffer => {
      return { what: name, kind: 'weights', size: ofRun(size), until: 'always' };
    }),
    ...sums.map(({ name, size }): HeldBuffer => {
      return { what: `summed gradient of ${name}`, kind: 'gradients', size: ofRun(size), until: 'always' };
    }),
    activation('input and target ids', ofPositions(1), { count: 2 }),
  ];
}

function planned({ what, kind, size, count = 1, use = 'compute' }: HeldBuffer): PlannedBuffer {
  return { what, kind, ...size, use, count };
}
