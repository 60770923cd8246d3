/**
 * Dropout on WebGPU: each invocation draws the bits of its values (src/core/random/dropout.ts) and scales them. The backward
 * pass draws them again, so that nothing is kept between the two but the key. A value is drawn for by its place in the
 * whole batch: (t x rows of the batch + row) x width + unit.
 */
import * as tf from '@tensorflow/tfjs-core';
import { dropoutKey, dropoutThreshold } from '#core/random/dropout.ts';
import {
  EACH,
  floatBits,
  GRID_PARAMETERS,
  GRID_WORKGROUP,
  gridFor,
  OPERATIONS_AN_ACCESS,
  placesOf,
  vectorType,
  type Lanes,
} from '../../backends/webgpu/grid.ts';
import { GpuRuntime, UNIFORMS, type Dispatch, type Program } from '../../backends/webgpu/runtime.ts';
import type { DropoutKey } from '../contract.ts';
import { registerLabKernel } from '../kernels.ts';

registerLabKernel('LabDropout', 'webgpu', ({ inputs: { x }, attrs: { rate, key } }) => {
  const [, batch, width] = x.shape;
  const runtime = GpuRuntime.current();
  const out = runtime.output(x.shape);
  const places = { count: tf.util.sizeFromShape(x.shape), fromX: 0, toY: 0 };
  runtime.run([masked(x, out, places, { rate, key, shape: [batch, width], start: 0 })]);
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

/** Values by their places; `count` of them. */
export interface MaskedPlaces {
  readonly count: number;
  readonly fromX: number;
  /** Where in x a second summand begins; null for none. */
  readonly alsoX?: number | null;
  readonly toY: number;
}

/** y = mask x (x + x's second summand). Without a mask it copies. */
export function masked(x: tf.TensorInfo, y: tf.TensorInfo, places: MaskedPlaces, mask?: Mask | null): Dispatch {
  return dispatchOf('x', x, y, places.count, places.fromX, places.toY, places.alsoX ?? null, mask ?? null);
}

/** y = mask x x + another part of y, or 0. */
export function maskedPlus(
  x: tf.TensorInfo,
  y: tf.TensorInfo,
  places: Omit<MaskedPlaces, 'alsoX'> & { readonly plusY: number | null },
  mask?: Mask | null,
): Dispatch {
  return dispatchOf('y', x, y, places.count, places.fromX, places.toY, places.plusY, mask ?? null);
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
  const [rows, width] = mask?.shape ?? [1, count];
  const { first, all } = mask?.key.rows ?? { first: 0, all: rows };
  // Values that lie together here and in the whole batch; a vector of 4 must not reach past them.
  const step = rows * width;
  const together = all === rows ? 0 : step;
  const lanes = [count, fromX, toY, also ?? 0, mask?.start ?? 0, together].every((place) => place % 4 === 0) ? 4 : 1;
  const { seed, step: training, layer } = mask?.key ?? { seed: 0, step: 0, layer: 0 };
  return {
    program: PROGRAMS[summand][lanes],
    tensors: [x, y],
    uniforms: [
      count / lanes,
      mask ? dropoutKey(seed, training, layer) : 0,
      dropoutThreshold(mask?.rate ?? 0),
      floatBits(1 / (1 - (mask?.rate ?? 0))),
      together,
      all * width,
      first * width,
      mask?.start ?? 0,
      fromX / lanes,
      toY / lanes,
      also === null ? NO_SUMMAND : also / lanes,
    ],
    workgroups: gridFor(count / lanes, EACH),
    operations: 4 * OPERATIONS_AN_ACCESS * count,
  };
}

type Summand = 'x' | 'y';

const NO_SUMMAND = 0xffff_ffff;

const PROGRAMS: Readonly<Record<Summand, Readonly<Record<Lanes, Program>>>> = {
  x: { 1: programFor(1, 'x'), 4: programFor(4, 'x') },
  y: { 1: programFor(1, 'y'), 4: programFor(4, 'y') },
};

function programFor(lanes: Lanes, summand: Summand): Program {
  const [floats, bits] = [vectorType(lanes), vectorType(lanes, 'u32')];
  const sum =
    summand === 'x'
      ? `var value = x[fromX + i];
    if (also != ${NO_SUMMAND}u) { value += x[also + i]; }
    y[toY + i] = value * factor;`
      : `var value = x[fromX + i] * factor;
    if (also != ${NO_SUMMAND}u) { value += y[also + i]; }
    y[toY + i] = value;`;
  return {
    label: `dropout ${summand} x${lanes}`,
    access: ['read', 'write'],
    code: `${UNIFORMS}${placesOf(EACH)}
@group(0) @binding(0) var<storage, read> x: array<${floats}>;
@group(0) @binding(1) var<storage, read_write> y: array<${floats}>;

// The integer hash of hash-prospector, mix in src/core/random/dropout.ts.
fn lowbias32(value: ${bits}) -> ${bits} {
  var h = value;
  h = (h ^ (h >> ${bits}(16))) * 0x7feb352du;
  h = (h ^ (h >> ${bits}(15))) * 0x846ca68bu;
  return h ^ (h >> ${bits}(16));
}

@compute @workgroup_size(${GRID_WORKGROUP})
fn main(${GRID_PARAMETERS}) {
  let vectors = u[0].x; let key = u[0].y; let threshold = u[0].z; let kept = bitcast<f32>(u[0].w);
  let together = u[1].x; let stride = u[1].y; let first = u[1].z; let start = u[1].w;
  let fromX = u[2].x; let toY = u[2].y; let also = u[2].z;
  for (var k = 0u; k < ${EACH}u; k++) {
    let i = place(group, local, k);
    if (i >= vectors) { return; }
    var inBatch = start + i * ${lanes}u;
    if (together > 0u) { inBatch = inBatch / together * stride + first + inBatch % together; }
    let index = ${lanes === 4 ? 'inBatch + vec4u(0, 1, 2, 3)' : 'inBatch'};
    let drawn = lowbias32(lowbias32(index) ^ ${bits}(key));
    let factor = select(${floats}(kept), ${floats}(0), drawn < ${bits}(threshold));
    ${sum}
  }
}`,
  };
}
