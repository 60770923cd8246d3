/** Recurrent layers on the processor, one after the other, with the masks between them. */
import type * as tf from '@tensorflow/tfjs-core';
import { CELLS } from '#core/models/registry.ts';
import { inputWidths } from '#core/models/spec.ts';
import { BACKEND, type SimdBackend } from '../../backends/simd/backend.ts';
import { packedColumns } from '../../backends/simd/products.ts';
import { VALUE_BYTES, withWorkspace } from '../../backends/simd/workspace.ts';
import {
  activation,
  passedOn,
  scratch,
  weightGradients,
  type HeldBuffer,
  type StepKernels,
  type StepSizes,
} from '../../memory/kernelMemory.ts';
import type { StackOptions } from '../contract.ts';
import { maskInto, type Mask } from '../dropout/mask.ts';
import { listOf, registerLabKernel, type KernelCall } from '../kernels.ts';
import { CELL_LAYOUTS } from './cells/layout.ts';
import {
  layerBackward,
  layerForward,
  packLayer,
  type LayerSizes,
  type LayerActivations,
  type LayerWeights,
} from './layerCpu.ts';

registerLabKernel<'LabRecurrentStack', SimdBackend>('LabRecurrentStack', BACKEND, ({ inputs, attrs, backend }) => {
  const { runtime } = backend;
  const { sizes, weights } = layersOf(inputs, attrs, backend);
  const { steps, rows, hidden } = sizes[0]!;
  const layers = sizes.length;
  const states = backend.output([layers, steps, rows, hidden]);
  const { blocks } = CELL_LAYOUTS[attrs.cell];
  const saved = [
    ...(layers > 1 ? [backend.output([layers - 1, steps, rows, hidden])] : []),
    ...(CELL_LAYOUTS[attrs.cell].keepsBlocks ? [backend.output([layers, steps, rows, blocks * hidden])] : []),
    ...(CELLS[attrs.cell].hasCellState ? [backend.output(states.shape)] : []),
  ];
  const addresses = layerAddresses(backend, sizes[0]!, layers, states, saved, attrs);
  for (const [index, size] of sizes.entries()) {
    const { input, activations } = addresses[index]!;
    if (index > 0) {
      const mask = maskOf(attrs, index - 1, size);
      maskInto(
        runtime,
        { x: addresses[index - 1]!.activations.states, to: input!, count: steps * rows * hidden },
        mask,
      );
    }
    withWorkspace(runtime, (alloc) => {
      const packed = packLayer(runtime, alloc, size, weights[index]!);
      layerForward(runtime, size, packed, input ?? backend.addressOf(inputs.input), activations);
    });
  }
  return [states, ...saved];
});

registerLabKernel<'LabRecurrentStackGradient', SimdBackend>('LabRecurrentStackGradient', BACKEND, (call) => {
  const { inputs, attrs, backend } = call;
  const { runtime } = backend;
  const { sizes, weights } = layersOf(inputs, attrs, backend);
  const { steps, rows, width, hidden } = sizes[0]!;
  const layers = sizes.length;
  const { gates, separateBiases } = CELLS[attrs.cell];
  const addresses = layerAddresses(backend, sizes[0]!, layers, inputs.states, listOf('saved', inputs), attrs);
  const count = steps * rows * hidden;
  const dStates = backend.addressOf(inputs.dy);
  const dInput = backend.output([steps, rows, width]);
  const ofLayers: tf.TensorInfo[][] = [];
  for (let layer = layers - 1; layer >= 0; layer--) {
    const size = sizes[layer]!;
    const stacked = gates * hidden;
    const gradients = [[stacked, size.width], [stacked, hidden], [stacked], ...(separateBiases ? [[stacked]] : [])];
    const own = gradients.map((shape) => backend.output(shape));
    const [weightIh, weightHh, biasIh, biasHh = 0] = own.map((info) => backend.addressOf(info)) as [
      number,
      number,
      number,
      number?,
    ];
    withWorkspace(runtime, (alloc) => {
      const { input, activations } = addresses[layer]!;
      const toInput = layer === 0 ? backend.addressOf(dInput) : alloc(count * VALUE_BYTES);
      const operands = {
        ...weights[layer]!,
        input: input ?? backend.addressOf(inputs.input),
        dStates: dStates + layer * count * VALUE_BYTES,
      };
      withWorkspace(runtime, (scratch) => {
        layerBackward(runtime, scratch, size, operands, activations, {
          input: toInput,
          weightIh,
          weightHh,
          biasIh,
          biasHh,
        });
      });
      if (layer === 0) return;
      const below = dStates + (layer - 1) * count * VALUE_BYTES;
      maskInto(runtime, { x: toInput, outside: below, to: below, count }, maskOf(attrs, layer - 1, size));
    });
    ofLayers.unshift(own);
  }
  return [dInput, ...ofLayers.flat()];
});

export const memory: StepKernels['layers'] = {
  forward: (step) => {
    const { spec, ofPositions } = step;
    const { cell, layers, hidden } = spec;
    const { blocks, keepsBlocks } = CELL_LAYOUTS[cell];
    const kept = [
      activation('states of all layers', ofPositions(layers * hidden)),
      ...(layers > 1 ? [activation('states between the layers', ofPositions((layers - 1) * hidden))] : []),
      ...(keepsBlocks ? [activation('gates of all layers', ofPositions(layers * blocks * hidden))] : []),
      ...(CELLS[cell].hasCellState ? [activation('cells of all layers', ofPositions(layers * hidden))] : []),
    ];
    return inputWidths(spec).map((width, layer) => [...(layer === 0 ? kept : []), ...layerForwardMemory(step, width)]);
  },
  backward: (step) => {
    const { spec, ofPositions } = step;
    const parts = inputWidths(spec).map((width, layer) => [
      ...(layer === spec.layers - 1 ? [passedOn('gradient of embedded inputs', ofPositions(spec.embedding))] : []),
      ...(layer > 0 ? [scratch('gradient of states between the layers', ofPositions(width))] : []),
      ...weightGradients(step, ...PARTS_OF_A_LAYER.map((part) => `rnn.${part}_l${layer}`)),
      ...layerBackwardMemory(step, width),
    ]);
    return parts.toReversed();
  },
};

const PARTS_OF_A_LAYER = ['weight_ih', 'weight_hh', 'bias_ih', 'bias_hh'];

/** For a layer whose input has `width` values a position. */
function layerForwardMemory({ spec, ofRun }: StepSizes, width: number): readonly HeldBuffer[] {
  const { cell, hidden } = spec;
  const columns = CELL_LAYOUTS[cell].inputs.reduce((sum, { gates }) => sum + packedColumns(gates * hidden), 0);
  return [
    scratch('input weight, packed', ofRun(width * columns)),
    scratch('recurrent weight, packed', ofRun(CELLS[cell].gates * hidden * packedColumns(hidden))),
    scratch('biases, added', ofRun(CELLS[cell].gates * hidden), 2),
  ];
}

function layerBackwardMemory({ spec, ofRun, ofPositions, ofRows }: StepSizes, width: number): readonly HeldBuffer[] {
  const { cell, hidden } = spec;
  const { blocks, keepsBlocks, carries } = CELL_LAYOUTS[cell];
  const stacked = CELLS[cell].gates * hidden;
  return [
    scratch('recurrent weight, packed', ofRun(stacked * packedColumns(hidden))),
    scratch('input weight, packed', ofRun(stacked * packedColumns(width))),
    scratch('inputs, packed', ofPositions(packedColumns(width))),
    scratch('states of the step before, packed', ofPositions(packedColumns(hidden))),
    ...(keepsBlocks ? [] : [scratch('gradient of pre-activations', ofPositions(blocks * hidden))]),
    ...(carries ? [scratch('gradient from step to step', ofRows(hidden))] : []),
  ];
}

/** Sizes of each layer, and addresses of its weights. */
function layersOf(
  inputs: KernelCall<'LabRecurrentStack'>['inputs'],
  { cell, activation }: StackOptions,
  backend: SimdBackend,
): { readonly sizes: readonly LayerSizes[]; readonly weights: readonly LayerWeights[] } {
  const [steps, rows, width] = inputs.input.shape;
  const lists = (['weightIh', 'weightHh', 'biasIh', 'biasHh'] as const).map((name) =>
    listOf(name, inputs).map((info) => backend.addressOf(info)),
  );
  const hidden = listOf('weightHh', inputs)[0]!.shape[1]!;
  const [weightIh, weightHh, biasIh, biasHh] = lists as [number[], number[], number[], number[]];
  return {
    sizes: weightIh.map((_, layer) => ({ cell, activation, steps, rows, width: layer === 0 ? width : hidden, hidden })),
    weights: weightIh.map((_, layer) => ({
      weightIh: weightIh[layer]!,
      weightHh: weightHh[layer]!,
      biasIh: biasIh[layer]!,
      biasHh: biasHh[layer]!,
    })),
  };
}

/** Addresses of each layer's input, null for the first one's, and of its activations. */
function layerAddresses(
  backend: SimdBackend,
  { steps, rows, hidden }: LayerSizes,
  layers: number,
  states: tf.TensorInfo,
  saved: readonly tf.TensorInfo[],
  { cell }: StackOptions,
): readonly { readonly input: number | null; readonly activations: LayerActivations }[] {
  const { blocks, keepsBlocks } = CELL_LAYOUTS[cell];
  const bytes = steps * rows * hidden * VALUE_BYTES;
  const [between, ...more] = layers > 1 ? saved : [undefined, ...saved];
  const gates = keepsBlocks ? more[0] : undefined;
  const cells = CELLS[cell].hasCellState ? more.at(-1) : undefined;
  const at = (info: tf.TensorInfo | undefined, offset: number) => (info ? backend.addressOf(info) + offset : 0);
  return Array.from({ length: layers }, (_, layer) => ({
    input: layer === 0 ? null : at(between, (layer - 1) * bytes),
    activations: {
      states: at(states, layer * bytes),
      blocks: at(gates, layer * blocks * bytes),
      cells: at(cells, layer * bytes),
    },
  }));
}

function maskOf({ dropout }: StackOptions, layer: number, { rows, hidden }: LayerSizes): Mask | null {
  return dropout && { rate: dropout.rate, key: { ...dropout.key, layer }, shape: [rows, hidden] };
}
