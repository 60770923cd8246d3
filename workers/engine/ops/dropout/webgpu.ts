/**
 * Dropout on WebGPU: each invocation draws the bits of its values (src/core/random/dropout.ts) and scales them. The backward
 * pass draws them again, so that nothing is kept between the two but the key.
 */
import * as tf from '@tensorflow/tfjs';
import { dropoutKey, dropoutThreshold } from '../../../../src/core/random/dropout.ts';
import {
  EACH,
  floatBits,
  GRID_PARAMETERS,
  GRID_WORKGROUP,
  gridFor,
  lanesFor,
  OPERATIONS_AN_ACCESS,
  placesOf,
  vectorType,
  type Lanes,
} from '../../webgpu/grid.ts';
import { GpuRuntime, UNIFORMS, type Program } from '../../webgpu/runtime.ts';
import type { DropoutKey } from '../contract.ts';

export function dropout(x: tf.Tensor3D, rate: number, { seed, step, layer }: DropoutKey): tf.Tensor3D {
  if (rate === 0) return x;
  const key = dropoutKey(seed, step, layer);
  const dropped = tf.customGrad((values) => {
    const gradFunc = (dy: tf.Tensor): tf.Tensor => masked(dy, rate, key);
    return { value: masked(values as tf.Tensor, rate, key), gradFunc };
  });
  return dropped(x) as tf.Tensor3D;
}

function masked(x: tf.Tensor, rate: number, key: number): tf.Tensor {
  const runtime = GpuRuntime.current();
  const out = runtime.output(x.shape);
  const lanes = lanesFor(x.size);
  const vectors = x.size / lanes;
  runtime.run([
    {
      program: PROGRAMS[lanes],
      tensors: [x, out],
      uniforms: [vectors, key, dropoutThreshold(rate), floatBits(1 / (1 - rate))],
      workgroups: gridFor(vectors, EACH),
      operations: 4 * OPERATIONS_AN_ACCESS * x.size,
    },
  ]);
  return tf.engine().makeTensorFromTensorInfo(out);
}

const PROGRAMS: Readonly<Record<Lanes, Program>> = { 1: programFor(1), 4: programFor(4) };

function programFor(lanes: Lanes): Program {
  const [floats, bits] = [vectorType(lanes), vectorType(lanes, 'u32')];
  return {
    label: `dropout x${lanes}`,
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
  for (var k = 0u; k < ${EACH}u; k++) {
    let i = place(group, local, k);
    if (i >= vectors) { return; }
    let index = ${lanes === 4 ? 'i * 4u + vec4u(0, 1, 2, 3)' : 'i'};
    let bits = lowbias32(lowbias32(index) ^ ${bits}(key));
    y[i] = x[i] * select(${floats}(kept), ${floats}(0), bits < ${bits}(threshold));
  }
}`,
  };
}
