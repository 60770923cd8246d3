/** What the output layer sees, on the processor: layers are added up or laid side by side, then masked in place. */
import { CONNECTIONS } from '#core/models/registry.ts';
import { connectionScale, isProjected, joinedWidth } from '#core/models/spec.ts';
import { BACKEND, type SimdBackend } from '../../backends/simd/backend.ts';
import { VALUE_BYTES, withWorkspace } from '../../backends/simd/workspace.ts';
import { activation, passedOn, scratch, type StepKernels } from '../../memory/kernelMemory.ts';
import type { JoinOptions } from '../contract.ts';
import { maskInto, type Mask } from '../dropout/mask.ts';
import { registerLabKernel } from '../kernels.ts';
import { joinInto, multiplyInto } from './join.ts';

registerLabKernel<'LabJoinLayers', SimdBackend>('LabJoinLayers', BACKEND, ({ inputs: { states }, attrs, backend }) => {
  const [layers, steps, rows, hidden] = states.shape;
  const positions = steps * rows;
  const width = joinedWidth({ connection: attrs.connection, layers, hidden });
  const out = backend.output([positions, width]);
  const to = backend.addressOf(out);
  const from = Array.from(
    { length: layers },
    (_, layer) => backend.addressOf(states) + layer * positions * hidden * VALUE_BYTES,
  );
  const mask = maskOf(attrs, layers, rows, width);
  joinInto(backend.runtime, from, { positions, hidden, to }, attrs.connection, mask);
  return out;
});

registerLabKernel<'LabJoinLayersGradient', SimdBackend>('LabJoinLayersGradient', BACKEND, (call) => {
  const { inputs, attrs, backend } = call;
  const { runtime } = backend;
  const { kernels } = runtime;
  const [layers, steps, rows, hidden] = attrs.shape;
  const { join, carriesGradient } = CONNECTIONS[attrs.connection];
  const count = steps * rows * hidden;
  const out = backend.output([...attrs.shape]);
  const [dy, to] = backend.addressesOf(inputs.dy, out);
  const mask = maskOf(attrs, layers, rows, joinedWidth({ connection: attrs.connection, layers, hidden }));
  if (join === 'concatenation') {
    withWorkspace(runtime, (alloc) => {
      const masked = mask ? alloc(layers * count * VALUE_BYTES) : dy;
      if (mask) maskInto(runtime, { x: dy, to: masked, count: layers * count }, mask);
      kernels.swapAxes({ from: masked, to, outer: steps * rows, inner: layers, width: hidden });
    });
    return out;
  }
  const last = to + (layers - 1) * count * VALUE_BYTES;
  maskInto(runtime, { x: dy, to: last, count }, mask);
  const scale = connectionScale({ connection: attrs.connection, layers });
  if (scale !== 1) multiplyInto(runtime, last, scale, last, count);
  for (let layer = 0; layer < layers - 1; layer++) {
    const address = to + layer * count * VALUE_BYTES;
    if (carriesGradient) maskInto(runtime, { x: last, to: address, count }, null);
    else kernels.fill({ to: address, count, value: 0 });
  }
  return out;
});

function maskOf({ dropout }: JoinOptions, layers: number, rows: number, width: number): Mask | null {
  return dropout && { rate: dropout.rate, key: { ...dropout.key, layer: layers - 1 }, shape: [rows, width] };
}

export const memory: StepKernels['join'] = {
  forward: ({ spec, ofPositions }) => [
    [
      activation('joined outputs of all layers', ofPositions(joinedWidth(spec)), {
        until: isProjected(spec) ? 'backward' : 'next',
      }),
    ],
  ],
  backward: ({ spec, ofPositions }) => [
    [
      passedOn('gradient of states of all layers', ofPositions(spec.layers * spec.hidden)),
      ...(CONNECTIONS[spec.connection].join === 'concatenation'
        ? [scratch('gradient without dropout', ofPositions(joinedWidth(spec)))]
        : []),
    ],
  ],
};
