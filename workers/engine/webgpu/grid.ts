/**
 * What programs share that treat a list of values one invocation each: a grid of workgroups for any count, vectors where
 * the length allows, floating-point uniforms, and a sum over one workgroup.
 */

/** Invocations of a workgroup of `INVOCATION`. */
export const GRID_WORKGROUP = 64;

/** Workgroups in a row of the grid: what every device grants in one dimension is 65,535. */
const GRID_ROW = 32_768;

/**
 * Entry parameters `group` and `local` as below and `invocation(group, local)`, the flat index of an invocation; programs
 * check it against their count, since the grid's last row may be longer.
 */
export const INVOCATION = `
fn invocation(group: vec3u, local: u32) -> u32 {
  return (group.y * ${GRID_ROW}u + group.x) * ${GRID_WORKGROUP}u + local;
}
`;

export const INVOCATION_PARAMETERS = '@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) local: u32';

/** Workgroups for `count` invocations. */
export function gridFor(count: number): readonly [number, number] {
  const groups = Math.max(1, Math.ceil(count / GRID_WORKGROUP));
  return [Math.min(groups, GRID_ROW), Math.ceil(groups / GRID_ROW)];
}

/** Values that one access can take together. */
export type Lanes = 1 | 4;

/** 4 where rows of this length can be read as vectors, else 1. */
export function lanesFor(length: number): Lanes {
  return length % 4 === 0 ? 4 : 1;
}

/** The WGSL type of `lanes` values of a scalar type. */
export function vectorType(lanes: Lanes, scalar: 'f32' | 'u32' = 'f32'): string {
  return lanes === 4 ? `vec4<${scalar}>` : scalar;
}

/** The bits of a number rounded to 32 bits: `bitcast<f32>(...)` gives it back in a program. */
export function floatBits(value: number): number {
  const bits = new DataView(new ArrayBuffer(4));
  bits.setFloat32(0, value);
  return bits.getUint32(0);
}

/**
 * `sumOfWorkgroup(value, local)`: the sum of every invocation's value, in a fixed order, in the invocation 0; all must
 * call it, once. @param size invocations, a power of two
 */
export function sumOfWorkgroup(size: number): string {
  return `
var<workgroup> sums: array<f32, ${size}>;

fn sumOfWorkgroup(value: f32, local: u32) -> f32 {
  sums[local] = value;
  for (var half = ${size / 2}u; half > 0u; half /= 2u) {
    workgroupBarrier();
    if (local < half) { sums[local] += sums[local + half]; }
  }
  return sums[local];
}
`;
}
