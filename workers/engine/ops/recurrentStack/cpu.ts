/** Both recurrent layers on the processor, one after the other, with the masks between and after them. */
import type * as tf from '@tensorflow/tfjs-core';
import { BACKEND, type SimdBackend } from '../../backends/simd/backend.ts';
import { VALUE_BYTES, withWorkspace } from '../../backends/simd/workspace.ts';
import { activation, weightGradients, passedOn, scratch, type StepKernels } from '../../memory/kernelMemory.ts';
import { CELLS } from '#core/models/registry.ts';
import type { StackOptions } from '../contract.ts';
import { maskInto, type Mask } from '../dropout/cpu.ts';
import { listOf, registerLabKernel, type KernelCall } from '../kernels.ts';
import {
  layerBackward,
  layerBackwardMemory,
  layerForward,
  layerForwardMemory,
  traceOf,
  type LayerSizes,
  type Trace,
} from '../recurrentLayer/cpu.ts';

registerLabKernel<'LabRecurrentStack', SimdBackend>('LabRecurrentStack', BACKEND, ({ inputs, attrs, backend }) => {
  const { runtime } = backend;
  const [first, second] = sizesOf(inputs, attrs);
  const { steps, rows, hidden } = first;
  const count = steps * rows * hidden;
  const between = backend.output([steps, rows, hidden]);
  const output = backend.output([steps * rows, hidden]);
  const [one, two] = [traceOf(backend, first), traceOf(backend, second)];
  const [h1, h2] = backend.placesOf(one[0], two[0]);
  const { weightIh0, weightHh0, biasIh0, biasHh0, weightIh1, weightHh1, biasIh1, biasHh1 } = inputs;
  const layer0 = { input: inputs.input, weightIh: weightIh0, weightHh: weightHh0, biasIh: biasIh0, biasHh: biasHh0 };
  const layer1 = { input: between, weightIh: weightIh1, weightHh: weightHh1, biasIh: biasIh1, biasHh: biasHh1 };
  withWorkspace(runtime, (take) => layerForward(backend, take, first, layer0, one));
  maskInto(runtime, { x: h1, to: backend.placeOf(between), count }, maskOf(attrs, 0, first));
  withWorkspace(runtime, (take) => layerForward(backend, take, second, layer1, two));
  const sum = attrs.residual ? { inside: h1 } : {};
  maskInto(runtime, { x: h2, ...sum, to: backend.placeOf(output), count }, maskOf(attrs, 1, first));
  return [output, between, ...one, ...two];
});

registerLabKernel<'LabRecurrentStackGradient', SimdBackend>('LabRecurrentStackGradient', BACKEND, (call) => {
  const { inputs, attrs, backend } = call;
  const { runtime } = backend;
  const [first, second] = sizesOf(inputs, attrs);
  const count = first.steps * first.rows * first.hidden;
  const [between, one, two] = tracesOf(inputs);
  return withWorkspace(runtime, (take) => {
    // Dropout of H2, and of H1 where the two are added.
    const dOutput = take(count * VALUE_BYTES);
    maskInto(runtime, { x: backend.placeOf(inputs.dy), to: dOutput, count }, maskOf(attrs, 1, first));
    const layer1 = { input: between, weightIh: inputs.weightIh1, weightHh: inputs.weightHh1, dStates: dOutput };
    const [dBetween, ...ofSecond] = withWorkspace(runtime, (own) => layerBackward(backend, own, second, layer1, two));
    const dStates = take(count * VALUE_BYTES);
    const sum = attrs.residual ? { outside: dOutput } : {};
    maskInto(runtime, { x: backend.placeOf(dBetween), ...sum, to: dStates, count }, maskOf(attrs, 0, first));
    backend.disposeData(dBetween.dataId);
    const layer0 = { input: inputs.input, weightIh: inputs.weightIh0, weightHh: inputs.weightHh0, dStates };
    const ofFirst = withWorkspace(runtime, (own) => layerBackward(backend, own, first, layer0, one));
    return [...ofFirst, ...ofSecond];
  });
});

export const memory: StepKernels['layers'] = {
  forward: (step) => {
    const { spec, ofPositions } = step;
    const { embedding, hidden } = spec;
    const { gates, hasCellState } = CELLS[spec.cell];
    const cellStates = [
      activation('gates of both layers', ofPositions(gates * hidden), { count: 2 }),
      activation('cells of both layers', ofPositions(hidden), { count: 2 }),
    ];
    return [
      [
        activation('states of both layers', ofPositions(hidden), { count: 2 }),
        activation('states between the layers', ofPositions(hidden)),
        activation('outputs of the layers', ofPositions(hidden), { until: 'next' }),
        ...(hasCellState ? cellStates : []),
        ...layerForwardMemory(step, embedding),
      ],
      layerForwardMemory(step, hidden),
    ];
  },
  backward: (step) => {
    const { embedding, hidden } = step.spec;
    const states = step.ofPositions(hidden);
    const dOutput = scratch('gradient of outputs, without dropout', states);
    return [
      [
        dOutput,
        scratch('gradient of states between the layers', states),
        ...weightGradients(step, 'rnn.weight_ih_l1', 'rnn.weight_hh_l1', 'rnn.bias_ih_l1'),
        ...layerBackwardMemory(step, hidden),
      ],
      [
        dOutput,
        scratch('gradient of states of layer 1', states),
        passedOn('gradient of embedded inputs', step.ofPositions(embedding)),
        ...weightGradients(step, 'rnn.weight_ih_l0', 'rnn.weight_hh_l0', 'rnn.bias_ih_l0'),
        ...layerBackwardMemory(step, embedding),
      ],
    ];
  },
};

type Operands = Pick<KernelCall<'LabRecurrentStack'>['inputs'], 'input' | 'weightHh0'>;

/** Sizes of both layers. */
function sizesOf({ input, weightHh0 }: Operands, { cell, activation }: StackOptions): [LayerSizes, LayerSizes] {
  const [steps, rows, width] = input.shape;
  const shared = { cell, activation, steps, rows, hidden: weightHh0.shape[1] };
  return [
    { ...shared, width },
    { ...shared, width: shared.hidden },
  ];
}

function maskOf({ dropout }: StackOptions, layer: number, { rows, hidden }: LayerSizes): Mask | null {
  return dropout && { rate: dropout.rate, key: { ...dropout.key, layer }, shape: [rows, hidden] };
}

/** What the forward pass left: states between the layers; then of each layer states, and an LSTM's gates and cells. */
function tracesOf(
  inputs: KernelCall<'LabRecurrentStackGradient'>['inputs'],
): [between: tf.TensorInfo, one: Trace, two: Trace] {
  const [between, ...layers] = listOf('trace', inputs);
  const half = layers.length / 2;
  return [between!, layers.slice(0, half) as unknown as Trace, layers.slice(half) as unknown as Trace];
}
