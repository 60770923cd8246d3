/**
 * WGSL of one time step of recurrent layers, forward and backward: one dispatch each, which computes the recurrent product
 * and what follows it (gates, cell, slope) in one pass. Sequences are bound whole, those of all layers in one tensor, and each
 * layer of a dispatch is at a step of its own: while layer 2 is at one step, layer 1 can be further on. What a cell computes is in
 * cells/<cell>/webgpu.ts.
 *
 * Two tiles, as the product has (matMul/tiles.ts):
 * - `plain`: each invocation sums all gates of a few vectors of units for several rows of the batch, in registers.
 * - `shared`: a workgroup shares the sum: each of its 8 parts takes an eighth of it for 32 units and 8 rows, and finishes one
 *   of the rows after adding up what the others found. A step is small; this gives a GPU enough to do.
 *
 * u[0] = (rows of the batch, steps), u[1] = the step of each layer, of four at most; one whose step is `NO_STEP` rests.
 */
import { CELLS, type Activation, type Cell } from '#core/models/registry.ts';
import { lanesFor, range, vectorType, type Lanes } from '../../backends/webgpu/grid.ts';
import { UNIFORMS, type Program } from '../../backends/webgpu/runtime.ts';
import { CELL_LAYOUTS } from './cells/layout.ts';
import type { CellStep } from './cells/steps.ts';
import { CELL_PROGRAMS } from './cells/webgpu.ts';

export interface StepShape {
  readonly cell: Cell;
  readonly activation: Activation;
  readonly hidden: number;
  readonly tile: StepTile;
}

export type StepTile =
  | {
      readonly kind: 'plain';
      /** Rows of the batch an invocation computes. */
      readonly rows: number;
      /** Vectors of hidden units an invocation computes. */
      readonly columns: number;
    }
  | { readonly kind: 'shared' };

/** The step of a layer that has none in a dispatch. */
export const NO_STEP = 0xffff_ffff;

/** Invocations of a plain workgroup. */
const PLAIN_WORKGROUP = 8;
/** Size of a shared workgroup: units side by side, and parts of the sum, which are also its rows of the batch. */
const UNITS = 32;
const PARTS = 8;

/** Workgroups of a step, by the number of rows in the batch. */
export function stepGrid(
  { hidden, tile }: StepShape,
  batch: number,
  layers: number,
): readonly [number, number, number] {
  return tile.kind === 'shared'
    ? [Math.ceil(hidden / UNITS), Math.ceil(batch / PARTS), layers]
    : [Math.ceil(hidden / lanesFor(hidden) / tile.columns / PLAIN_WORKGROUP), Math.ceil(batch / tile.rows), layers];
}

/** Forward: hidden[t] from hidden[t - 1], of the tensors that the cell says. */
export function forwardProgram(shape: StepShape): Program {
  return programOf(shape, `${shape.cell} step forward`, CELL_PROGRAMS[shape.cell].forward(shape.activation));
}

/** Backward: the gradient of step t's pre-activations, dz, from that of step t + 1. */
export function backwardProgram(shape: StepShape): Program {
  return programOf(shape, `${shape.cell} step backward`, CELL_PROGRAMS[shape.cell].backward(shape.activation));
}

function programOf({ cell, hidden, tile }: StepShape, label: string, step: CellStep): Program {
  // Shared: neighbouring invocations read neighbouring values.
  const lanes: Lanes = tile.kind === 'shared' ? 1 : lanesFor(hidden);
  const v = vectorType(lanes);
  const bindings = step.bindings.map(
    ([name, access], index) =>
      `@group(0) @binding(${index}) var<storage, ${access === 'read' ? 'read' : 'read_write'}> ${name}: array<V>;`,
  );
  const code = `${UNIFORMS}
alias V = ${v === 'f32' ? 'f32' : 'vec4f'};
${bindings.join('\n')}
const WIDTH = ${hidden / lanes}u;
const HIDDEN = ${hidden}u;
const GATES = ${CELLS[cell].gates}u;
const BLOCKS = ${CELL_LAYOUTS[cell].blocks}u;
${step.functions}
${tile.kind === 'shared' ? sharedBody(step) : plainBody(step, lanes, tile.rows, tile.columns)}`;
  return { label: `${label} ${tile.kind}`, code, access: step.bindings.map(([, access]) => access) };
}

function plainBody(step: CellStep, lanes: Lanes, rows: number, columns: number): string {
  const positions = range(rows).flatMap((r) => range(columns).map((c) => [r, c] as const));
  const accumulators = range(step.accumulators).flatMap((s) => positions.map(([r, c]) => [r, c, s] as const));
  const cell = (r: number, c: number, s: number) => `s${r}_${c}_${s}`;
  const valueOf = (r: number, lane: number) => (lanes === 4 ? `V(x${r}[${lane}])` : `x${r}`);
  const weights = range(lanes).flatMap((lane) =>
    range(columns).flatMap((c) =>
      range(step.accumulators).map(
        (s) => `let w${lane}_${c}_${s} = ${step.weight(lanes === 4 ? `q * 4u + ${lane}u` : 'q', `unit${c}`, s)};`,
      ),
    ),
  );
  // As in the product: one expression a sum and vector of k, since a variable is memory on a software adapter.
  const additions = accumulators.map(([r, c, s]) => {
    const chain = range(lanes).reduce(
      (sum, lane) => `fma(${valueOf(r, lane)}, w${lane}_${c}_${s}, ${sum})`,
      cell(r, c, s),
    );
    return `${cell(r, c, s)} = ${chain};`;
  });
  return `
@compute @workgroup_size(${PLAIN_WORKGROUP})
fn main(@builtin(global_invocation_id) id: vec3u) {
  let layer = id.z; let batch = u[0].x; let steps = u[0].y;
  let t = u[1][layer];
  if (t == ${NO_STEP}u) { return; }
  let s = layer * steps + t;
  let left = id.x * ${columns}u;
  let top = id.y * ${rows}u;
  if (left >= WIDTH || top >= batch) { return; }
  // Rows and units past the end repeat the last one, and are not written.
  ${range(rows)
    .map((r) => `let row${r} = min(top + ${r}u, batch - 1u);`)
    .join(' ')}
  ${range(columns)
    .map((c) => `let unit${c} = min(left + ${c}u, WIDTH - 1u);`)
    .join(' ')}
  ${accumulators.map(([r, c, s]) => `var ${cell(r, c, s)} = ${step.start(`row${r}`, `unit${c}`, s)};`).join('\n  ')}
  if (${step.condition}) {
    ${range(rows)
      .map((r) => `let from${r} = ${step.from(`row${r}`)};`)
      .join('\n    ')}
    for (var q = 0u; q < ${step.count}; q++) {
      ${range(rows)
        .map((r) => `let x${r} = ${step.source}[from${r} + q];`)
        .join('\n      ')}
      ${weights.join('\n      ')}
      ${additions.join('\n      ')}
    }
  }
  ${positions
    .map(([r, c]) => {
      const own = range(step.accumulators).map((s) => cell(r, c, s));
      return `if (top + ${r}u < batch && left + ${c}u < WIDTH) {
        ${step.finish(`row${r}`, `unit${c}`, own)}
      }`;
    })
    .join('\n  ')}
}`;
}

function sharedBody(step: CellStep): string {
  return `
var<workgroup> shares: array<array<array<f32, ${UNITS}>, ${PARTS}>, ${PARTS}>;

@compute @workgroup_size(${UNITS}, ${PARTS})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_id) local: vec3u) {
  let layer = group.z; let batch = u[0].x; let steps = u[0].y;
  let t = u[1][layer];
  if (t == ${NO_STEP}u) { return; }
  let s = layer * steps + t;
  let unit = group.x * ${UNITS}u + local.x;
  let top = group.y * ${PARTS}u;
  // Units past the end repeat the last one, and are not written; every invocation meets every barrier.
  let safe = min(unit, WIDTH - 1u);
  let count = ${step.count};
  let share = (count + ${PARTS - 1}u) / ${PARTS}u;
  let first = min(count, local.y * share);
  let last = select(first, min(count, first + share), ${step.condition});
  ${range(PARTS)
    .map((r) => `let row${r} = min(top + ${r}u, batch - 1u);`)
    .join(' ')}
  ${range(PARTS)
    .map((r) =>
      range(step.accumulators)
        .map((s) => `var s${r}_${s} = 0.0;`)
        .join(' '),
    )
    .join('\n  ')}
  for (var k = first; k < last; k++) {
    ${range(step.accumulators)
      .map((s) => `let w${s} = ${step.weight('k', 'safe', s)};`)
      .join('\n    ')}
    ${range(PARTS)
      .map((r) => {
        const additions = range(step.accumulators).map((s) => `s${r}_${s} = fma(x, w${s}, s${r}_${s});`);
        return `{ let x = ${step.source}[${step.from(`row${r}`)} + k]; ${additions.join(' ')} }`;
      })
      .join('\n    ')}
  }
  let row = min(top + local.y, batch - 1u);
  ${range(step.accumulators)
    .map(
      (s) => `var sum${s} = ${step.start('row', 'safe', s)};
  ${s > 0 ? 'workgroupBarrier();' : ''}
  ${range(PARTS)
    .map((r) => `shares[local.y][${r}][local.x] = s${r}_${s};`)
    .join(' ')}
  workgroupBarrier();
  for (var part = 0u; part < ${PARTS}u; part++) { sum${s} += shares[part][local.y][local.x]; }`,
    )
    .join('\n  ')}
  if (top + local.y < batch && unit < WIDTH) {
    ${step.finish(
      'row',
      'safe',
      range(step.accumulators).map((s) => `sum${s}`),
    )}
  }
}`;
}
