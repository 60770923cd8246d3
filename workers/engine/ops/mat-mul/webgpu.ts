/** The matrix product on WebGPU, in the tile that was fastest on this adapter; see tiles.ts. */
import * as tf from '@tensorflow/tfjs';
import { GpuRuntime, OPERATIONS_A_SUBMISSION, UNIFORMS, type Dispatch, type Program } from '../../webgpu/runtime.ts';
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
  /** What c starts from. */
  readonly init: 'zero' | 'accumulate' | { readonly bias: tf.TensorInfo };
}

/** Until `chooseTile` has timed others. */
const DEFAULT_TILE: Tile = { kind: 'plain', rows: 8, columns: 2 };
const tiles = new WeakMap<GpuRuntime, Tile>();
const programs = new Map<string, Program>();

export function matMulInto(runtime: GpuRuntime, product: Product, tile = tiles.get(runtime)): Dispatch[] {
  const { a, b, c, m, n, k, lda, ldb, ldc, transposeA = false, init } = product;
  const bias = typeof init === 'object' ? init.bias : null;
  const shape: ProductShape = {
    tile: tile ?? DEFAULT_TILE,
    vector: [lda, ldb, ldc].every((dimension) => dimension % 4 === 0) ? 4 : 1,
    transposeA,
    start: typeof init === 'object' ? 'bias' : init,
  };
  const key = JSON.stringify(shape);
  const program = programs.get(key) ?? productProgram(shape);
  programs.set(key, program);
  const { rows, columns } = coverage(shape);
  const tensors = bias ? [a, b, c, bias] : [a, b, c];
  // A large product is cut into bands of rows, so that no dispatch outlasts a submission.
  const band = Math.max(1, Math.floor(OPERATIONS_A_SUBMISSION / (2 * n * k) / rows)) * rows;
  const dispatches: Dispatch[] = [];
  for (let first = 0; first < m; first += band) {
    const height = Math.min(band, m - first);
    dispatches.push({
      program,
      tensors,
      uniforms: [m, n, k, lda / shape.vector, ldb / shape.vector, ldc / shape.vector, first],
      workgroups: [Math.ceil(Math.ceil(n / shape.vector) / columns), Math.ceil(height / rows)],
      operations: 2 * height * n * k,
    });
  }
  return dispatches;
}

/** Transposes `from` [rows, columns] into `to` [columns, leading], filling the rest of each row with zeros. */
export function transposeInto(
  from: tf.TensorInfo,
  to: tf.TensorInfo,
  rows: number,
  columns: number,
  leading: number,
): Dispatch {
  return {
    program: TRANSPOSE,
    tensors: [from, to],
    uniforms: [rows, columns, leading],
    workgroups: [Math.ceil(leading / 16), Math.ceil(columns / 16)],
    operations: rows * columns,
  };
}

const TRANSPOSE: Program = {
  label: 'transpose',
  access: ['read', 'write'],
  code: `${UNIFORMS}
@group(0) @binding(0) var<storage, read> from_: array<f32>;
@group(0) @binding(1) var<storage, read_write> to_: array<f32>;

@compute @workgroup_size(4, 16)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let rows = u[0].x; let columns = u[0].y; let leading = u[0].z;
  let column = id.y;
  if (column >= columns) { return; }
  // Four reads down a column, four writes along a row.
  for (var i = 0u; i < 4u; i++) {
    let row = id.x * 4u + i;
    if (row < leading) {
      var value = 0.0;
      if (row < rows) { value = from_[row * columns + column]; }
      to_[column * leading + row] = value;
    }
  }
}`,
};

/** Sizes of the timed product: large enough that a dispatch's own cost does not count. */
const TIMED = 256;
const CANDIDATES: readonly Tile[] = [
  { kind: 'shared' },
  { kind: 'plain', rows: 16, columns: 4 },
  { kind: 'plain', rows: 8, columns: 4 },
  { kind: 'plain', rows: 8, columns: 2 },
  { kind: 'plain', rows: 4, columns: 2 },
];

export interface TileTiming {
  readonly tile: Tile;
  /** Of a square product, floating-point operations a second in units of 10^9. */
  readonly gflops: number;
}

const chosen = new Map<string, Tile>();

/**
 * Gives this device the tile that is fastest on its adapter, timed on a small product the first time an adapter is seen.
 * The choice changes no result: every tile sums over k in order, in one accumulator.
 */
export async function chooseTile(adapter: string, queue: GPUQueue): Promise<void> {
  const runtime = GpuRuntime.current();
  const known = chosen.get(adapter) ?? (await timeTiles(runtime, queue))[0]!.tile;
  chosen.set(adapter, known);
  tiles.set(runtime, known);
}

/** Every tile with its speed on a small product, fastest first. */
export async function timeTiles(runtime: GpuRuntime, queue: GPUQueue): Promise<TileTiming[]> {
  const [a, b] = [tf.zeros([TIMED, TIMED]), tf.zeros([TIMED, TIMED])];
  const c = runtime.output([TIMED, TIMED]);
  const sizes = { m: TIMED, n: TIMED, k: TIMED, lda: TIMED, ldb: TIMED, ldc: TIMED };
  const timings: TileTiming[] = [];
  for (const tile of CANDIDATES) {
    const product = () => runtime.run(matMulInto(runtime, { a, b, c, ...sizes, init: 'zero' }, tile));
    product(); // compiles
    await queue.onSubmittedWorkDone();
    const from = performance.now();
    product();
    await queue.onSubmittedWorkDone();
    timings.push({ tile, gflops: (2 * TIMED ** 3) / (performance.now() - from) / 1e6 });
  }
  tf.dispose([a, b]);
  tf.backend().disposeData(c.dataId);
  return timings.toSorted((one, other) => other.gflops - one.gflops);
}

/** The op: the product of two matrices, either one transposed. */
export function matMul(a: tf.Tensor2D, b: tf.Tensor2D, transposeA = false, transposeB = false): tf.Tensor2D {
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
  if (right !== b) tf.backend().disposeData(right.dataId);
  return tf.engine().makeTensorFromTensorInfo(c) as tf.Tensor2D;
}
