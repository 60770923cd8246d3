/** The matrix product on WebGPU, in the tile that was fastest on this adapter; see tiles.ts. */
import * as tf from '@tensorflow/tfjs-core';
import { forLanes } from '../../backends/webgpu/elementwise.ts';
import { OPERATIONS_AN_ACCESS, range, vectorType, type Lanes } from '../../backends/webgpu/grid.ts';
import { disposeData, GpuRuntime, UNIFORMS, type Dispatch, type Program } from '../../backends/webgpu/runtime.ts';
import { registerLabKernel } from '../kernels.ts';
import { coverage, productProgram, type ProductShape, type Tile } from './tiles.ts';

/** c (+)= a x b. Leading dimensions in elements; rows of c are written to the next multiple of 4 where ldc has room. */
export interface Product {
  /** [m, k] or, transposed, [k, m]. */
  readonly a: tf.TensorInfo;
  /** [k, n]. */
  readonly b: tf.TensorInfo;
  /** [m, n]. */
  readonly c: tf.TensorInfo;
  readonly m: number;
  readonly n: number;
  readonly k: number;
  readonly lda: number;
  readonly ldb: number;
  readonly ldc: number;
  readonly transposeA?: boolean;
  /** Elements before the first of a, b and c in their tensors; 0 where not given. */
  readonly offsetA?: number;
  readonly offsetB?: number;
  readonly offsetC?: number;
  /** What c starts from. */
  readonly init: 'zero' | 'accumulate' | { readonly bias: tf.TensorInfo };
  /** Elements before the first of the bias. */
  readonly offsetBias?: number;
}

/** Until `chooseTile` has timed others. */
const DEFAULT_TILE: Tile = { kind: 'plain', rows: 8, columns: 4 };
const tiles = new WeakMap<GpuRuntime, Tile>();
const programs = new Map<string, Program>();

/** Every product from now on takes this tile. */
export function setTile(runtime: GpuRuntime, tile: Tile): void {
  tiles.set(runtime, tile);
}

/** The kind of tile that suits this adapter; recurrent steps use it too. */
export function tileKindOf(runtime: GpuRuntime): Tile['kind'] {
  return (tiles.get(runtime) ?? DEFAULT_TILE).kind;
}

export function matMulInto(runtime: GpuRuntime, product: Product, tile = tiles.get(runtime)): Dispatch[] {
  const { a, b, c, m, n, k, lda, ldb, ldc, transposeA = false, init } = product;
  const { offsetA = 0, offsetB = 0, offsetC = 0, offsetBias = 0 } = product;
  const bias = typeof init === 'object' ? init.bias : null;
  const shape: ProductShape = {
    tile: tile ?? DEFAULT_TILE,
    vector: [lda, ldb, ldc, offsetA, offsetB, offsetC].every((offset) => offset % 4 === 0) ? 4 : 1,
    transposeA,
    start: typeof init === 'object' ? 'bias' : init,
  };
  const key = JSON.stringify(shape);
  const program = programs.get(key) ?? productProgram(shape);
  programs.set(key, program);
  const { rows, columns } = coverage(shape);
  const tensors = bias ? [a, b, c, bias] : [a, b, c];
  // A large product is cut into bands of rows, so that no dispatch outlasts a submission.
  const band = Math.max(1, Math.floor(runtime.operationsASubmission / (2 * n * k) / rows)) * rows;
  const offsets = [lda, ldb, ldc, offsetA, offsetB, offsetC];
  const dispatches: Dispatch[] = [];
  for (let first = 0; first < m; first += band) {
    const height = Math.min(band, m - first);
    dispatches.push({
      program,
      tensors,
      uniforms: [m, n, k, first, ...offsets.map((offset) => offset / shape.vector), offsetBias],
      workgroups: [Math.ceil(Math.ceil(n / shape.vector) / columns), Math.ceil(height / rows)],
      operations: 2 * height * n * k,
    });
  }
  return dispatches;
}

/**
 * Transposes `from` [rows, columns] into `to` [columns, leading], filling the rest of each row with zeros.
 * @param offset values of `to` before the first
 */
export function transposeInto(
  from: tf.TensorInfo,
  to: tf.TensorInfo,
  rows: number,
  columns: number,
  leading: number,
  offset = 0,
): Dispatch {
  const lanes = [columns, leading, offset].every((offset) => offset % 4 === 0) ? 4 : 1;
  return {
    program: TRANSPOSE[lanes],
    tensors: [from, to],
    uniforms: [rows, columns / lanes, leading / lanes, offset / lanes],
    workgroups: [Math.ceil(leading / lanes / 8), Math.ceil(columns / lanes / 8)],
    operations: 2 * OPERATIONS_AN_ACCESS * rows * columns,
  };
}

/** An invocation a block of `lanes` x `lanes`: vectors read along rows, and written along the others. */
function transposeProgram(lanes: Lanes): Program {
  const block = range(lanes);
  const v = vectorType(lanes);
  const body =
    lanes === 1
      ? `if (id.x < rows) { value0 = source[id.x * columns + id.y]; }
  transposed[offset + id.y * leading + id.x] = value0;`
      : `${block.map((i) => `if (id.x * 4u + ${i}u < rows) { value${i} = source[(id.x * 4u + ${i}u) * columns + id.y]; }`).join('\n  ')}
  ${block
    .map(
      (j) =>
        `transposed[offset + (id.y * 4u + ${j}u) * leading + id.x] = vec4f(${block.map((i) => `value${i}[${j}]`).join(', ')});`,
    )
    .join('\n  ')}`;
  return {
    label: `transpose x${lanes}`,
    access: ['read', 'write'],
    code: `${UNIFORMS}
@group(0) @binding(0) var<storage, read> source: array<${v}>;
@group(0) @binding(1) var<storage, read_write> transposed: array<${v}>;

@compute @workgroup_size(8, 8)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let rows = u[0].x; let columns = u[0].y; let leading = u[0].z; let offset = u[0].w;
  if (id.x >= leading || id.y >= columns) { return; }
  ${block.map((i) => `var value${i} = ${v}(0);`).join(' ')}
  ${body}
}`,
  };
}

const TRANSPOSE = forLanes(transposeProgram);

/** Sizes of the timed product: large enough that a dispatch's own cost does not count. */
const TIMED = 256;
/** What is timed. */
export const TILES: readonly Tile[] = [
  { kind: 'shared' },
  { kind: 'plain', rows: 16, columns: 8 },
  { kind: 'plain', rows: 8, columns: 4 },
];

export interface TileTiming {
  readonly tile: Tile;
  /** Rate of a square product, in GFLOP/s. */
  readonly gflops: number;
}

const chosen = new Map<string, TileTiming>();

/**
 * Gives this device the tile that is fastest on its adapter, timed on a small product the first time an adapter is seen.
 * The choice changes no result: every tile sums over k in order, in one accumulator.
 */
export async function chooseTile(adapter: string, queue: GPUQueue): Promise<void> {
  const runtime = GpuRuntime.current();
  const known = chosen.get(adapter) ?? (await timeTiles(runtime, queue))[0]!;
  chosen.set(adapter, known);
  setTile(runtime, known.tile);
  runtime.operationsPerSecond = known.gflops * 1e9;
}

/** Every tile with its speed on a small product, fastest first. */
export async function timeTiles(runtime: GpuRuntime, queue: GPUQueue): Promise<TileTiming[]> {
  const [a, b] = [tf.zeros([TIMED, TIMED]), tf.zeros([TIMED, TIMED])];
  const c = runtime.output([TIMED, TIMED]);
  const sizes = { m: TIMED, n: TIMED, k: TIMED, lda: TIMED, ldb: TIMED, ldc: TIMED };
  const timings: TileTiming[] = [];
  for (const tile of TILES) {
    const product = () => runtime.run(matMulInto(runtime, { a, b, c, ...sizes, init: 'zero' }, tile));
    product(); // compiles
    await queue.onSubmittedWorkDone();
    const from = performance.now();
    product();
    await queue.onSubmittedWorkDone();
    timings.push({ tile, gflops: (2 * TIMED ** 3) / (performance.now() - from) / 1e6 });
  }
  tf.dispose([a, b]);
  disposeData(c);
  return timings.toSorted((one, other) => other.gflops - one.gflops);
}

registerLabKernel('LabMatMul', 'webgpu', ({ inputs: { a, b }, attrs: { transposeA, transposeB } }) => {
  const runtime = GpuRuntime.current();
  const [m, k] = transposeA ? [a.shape[1], a.shape[0]] : a.shape;
  const n = transposeB ? b.shape[0] : b.shape[1];
  const c = runtime.output([m, n]);
  const dispatches: Dispatch[] = [];
  let right: tf.TensorInfo = b;
  if (transposeB) {
    right = runtime.output([k, n]);
    dispatches.push(transposeInto(b, right, n, k, n));
  }
  const sizes = { m, n, k, lda: a.shape[1], ldb: n, ldc: n };
  dispatches.push(...matMulInto(runtime, { a, b: right, c, ...sizes, transposeA, init: 'zero' }));
  runtime.run(dispatches);
  if (right !== b) disposeData(right);
  return c;
});
