/**
 * WGSL of the matrix product, c (+)= a x b, in shapes that suit different adapters:
 *
 * - `plain`: each invocation computes a block of c in registers and reads a and b straight from memory. On a software
 *   adapter, where barriers cost more than they save and the processor's caches do the rest.
 * - `shared`: 64 x 64 blocks of c a workgroup, with slices of a and b staged in workgroup memory. On a GPU.
 *
 * Sizes are uniforms, so one program serves all sizes; what differs in code is the width of loads (vec4 where every
 * leading dimension is a multiple of 4), whether a is transposed, and what c starts from.
 */
import { range } from '../../backends/webgpu/grid.ts';
import { UNIFORMS, type Program } from '../../backends/webgpu/runtime.ts';

export type Tile =
  { readonly kind: 'plain'; readonly rows: number; readonly columns: number } | { readonly kind: 'shared' };

export type Start = 'zero' | 'accumulate' | 'bias';

export interface ProductShape {
  readonly tile: Tile;
  /** 4 where every leading dimension is a multiple of 4, else 1. */
  readonly vector: 1 | 4;
  readonly transposeA: boolean;
  readonly start: Start;
}

/** Rows and vector columns of c that one workgroup covers. */
export function coverage({ tile }: ProductShape): { readonly rows: number; readonly columns: number } {
  return tile.kind === 'shared'
    ? { rows: 64, columns: 16 }
    : { rows: PLAIN_GROUP.y * tile.rows, columns: PLAIN_GROUP.x * tile.columns };
}

/** Invocations of a plain workgroup. */
const PLAIN_GROUP = { x: 8, y: 4 } as const;

export function productProgram(shape: ProductShape): Program {
  const { tile, vector, transposeA, start } = shape;
  const body = tile.kind === 'shared' ? sharedBody(shape) : plainBody(shape, tile.rows, tile.columns);
  const v = vector === 4 ? 'vec4f' : 'f32';
  const bias = start === 'bias' ? `@group(0) @binding(3) var<storage, read> bias: array<f32>;\n` : '';
  const label = `product ${tile.kind}${transposeA ? ' aT' : ''} x${vector} ${start}`;
  const code = `${UNIFORMS}
@group(0) @binding(0) var<storage, read> a: array<${v}>;
@group(0) @binding(1) var<storage, read> b: array<${v}>;
@group(0) @binding(2) var<storage, read_write> c: array<${v}>;
${bias}${body}`;
  return { label, code, access: start === 'bias' ? ['read', 'read', 'write', 'read'] : ['read', 'read', 'write'] };
}

/**
 * m, n, k are the sizes; lda, ldb, ldc the leading dimensions and fromA, fromB, fromC the offsets where the matrices begin,
 * all in vectors; first is the first row of c of this dispatch.
 */
const SIZES = `
  let m = u[0].x; let n = u[0].y; let k = u[0].z; let first = u[0].w;
  let lda = u[1].x; let ldb = u[1].y; let ldc = u[1].z;
  let fromA = u[1].w; let fromB = u[2].x; let fromC = u[2].y; let fromBias = u[2].z;`;

/** Values of k that a plain invocation takes at a time, where they are read as vectors. */
const DEPTH = 4;

function plainBody({ vector, transposeA, start }: ProductShape, rows: number, columns: number): string {
  const v = vector === 4 ? 'vec4f' : 'f32';
  const r = range(rows);
  const c = range(columns);
  const cell = (row: number, column: number) => `s${row}_${column}`;
  // The products of `depth` values of k, in order, as one expression a cell: on a software adapter a variable is memory, and
  // writing it once for four products instead of four times makes the whole product a quarter faster.
  const products = (at: string, depth: number, valueOfA: (row: number, l: number) => string) => `
      ${range(depth)
        .map((l) => c.map((j) => `let b${l}_${j} = b[(${at} + ${l}u) * ldb + column${j}];`).join(' '))
        .join('\n      ')}
      ${r
        .flatMap((i) =>
          c.map((j) => {
            const chain = range(depth).reduce(
              (sum, l) => `fma(${v}(${valueOfA(i, l)}), b${l}_${j}, ${sum})`,
              cell(i, j),
            );
            return `${cell(i, j)} = ${chain};`;
          }),
        )
        .join('\n      ')}`;
  const scalarOfA = (row: number, at: string) => {
    const index = transposeA ? `(${at}) * lda * ${vector}u + row${row}` : `row${row} * lda * ${vector}u + (${at})`;
    return vector === 4 ? `a[fromA + (${index}) / 4u][(${index}) % 4u]` : `a[fromA + ${index}]`;
  };
  const single = `for (; kk < k; kk++) {${products('kk', 1, (i) => scalarOfA(i, 'kk'))}
    }`;
  const loads = transposeA
    ? range(DEPTH).flatMap((l) =>
        range(rows / 4).map((q) => `let a${l}_${q} = a[fromA + (kk + ${l}u) * lda + min(top / 4u + ${q}u, lda - 1u)];`),
      )
    : r.map((i) => `let a${i} = a[fromA + row${i} * lda + kk / 4u];`);
  const loaded = (i: number, l: number) => (transposeA ? `a${l}_${Math.floor(i / 4)}[${i % 4}]` : `a${i}[${l}]`);
  const several = `for (; kk + ${DEPTH - 1}u < k; kk += ${DEPTH}u) {
      ${loads.join('\n      ')}${products('kk', DEPTH, loaded)}
    }`;
  return `
@compute @workgroup_size(${PLAIN_GROUP.x}, ${PLAIN_GROUP.y})
fn main(@builtin(global_invocation_id) id: vec3u) {${SIZES}
  let columns = (n + ${vector - 1}u) / ${vector}u;
  let top = first + id.y * ${rows}u;
  let leftmost = id.x * ${columns}u;
  if (top >= m || leftmost >= columns) { return; }
  ${r.map((i) => `let row${i} = min(top + ${i}u, m - 1u);`).join(' ')}
  ${c.map((j) => `let c${j} = min(leftmost + ${j}u, columns - 1u);`).join(' ')}
  ${c.map((j) => `let column${j} = fromB + c${j};`).join(' ')}
  ${r.map((i) => c.map((j) => `var ${cell(i, j)} = ${startOf(start, vector, `row${i}`, `c${j}`)};`).join(' ')).join('\n  ')}
  var kk = 0u;
  ${vector === 4 ? several : ''}
  ${single}
  ${r
    .map((i) => {
      const stores = c.map(
        (j) => `if (leftmost + ${j}u < columns) { c[fromC + row${i} * ldc + c${j}] = ${cell(i, j)}; }`,
      );
      return `if (top + ${i}u < m) { ${stores.join(' ')} }`;
    })
    .join('\n  ')}
}`;
}

/** 16 x 16 invocations, each 4 rows x 1 vector of c; slices of 16 along k. */
function sharedBody({ vector, transposeA, start }: ProductShape): string {
  const v = vector === 4 ? 'vec4f' : 'f32';
  const zero = vector === 4 ? 'vec4f(0)' : '0.0';
  const index = transposeA ? 'kk * lda * LANES + row' : 'row * lda * LANES + kk';
  const load = vector === 4 ? `a[fromA + (${index}) / 4u][(${index}) % 4u]` : `a[fromA + ${index}]`;
  return `
const LANES = ${vector}u;
var<workgroup> stagedA: array<array<f32, 64>, 16>;
var<workgroup> stagedB: array<array<${v}, 16>, 16>;

fn valueOfA(row: u32, kk: u32, m: u32, k: u32, lda: u32, fromA: u32) -> f32 {
  if (row >= m || kk >= k) { return 0.0; }
  return ${load};
}

@compute @workgroup_size(16, 16)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_id) local: vec3u) {${SIZES}
  let columns = (n + ${vector - 1}u) / ${vector}u;
  let corner = first + group.y * 64u;
  let top = corner + local.y * 4u;
  let column = group.x * 16u + local.x;
  let safe = min(column, columns - 1u);
  ${range(4)
    .map((i) => `var s${i} = ${startOf(start, vector, `min(top + ${i}u, m - 1u)`, 'safe')};`)
    .join('\n  ')}
  let flat = local.y * 16u + local.x;
  for (var slice = 0u; slice < k; slice += 16u) {
    for (var i = flat; i < 1024u; i += 256u) {
      // Neighbouring invocations read neighbouring values.
      let kk = ${transposeA ? 'i / 64u' : 'i % 16u'};
      let row = ${transposeA ? 'i % 64u' : 'i / 16u'};
      stagedA[kk][row] = valueOfA(corner + row, slice + kk, m, k, lda, fromA);
    }
    var valueB = ${zero};
    if (slice + local.y < k && column < columns) { valueB = b[fromB + (slice + local.y) * ldb + column]; }
    stagedB[local.y][local.x] = valueB;
    workgroupBarrier();
    for (var kk = 0u; kk < 16u; kk++) {
      let bk = stagedB[kk][local.x];
      ${range(4)
        .map((i) => `s${i} = fma(${v}(stagedA[kk][local.y * 4u + ${i}u]), bk, s${i});`)
        .join('\n      ')}
    }
    workgroupBarrier();
  }
  if (column < columns) {
    ${range(4)
      .map((i) => `if (top + ${i}u < m) { c[fromC + (top + ${i}u) * ldc + column] = s${i}; }`)
      .join('\n    ')}
  }
}`;
}

function startOf(start: Start, vector: 1 | 4, row: string, column: string): string {
  switch (start) {
    case 'zero':
      return vector === 4 ? 'vec4f(0)' : '0.0';
    case 'accumulate':
      return `c[fromC + ${row} * ldc + ${column}]`;
    case 'bias':
      // Read value by value: the bias may be shorter than the padded row.
      return vector === 4
        ? `vec4f(${range(4)
            .map((lane) => `bias[fromBias + min(${column} * 4u + ${lane}u, n - 1u)]`)
            .join(', ')})`
        : `bias[fromBias + ${column}]`;
    default:
      return start satisfies never;
  }
}
