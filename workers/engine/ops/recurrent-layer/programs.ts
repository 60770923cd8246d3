/**
 * WGSL of one time step of a recurrent layer, forward and backward: one dispatch each. An invocation computes `rows` rows of
 * the batch by `columns` vectors of hidden units in registers, all gates of a unit together, so that the recurrent product and
 * what follows it (gates, cell, slope) are one pass. The step t is a uniform; sequences are bound whole.
 *
 * u[0] = (t, rows of the batch, steps). Vectors are vec4 where the hidden width is a multiple of 4.
 */
import type { Cell } from '../../../../src/core/config.ts';
import type { Activation } from '../contract.ts';
import { UNIFORMS, type Program } from '../../webgpu/runtime.ts';

export interface StepShape {
  readonly cell: Cell;
  readonly activation: Activation;
  readonly hidden: number;
  /** Rows of the batch an invocation computes. */
  readonly rows: number;
  /** Vectors of hidden units an invocation computes. */
  readonly columns: number;
}

export const WORKGROUP = 16;

export function vectorOf(hidden: number): 1 | 4 {
  return hidden % 4 === 0 ? 4 : 1;
}

/** Invocations along the hidden units. */
export function unitGroups({ hidden, columns }: StepShape): number {
  return Math.ceil(hidden / vectorOf(hidden) / columns);
}

/**
 * Forward: hidden[t] from hidden[t - 1].
 * Bindings: projected [steps, rows, gates x hidden], recurrent [hidden, gates x hidden] (transposed), hidden; for an LSTM
 * also gates [steps, rows, 4 x hidden] after their non-linearity, and cells [steps, rows, hidden].
 */
export function forwardProgram(shape: StepShape): Program {
  const { cell, activation, hidden, rows, columns } = shape;
  const gates = cell === 'lstm' ? 4 : 1;
  const v = type(hidden);
  const width = hidden / vectorOf(hidden);
  const acc = (r: number, g: number, c: number) => `s${r}_${g}_${c}`;
  const all = cells(rows, gates, columns);
  const lstm = cell === 'lstm';
  const finish = (r: number, c: number) => {
    const at = `(t * batch + row${r}) * WIDTH + unit${c}`;
    const write = lstm
      ? `let i = sigmoid(${acc(r, 0, c)}); let f = sigmoid(${acc(r, 1, c)});
        let g = tanh(${acc(r, 2, c)}); let o = sigmoid(${acc(r, 3, c)});
        var before = ${v}(0);
        if (t > 0u) { before = cells[at - batch * WIDTH]; }
        let now = f * before + i * g;
        let gate = (t * batch + row${r}) * WIDTH * 4u + unit${c};
        gates[gate] = i; gates[gate + WIDTH] = f; gates[gate + 2u * WIDTH] = g; gates[gate + 3u * WIDTH] = o;
        cells[at] = now;
        hidden[at] = o * tanh(now);`
      : `hidden[at] = ${activation === 'tanh' ? `tanh(${acc(r, 0, c)})` : `max(${acc(r, 0, c)}, ${v}(0))`};`;
    return `if (top + ${r}u < batch && left + ${c}u < WIDTH) {
        let at = ${at};
        ${write}
      }`;
  };
  const code = `${UNIFORMS}
@group(0) @binding(0) var<storage, read> projected: array<${v}>;
@group(0) @binding(1) var<storage, read> recurrent: array<${v}>;
@group(0) @binding(2) var<storage, read_write> hidden: array<${v}>;
${
  lstm
    ? `@group(0) @binding(3) var<storage, read_write> gates: array<${v}>;
@group(0) @binding(4) var<storage, read_write> cells: array<${v}>;
fn sigmoid(x: ${v}) -> ${v} { return 1.0 / (1.0 + exp(-x)); }`
    : ''
}
const WIDTH = ${width}u;
const GATES = ${gates}u;
${head(rows, columns)}
    ${all.map(([r, g, c]) => `var ${acc(r, g, c)} = projected[((t * batch + row${r}) * GATES + ${g}u) * WIDTH + unit${c}];`).join('\n    ')}
    if (t > 0u) {
      ${range(rows)
        .map((r) => `let from${r} = ((t - 1u) * batch + row${r}) * WIDTH;`)
        .join(' ')}
      ${sumOver({
        count: 'WIDTH',
        hidden,
        rows,
        load: (r, k) => `hidden[from${r} + ${k}]`,
        weight: (g, c, k) => `recurrent[(${k}) * GATES * WIDTH + ${g}u * WIDTH + unit${c}]`,
        gates,
        columns,
        acc,
      })}
    }
    ${grid(rows, columns)
      .map(([r, c]) => finish(r, c))
      .join('\n      ')}
}`;
  return {
    label: `${cell} step forward`,
    code,
    access: lstm ? ['read', 'read', 'write', 'write', 'write'] : ['read', 'read', 'write'],
  };
}

/**
 * Backward: the gradient of step t's pre-activations from that of step t + 1.
 * Bindings: dy [steps, rows, hidden], recurrent [gates x hidden, hidden], dz [steps, rows, gates x hidden]; an RNN reads
 * hidden, an LSTM gates, cells and carries dc [rows, hidden] from step to step.
 */
export function backwardProgram(shape: StepShape): Program {
  const { cell, activation, hidden, rows, columns } = shape;
  const lstm = cell === 'lstm';
  const gates = lstm ? 4 : 1;
  const v = type(hidden);
  const width = hidden / vectorOf(hidden);
  const acc = (r: number, _gate: number, c: number) => `s${r}_${c}`;
  const finish = (r: number, c: number) => {
    const write = lstm
      ? `let gate = (t * batch + row${r}) * WIDTH * 4u + unit${c};
        let i = gates[gate]; let f = gates[gate + WIDTH];
        let g = gates[gate + 2u * WIDTH]; let o = gates[gate + 3u * WIDTH];
        var before = ${v}(0);
        if (t > 0u) { before = cells[at - batch * WIDTH]; }
        let tanhC = tanh(cells[at]);
        let carry = row${r} * WIDTH + unit${c};
        var dc = dh * o * (1.0 - tanhC * tanhC);
        if (t + 1u < steps) { dc += dcs[carry]; }
        dz[gate] = dc * g * i * (1.0 - i);
        dz[gate + WIDTH] = dc * before * f * (1.0 - f);
        dz[gate + 2u * WIDTH] = dc * i * (1.0 - g * g);
        dz[gate + 3u * WIDTH] = dh * tanhC * o * (1.0 - o);
        dcs[carry] = dc * f;`
      : `let h = hidden[at];
        dz[at] = dh * ${activation === 'tanh' ? '(1.0 - h * h)' : `select(${v}(0), ${v}(1), h > ${v}(0))`};`;
    return `if (top + ${r}u < batch && left + ${c}u < WIDTH) {
        let at = (t * batch + row${r}) * WIDTH + unit${c};
        let dh = ${acc(r, 0, c)};
        ${write}
      }`;
  };
  const code = `${UNIFORMS}
@group(0) @binding(0) var<storage, read> dy: array<${v}>;
@group(0) @binding(1) var<storage, read> recurrent: array<${v}>;
@group(0) @binding(2) var<storage, read_write> dz: array<${v}>;
${
  lstm
    ? `@group(0) @binding(3) var<storage, read> gates: array<${v}>;
@group(0) @binding(4) var<storage, read> cells: array<${v}>;
@group(0) @binding(5) var<storage, read_write> dcs: array<${v}>;`
    : `@group(0) @binding(3) var<storage, read> hidden: array<${v}>;`
}
const WIDTH = ${width}u;
const GATES = ${gates}u;
${head(rows, columns)}
    let steps = u[0].z;
    ${grid(rows, columns)
      .map(([r, c]) => `var ${acc(r, 0, c)} = dy[(t * batch + row${r}) * WIDTH + unit${c}];`)
      .join('\n    ')}
    if (t + 1u < steps) {
      ${range(rows)
        .map((r) => `let from${r} = ((t + 1u) * batch + row${r}) * GATES * WIDTH;`)
        .join(' ')}
      ${sumOver({
        count: 'GATES * WIDTH',
        hidden,
        rows,
        load: (r, k) => `dz[from${r} + ${k}]`,
        weight: (_gate, c, k) => `recurrent[(${k}) * WIDTH + unit${c}]`,
        gates: 1,
        columns,
        acc,
      })}
    }
    ${grid(rows, columns)
      .map(([r, c]) => finish(r, c))
      .join('\n      ')}
}`;
  return {
    label: `${cell} step backward`,
    code,
    access: lstm ? ['read', 'read', 'write', 'read', 'read', 'write'] : ['read', 'read', 'write', 'read'],
  };
}

/** The entry down to the rows and units of this invocation; rows and units past the end repeat the last one. */
function head(rows: number, columns: number): string {
  return `
@compute @workgroup_size(${WORKGROUP})
fn main(@builtin(global_invocation_id) id: vec3u) {
    let t = u[0].x; let batch = u[0].y;
    let left = id.x * ${columns}u;
    let top = id.y * ${rows}u;
    if (left >= WIDTH || top >= batch) { return; }
    ${range(rows)
      .map((r) => `let row${r} = min(top + ${r}u, batch - 1u);`)
      .join(' ')}
    ${range(columns)
      .map((c) => `let unit${c} = min(left + ${c}u, WIDTH - 1u);`)
      .join(' ')}`;
}

interface Sum {
  /** Vectors summed over. */
  readonly count: string;
  readonly hidden: number;
  readonly rows: number;
  readonly gates: number;
  readonly columns: number;
  readonly load: (row: number, vector: string) => string;
  readonly weight: (gate: number, column: number, k: string) => string;
  readonly acc: (row: number, gate: number, column: number) => string;
}

/** The recurrent product: values of a row, a vector at a time, by weights, into the sums. */
function sumOver({ count, hidden, rows, gates, columns, load, weight, acc }: Sum): string {
  const lanes = vectorOf(hidden);
  const v = type(hidden);
  const lane = (index: number) => {
    const k = lanes === 4 ? `q * 4u + ${index}u` : 'q';
    const value = (r: number) => (lanes === 4 ? `x${r}[${index}]` : `x${r}`);
    return range(gates)
      .flatMap((g) =>
        range(columns).map(
          (c) =>
            `{ let w = ${weight(g, c, k)}; ${range(rows)
              .map((r) => `${acc(r, g, c)} = fma(${v}(${value(r)}), w, ${acc(r, g, c)});`)
              .join(' ')} }`,
        ),
      )
      .join('\n        ');
  };
  return `for (var q = 0u; q < ${count}; q++) {
        ${range(rows)
          .map((r) => `let x${r} = ${load(r, 'q')};`)
          .join(' ')}
        ${range(lanes).map(lane).join('\n        ')}
      }`;
}

function type(hidden: number): 'vec4f' | 'f32' {
  return vectorOf(hidden) === 4 ? 'vec4f' : 'f32';
}

function cells(rows: number, gates: number, columns: number): [number, number, number][] {
  return range(gates).flatMap((g) => grid(rows, columns).map(([r, c]): [number, number, number] => [r, g, c]));
}

function grid(rows: number, columns: number): [number, number][] {
  return range(rows).flatMap((r) => range(columns).map((c): [number, number] => [r, c]));
}

function range(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index);
}
