/**
 * Dropout on WebGPU: each invocation draws the bits of its values (src/core/random/dropout.ts) and scales them. The backward
 * pass draws them again, so that nothing is kept between the two but the key. A value's draw depends on its position in the
 * whole batch: (t x rows of the batch + row) x width + unit.
 */
import * as tf from '@tensorflow/tfjs-core';
import { dropoutKey, dropoutThreshold } from '#core/random/dropout.ts';
import { elementwiseDispatch, elementwiseProgram, forLanes } from '../../backends/webgpu/elementwise.ts';
import { floatBits, vectorType, type Lanes } from '../../backends/webgpu/grid.ts';
import { GpuRuntime, type Dispatch, type Program } from '../../backends/webgpu/runtime.ts';
import type { DropoutKey } from '../contract.ts';
import { registerLabKernel } from '../kernels.ts';

registerLabKernel('LabDropout', 'webgpu', ({ inputs: { x }, attrs: { rate, key } }) => {
  const [, batch, width] = x.shape;
  const runtime = GpuRuntime.current();
  const out = runtime.output(x.shape);
  const range = { count: tf.util.sizeFromShape(x.shape), fromX: 0, toY: 0 };
  runtime.run([masked(x, out, range, { rate, key, shape: [batch, width], start: 0 })]);
  return out;
});

/** Which values a mask drops. */
export interface Mask {
  readonly rate: number;
  readonly key: DropoutKey;
  /** Rows and width of a step; the mask is drawn over [steps, rows, width]. */
  readonly shape: readonly [rows: number, width: number];
  /** Where in it the first value lies. */
  readonly start: number;
}

/** A range of `count` values in each tensor. */
export interface MaskedRange {
  readonly count: number;
  readonly fromX: number;
  /** Where in x a second summand begins; null for none. */
  readonly alsoX?: number | null;
  readonly toY: number;
}

/** y = mask x (x + x's second summand). Without a mask it copies. */
export function masked(x: tf.TensorInfo, y: tf.TensorInfo, range: MaskedRange, mask?: Mask | null): Dispatch {
  return dispatchOf('x', x, y, range.count, range.fromX, range.toY, range.alsoX ?? null, mask ?? null);
}

/** y = mask x x + another part of y, or 0. */
export function maskedPlus(
  x: tf.TensorInfo,
  y: tf.TensorInfo,
  range: Omit<MaskedRange, 'alsoX'> & { readonly plusY: number | null },
  mask?: Mask | null,
): Dispatch {
  return dispatchOf('y', x, y, range.count, range.fromX, range.toY, range.plusY, mask ?? null);
}

/** @param summand whose values a second summand is taken from: inside the mask for x, beside it for y */
function dispatchOf(
  summand: Summand,
  x: tf.TensorInfo,
  y: tf.TensorInfo,
  count: number,
  fromX: number,
  toY: number,
  also: number | null,
  mask: Mask | null,
): Dispatch {
  const offsets = [count, fromX, toY, also ?? 0, mask?.start ?? 0, valuesTogether(mask)];
  const lanes = offsets.every((offset) => offset % 4 === 0) ? 4 : 1;
  const places = [mask?.start ?? 0, fromX / lanes, toY / lanes, also === null ? NO_SUMMAND : also / lanes];
  const uniforms = [...maskUniforms(mask, count), ...places];
  return elementwiseDispatch(PROGRAMS[summand][lanes], [x, y], count / lanes, uniforms, 4 * count);
}

/** Values that lie together in a step of these rows and in one of the whole batch, where that has more rows; 0 where it has not. */
export function valuesTogether(mask: Mask | null): number {
  if (!mask) return 0;
  const [rows, width] = mask.shape;
  return (mask.key.rows?.all ?? rows) === rows ? 0 : rows * width;
}

/** What `maskFactor` reads, from u[0].y to u[1].z. Without a mask every factor is 1. */
export function maskUniforms(
  mask: Mask | null,
  count: number,
): readonly [number, number, number, number, number, number] {
  const [rows, width] = mask?.shape ?? [1, count];
  const { first, all } = mask?.key.rows ?? { first: 0, all: rows };
  const { seed, step, layer } = mask?.key ?? { seed: 0, step: 0, layer: 0 };
  return [
    mask ? dropoutKey(seed, step, layer) : 0,
    dropoutThreshold(mask?.rate ?? 0),
    floatBits(1 / (1 - (mask?.rate ?? 0))),
    valuesTogether(mask),
    all * width,
    first * width,
  ];
}

/**
 * `maskFactor(at)`: of the values from index `at` on, 0 for one that is dropped, the scale for the others. A vector must not reach past
 * the values that lie together.
 */
export function maskFactor(lanes: Lanes): string {
  const [floats, bits] = [vectorType(lanes), vectorType(lanes, 'u32')];
  return `
// The integer hash of hash-prospector, mix in src/core/random/dropout.ts.
fn lowbias32(value: ${bits}) -> ${bits} {
  var h = value;
  h = (h ^ (h >> ${bits}(16))) * 0x7feb352du;
  h = (h ^ (h >> ${bits}(15))) * 0x846ca68bu;
  return h ^ (h >> ${bits}(16));
}

fn maskFactor(at: u32) -> ${floats} {
  let together = u[1].x; let stride = u[1].y; let first = u[1].z;
  var inBatch = at;
  if (together > 0u) { inBatch = inBatch / together * stride + first + inBatch % together; }
  let index = ${lanes === 4 ? 'inBatch + vec4u(0, 1, 2, 3)' : 'inBatch'};
  let drawn = lowbias32(lowbias32(index) ^ ${bits}(u[0].y));
  return select(${floats}(bitcast<f32>(u[0].w)), ${floats}(0), drawn < ${bits}(u[0].z));
}
`;
}

type Summand = 'x' | 'y';

const NO_SUMMAND = 0xffff_ffff;

const PROGRAMS: Readonly<Record<Summand, Readonly<Record<Lanes, Program>>>> = {
  x: forLanes((lanes) => programFor(lanes, 'x')),
  y: forLanes((lanes) => programFor(lanes, 'y')),
};

function programFor(lanes: Lanes, summand: Summand): Program {
  const floats = vectorType(lanes);
  const sum =
    summand === 'x'
      ? `var value = x[fromX + i];
    if (also != ${NO_SUMMAND}u) { value += x[also + i]; }
    y[toY + i] = value * factor;`
      : `var value = x[fromX + i] * factor;
    if (also != ${NO_SUMMAND}u) { value += y[also + i]; }
    y[toY + i] = value;`;
  return elementwiseProgram({
    label: `dropout ${summand} x${lanes}`,
    lists: [
      ['x', 'read', floats],
      ['y', 'write', floats],
    ],
    functions: maskFactor(lanes),
    before: `
  let start = u[1].w;
  let fromX = u[2].x; let toY = u[2].y; let also = u[2].z;`,
    each: `
    let factor = maskFactor(start + i * ${lanes}u);
    ${sum}`,
  });
}
