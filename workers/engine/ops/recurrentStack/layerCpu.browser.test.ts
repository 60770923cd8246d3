/** A row's states and gradients have the same bits whatever rows are beside it, and however many threads compute them. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CELLS, type Cell } from '#core/models/registry.ts';
import { streamFor } from '#core/random/stream.ts';
import { SimdRuntime } from '../../backends/simd/runtime.ts';
import { withWorkspace, type Alloc } from '../../backends/simd/workspace.ts';
import { CELL_LAYOUTS } from './cells/layout.ts';
import { layerBackward, layerForward, packLayer } from './layerCpu.ts';

let one: SimdRuntime;
let two: SimdRuntime;
let unshared: SimdRuntime;
beforeAll(async () => {
  one = await SimdRuntime.open({ threads: 1 });
  two = await SimdRuntime.open({ threads: 2 });
  unshared = await SimdRuntime.open({ threads: 1, shared: false });
});
afterAll(() => {
  for (const runtime of [one, two, unshared]) runtime.end();
});

const STEPS = 4;
const WIDTH = 5;
/** Four rows and three more: all ways of computing a few rows at a time are needed. */
const MOST_ROWS = 7;

const random = streamFor(5, 'layer');
const draw = (length: number) => Float32Array.from({ length }, () => random.normal() / 3);

interface Drawn {
  readonly weights: Readonly<Record<'weightIh' | 'weightHh' | 'biasIh' | 'biasHh', Float32Array>>;
  readonly inputs: Float32Array;
  readonly dStates: Float32Array;
}

function drawn(cell: Cell, hidden: number): Drawn {
  const stacked = CELLS[cell].gates * hidden;
  return {
    weights: {
      weightIh: draw(stacked * WIDTH),
      weightHh: draw(stacked * hidden),
      biasIh: draw(stacked),
      biasHh: draw(stacked),
    },
    inputs: draw(STEPS * MOST_ROWS * WIDTH),
    dStates: draw(STEPS * MOST_ROWS * hidden),
  };
}

/** The first rows of every step. */
function firstRows(values: Float32Array, rows: number, width: number): Float32Array {
  const taken = new Float32Array(STEPS * rows * width);
  for (let step = 0; step < STEPS; step++) {
    const from = step * MOST_ROWS * width;
    taken.set(values.subarray(from, from + rows * width), step * rows * width);
  }
  return taken;
}

/** States and gradients of the inputs of the first rows. */
async function layerOf(
  runtime: SimdRuntime,
  cell: Cell,
  hidden: number,
  rows: number,
  { weights, inputs, dStates }: Drawn,
): Promise<{ readonly states: Float32Array; readonly dInputs: Float32Array }> {
  const put = (values: Float32Array) => {
    const address = runtime.heap.allocIdle(values.byteLength, runtime.kernels.done());
    runtime.write(address, values);
    return address;
  };
  const room = (length: number) => put(new Float32Array(length));
  const stacked = CELLS[cell].gates * hidden;
  const places = {
    weightIh: put(weights.weightIh),
    weightHh: put(weights.weightHh),
    biasIh: put(weights.biasIh),
    biasHh: put(weights.biasHh),
  };
  const sizes = { cell, activation: 'tanh', steps: STEPS, rows, width: WIDTH, hidden } as const;
  const input = put(firstRows(inputs, rows, WIDTH));
  const positions = STEPS * rows;
  const trace = {
    states: room(positions * hidden),
    blocks: room(positions * CELL_LAYOUTS[cell].blocks * hidden),
    cells: room(positions * hidden),
  };
  const to = {
    input: room(positions * WIDTH),
    weightIh: room(stacked * WIDTH),
    weightHh: room(stacked * hidden),
    biasIh: room(stacked),
    biasHh: room(stacked),
  };
  withWorkspace(runtime, (alloc: Alloc) => {
    layerForward(runtime, sizes, packLayer(runtime, alloc, sizes, places), input, trace);
  });
  await runtime.computed();
  const states = runtime.floats(trace.states, positions * hidden);
  const operands = { ...places, input, dStates: put(firstRows(dStates, rows, hidden)) };
  withWorkspace(runtime, (alloc: Alloc) => layerBackward(runtime, alloc, sizes, operands, trace, to));
  await runtime.computed();
  return { states, dInputs: runtime.floats(to.input, positions * WIDTH) };
}

/** Hidden sizes of one panel, of a part of one, of many with a part at the end, and of sums in more than one part. */
describe.each(['rnn', 'lstm', 'gru'] as const)('a layer of a %s', (cell) => {
  it.each([8, 3, 75, 520])(
    'of %i units computes a row as it does beside others',
    async (hidden) => {
      const values = drawn(cell, hidden);
      const all = await layerOf(one, cell, hidden, MOST_ROWS, values);
      for (const rows of [1, 2, 3, 5, 6]) {
        for (const runtime of [two, unshared]) {
          const { states, dInputs } = await layerOf(runtime, cell, hidden, rows, values);
          expect(states, `${rows} rows`).toEqual(firstRows(all.states, rows, hidden));
          expect(dInputs, `${rows} rows`).toEqual(firstRows(all.dInputs, rows, WIDTH));
        }
      }
    },
    60_000,
  );
});
