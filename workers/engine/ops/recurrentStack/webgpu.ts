/**
 * Recurrent layers on WebGPU, as a wavefront: time is cut into chunks, and while a layer is in one chunk the layer below it is
 * already in the next, each dispatch taking one step of every layer. So a sequence of T steps takes about T dispatches each way
 * instead of T for each layer, and a small step leaves less of a GPU idle. Between the chunks run what needs no order in time: dropout
 * and the products with input weights; after them, the gradients of the weights as single products over all steps.
 *
 * Tensors hold all layers, [layers, steps, rows, ...]. One buffer serves the projected inputs of a cell with gates, then its gates,
 * then their gradients (cells/layout.ts); an RNN's projected inputs become its states.
 */
import type * as tf from '@tensorflow/tfjs-core';
import { CELLS } from '#core/models/registry.ts';
import { inputWidths } from '#core/models/spec.ts';
import { columnSum } from '../../backends/webgpu/columnSum.ts';
import { range } from '../../backends/webgpu/grid.ts';
import { disposeData, GpuRuntime, type Dispatch } from '../../backends/webgpu/runtime.ts';
import { rowsInto } from '../../backends/webgpu/rows.ts';
import { sumInto } from '../../backends/webgpu/sum.ts';
import { activation, passedOn, scratch, weightGradients, type StepKernels } from '../../memory/kernelMemory.ts';
import type { StackOptions } from '../contract.ts';
import { masked, maskedPlus, type Mask } from '../dropout/webgpu.ts';
import { listOf, registerLabKernel, type KernelCall } from '../kernels.ts';
import { matMulInto, transposeInto } from '../matMul/webgpu.ts';
import { CELL_LAYOUTS } from './cells/layout.ts';
import { chunksOf, type Chunk } from './chunks.ts';
import { backwardSteps, forwardSteps, type LayerSteps, type StepSizes } from './steps.ts';

registerLabKernel('LabRecurrentStack', 'webgpu', ({ inputs, attrs: options }) => {
  const sizes = sizesOf(inputs, options);
  const { cell, layers, steps, batch, hidden, stacked, positions } = sizes;
  const layout = CELL_LAYOUTS[cell];
  const ld = layout.blocks * hidden;
  const runtime = GpuRuntime.current();
  const weights = weightsOf(inputs);
  const states = runtime.output([layers, steps, batch, hidden]);
  const gates = layout.keepsBlocks ? [runtime.output([layers, steps, batch, ld])] : [];
  const cells = CELLS[cell].hasCellState ? [runtime.output(states.shape)] : [];
  const between = layers > 1 ? [runtime.output([layers - 1, steps, batch, hidden])] : [];
  const projected = gates[0] ?? states;
  const inputWeights = range(layers).map((layer) => runtime.output([widthOf(sizes, layer), stacked]));
  const recurrent = runtime.output([layers, hidden, stacked]);
  const biases = range(layers).map(() => runtime.output([stacked]));
  const apart = layout.inputs.filter(({ gate, block }) => gate !== block);
  /** The input products of some positions of a layer, and the recurrent bias in blocks of its own. */
  const project = (layer: number, a: tf.TensorInfo, first: number, m: number, offsetA: number) => [
    ...apart.map(({ gate, gates: count }) =>
      rowsInto(weights.biasHh[layer]!, projected, {
        rows: m,
        columns: count * hidden,
        offset: gate * hidden,
        ld,
        to: (layer * positions + first) * ld + gate * hidden,
      }),
    ),
    ...layout.inputs.flatMap(({ gate, gates: count, block }) =>
      matMulInto(runtime, {
        a,
        b: inputWeights[layer]!,
        c: projected,
        m,
        n: count * hidden,
        k: widthOf(sizes, layer),
        lda: widthOf(sizes, layer),
        ldb: stacked,
        ldc: ld,
        offsetA,
        offsetB: gate * hidden,
        offsetC: (layer * positions + first) * ld + block * hidden,
        init: { bias: gate === block ? biases[layer]! : weights.biasIh[layer]! },
        offsetBias: gate * hidden,
      }),
    ),
  ];

  const dispatches: Dispatch[] = [
    ...range(layers).map((l) => sumInto(weights.biasIh[l]!, weights.biasHh[l]!, biases[l]!, stacked)),
    ...range(layers).map((l) =>
      transposeInto(weights.weightIh[l]!, inputWeights[l]!, stacked, widthOf(sizes, l), stacked),
    ),
    ...range(layers).map((l) =>
      transposeInto(weights.weightHh[l]!, recurrent, stacked, hidden, stacked, l * hidden * stacked),
    ),
    ...project(0, inputs.input, 0, positions, 0),
  ];
  const tensors = { recurrent, hidden: states, gates: gates[0], cells: cells[0] };
  const chunks = chunksOf(steps);
  for (let round = 0; round < chunks.length + layers - 1; round++) {
    const here = range(layers).map((layer) => chunks[round - layer]);
    for (const [layer, chunk] of here.entries()) {
      if (layer === 0 || !chunk) continue;
      const { from, count } = chunkRange(chunk, sizes);
      const below = (layer - 1) * positions * hidden;
      const maskedRange = { count, fromX: below + from, toY: below + from };
      dispatches.push(
        masked(states, between[0]!, maskedRange, maskOf(options, layer - 1, sizes, from)),
        ...project(layer, between[0]!, chunk.first * batch, chunk.steps * batch, below + from),
      );
    }
    dispatches.push(...forwardSteps(runtime, sizes, tensors, stepsOf(here)));
  }
  runtime.run(dispatches);
  disposeData(...inputWeights, recurrent, ...biases);
  return [states, ...between, ...gates, ...cells];
});

/** Gates become their gradients in place, so this can be called once for a forward pass. */
registerLabKernel('LabRecurrentStackGradient', 'webgpu', ({ inputs, attrs: options }) => {
  const { dy: dStates, states, input } = inputs;
  const sizes = sizesOf(inputs, options);
  const { cell, layers, steps, batch, hidden, width, stacked, positions } = sizes;
  const layout = CELL_LAYOUTS[cell];
  const ld = layout.blocks * hidden;
  const { between, gates, cells } = savedTensors(listOf('saved', inputs), sizes);
  const weights = weightsOf(inputs);
  const runtime = GpuRuntime.current();
  const chunks = chunksOf(steps);
  const all = positions * hidden;
  const longest = Math.max(...chunks.map(({ steps: count }) => count));
  const dz = gates ?? runtime.output([layers, steps, batch, ld]);
  const recurrent = runtime.output([layers, stacked, hidden]);
  const dBetween = layers > 1 ? [runtime.output([longest, batch, hidden])] : [];
  const carried = layout.carries ? [runtime.output([layers, batch, hidden])] : [];
  const tensors = { dy: dStates, recurrent, dz, gates, cells, hidden: states, carried: carried[0] };
  const square = stacked * hidden;
  /** The gradient of some positions of a layer's input. */
  const toInput = (layer: number, c: tf.TensorInfo, first: number, m: number) =>
    layout.inputs.flatMap(({ gate, gates: count, block }, index) =>
      matMulInto(runtime, {
        a: dz,
        b: weights.weightIh[layer]!,
        c,
        m,
        n: widthOf(sizes, layer),
        k: count * hidden,
        lda: ld,
        ldb: widthOf(sizes, layer),
        ldc: widthOf(sizes, layer),
        offsetA: (layer * positions + first) * ld + block * hidden,
        offsetB: gate * hidden * widthOf(sizes, layer),
        init: index === 0 ? 'zero' : 'accumulate',
      }),
    );

  const dispatches: Dispatch[] = range(layers).map((layer) =>
    masked(weights.weightHh[layer]!, recurrent, { count: square, fromX: 0, toY: layer * square }),
  );
  for (let round = 0; round < chunks.length + layers - 1; round++) {
    // From the last chunk to the first, each layer ahead of the one below it.
    const here = range(layers).map((layer) => chunks[chunks.length - 1 - (round - (layers - 1 - layer))]);
    for (const [layer, chunk] of here.entries()) {
      if (layer === layers - 1 || !chunk) continue;
      const { from, count } = chunkRange(chunk, sizes);
      const toY = layer * all + from;
      dispatches.push(
        ...toInput(layer + 1, dBetween[0]!, chunk.first * batch, chunk.steps * batch),
        maskedPlus(dBetween[0]!, dStates, { count, fromX: 0, toY, plusY: toY }, maskOf(options, layer, sizes, from)),
      );
    }
    dispatches.push(...backwardSteps(runtime, sizes, tensors, stepsOf(here, true)));
  }

  const dInput = runtime.output([steps, batch, width]);
  dispatches.push(...toInput(0, dInput, 0, positions));
  const biasShapes = CELLS[cell].separateBiases ? [[stacked], [stacked]] : [[stacked]];
  const byPosition = { a: dz, lda: ld, transposeA: true, init: 'zero' } as const;
  const ofLayers = range(layers).flatMap((layer) => {
    const n = widthOf(sizes, layer);
    const [dWeightIh, dWeightHh] = [runtime.output([stacked, n]), runtime.output([stacked, hidden])];
    const [dBiasIh, ...dBiasHh] = biasShapes.map((shape) => runtime.output(shape)) as [
      tf.TensorInfo,
      ...tf.TensorInfo[],
    ];
    const before = layer === 0 ? { b: input, offsetB: 0 } : { b: between!, offsetB: (layer - 1) * all };
    for (const { gate, gates: count, block } of layout.inputs) {
      const offsetA = layer * positions * ld + block * hidden;
      const offsets = { offsetA, offsetC: gate * hidden * n };
      const product = { ...byPosition, ...before, ...offsets, c: dWeightIh, m: count * hidden, n, k: positions };
      dispatches.push(
        ...matMulInto(runtime, { ...product, ldb: n, ldc: n }),
        columnSum(dz, dBiasIh, positions, count * hidden, {
          leading: ld,
          offset: offsetA,
          offsetSums: gate * hidden,
        }),
      );
    }
    dispatches.push(
      // From the second step on, by the states of the step before; the first one's are zeros.
      ...matMulInto(runtime, {
        ...byPosition,
        b: states,
        c: dWeightHh,
        m: stacked,
        n: hidden,
        k: positions - batch,
        ldb: hidden,
        ldc: hidden,
        offsetA: (layer * positions + batch) * ld,
        offsetB: layer * all,
      }),
      ...dBiasHh.map((bias) =>
        columnSum(dz, bias, positions, stacked, { leading: ld, offset: layer * positions * ld }),
      ),
    );
    return [dWeightIh, dWeightHh, dBiasIh, ...dBiasHh];
  });
  runtime.run(dispatches);
  disposeData(recurrent, ...dBetween, ...carried);
  if (!gates) disposeData(dz);
  return [dInput, ...ofLayers];
});

export const memory: StepKernels['layers'] = {
  forward: ({ spec, ofRun, ofPositions }) => {
    const { cell, layers, hidden } = spec;
    const { blocks, keepsBlocks } = CELL_LAYOUTS[cell];
    const stacked = CELLS[cell].gates * hidden;
    return [
      [
        activation('states of all layers', ofPositions(layers * hidden)),
        ...(layers > 1 ? [activation('states between the layers', ofPositions((layers - 1) * hidden))] : []),
        // Projected inputs, gates and gradients of the gates, each in place of the one before.
        ...(keepsBlocks ? [activation('gates of all layers', ofPositions(layers * blocks * hidden))] : []),
        ...(CELLS[cell].hasCellState ? [activation('cells of all layers', ofPositions(layers * hidden))] : []),
        ...inputWidths(spec).map((width, layer) =>
          scratch(`input weight of layer ${layer + 1}, transposed`, ofRun(width * stacked)),
        ),
        scratch('recurrent weights of all layers, transposed', ofRun(layers * hidden * stacked)),
        scratch('biases, added', ofRun(stacked), layers),
      ],
    ];
  },
  backward: (step) => {
    const { spec, steps, ofRun, ofPositions, ofRows, ofSegment } = step;
    const { cell, layers, embedding, hidden } = spec;
    const { blocks, keepsBlocks, carries } = CELL_LAYOUTS[cell];
    const longest = Math.max(...chunksOf(steps).map((chunk) => chunk.steps));
    return [
      [
        ...weightGradients(step, 'rnn'),
        ...(keepsBlocks
          ? []
          : [scratch('gradient of pre-activations of all layers', ofPositions(layers * blocks * hidden))]),
        ...(carries ? [scratch('gradients from step to step of all layers', ofRows(layers * hidden))] : []),
        scratch('recurrent weights of all layers', ofRun(layers * CELLS[cell].gates * hidden * hidden)),
        ...(layers > 1 ? [scratch('gradient of states between the layers', ofSegment(hidden, longest))] : []),
        passedOn('gradient of embedded inputs', ofPositions(embedding)),
      ],
    ];
  },
};

interface Sizes extends StepSizes {
  /** Width of the input. */
  readonly width: number;
  /** Rows of the weights: gates x hidden. */
  readonly stacked: number;
  /** steps x rows */
  readonly positions: number;
}

type Inputs = KernelCall<'LabRecurrentStack'>['inputs'];

function sizesOf(inputs: Inputs, { cell, activation }: StackOptions): Sizes {
  const [steps, batch, width] = inputs.input.shape;
  const weights = listOf('weightHh', inputs);
  const [stacked, hidden] = weights[0]!.shape as [number, number];
  return { cell, activation, layers: weights.length, steps, batch, hidden, width, stacked, positions: steps * batch };
}

/** Of a layer's input. */
function widthOf({ width, hidden }: Sizes, layer: number): number {
  return layer === 0 ? width : hidden;
}

/** A list a weight, one a layer. */
function weightsOf(inputs: Inputs): Readonly<Record<'weightIh' | 'weightHh' | 'biasIh' | 'biasHh', tf.TensorInfo[]>> {
  return {
    weightIh: listOf('weightIh', inputs),
    weightHh: listOf('weightHh', inputs),
    biasIh: listOf('biasIh', inputs),
    biasHh: listOf('biasHh', inputs),
  };
}

/** What the forward pass saved. */
function savedTensors(saved: readonly tf.TensorInfo[], { cell, layers }: Sizes) {
  const [between, ...more] = layers > 1 ? saved : [undefined, ...saved];
  return {
    between,
    gates: CELL_LAYOUTS[cell].keepsBlocks ? more[0] : undefined,
    cells: CELLS[cell].hasCellState ? more.at(-1) : undefined,
  };
}

/** The steps of each layer's chunk side by side; a layer without a chunk, or at its end, rests. */
function stepsOf(chunks: readonly (Chunk | undefined)[], backwards = false): LayerSteps[] {
  const count = Math.max(...chunks.map((chunk) => chunk?.steps ?? 0));
  return range(count).map((index) =>
    chunks.map((chunk) => {
      if (!chunk || index >= chunk.steps) return null;
      return chunk.first + (backwards ? chunk.steps - 1 - index : index);
    }),
  );
}

/** The range of a chunk's values in [steps, rows, hidden]. */
function chunkRange(chunk: Chunk, { batch, hidden }: Sizes): { readonly from: number; readonly count: number } {
  return { from: chunk.first * batch * hidden, count: chunk.steps * batch * hidden };
}

function maskOf({ dropout }: StackOptions, layer: number, { batch, hidden }: Sizes, start: number): Mask | null {
  return dropout && { rate: dropout.rate, key: { ...dropout.key, layer }, shape: [batch, hidden], start };
}
