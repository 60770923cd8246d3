/**
 * What programs over a list of values share: a grid of workgroups for any count, vectors where the length allows,
 * floating-point uniforms, and a sum over one workgroup.
 */

/** Invocations of a workgroup. */
export const GRID_WORKGROUP = 64;

/** Workgroups in a row of the grid: what every device grants in one dimension is 65,535. */
const GRID_ROW = 32_768;

/**
 * Vectors an invocation of a plain elementwise program. On a software adapter a workgroup costs as much as its memory
 * accesses where each does little (8 take 0.7 of the time of 1); a GPU has workgroups enough either way.
 */
export const EACH = 8;

/** Parameters of the entry of a program with `elementIndex`. */
export const GRID_PARAMETERS = '@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) local: u32';

/**
 * `elementIndex(group, local, k)`: the k-th of the `each` elements of an invocation, neighbours side by side. Programs check it
 * against their count, since the grid covers more.
 */
export function elementIndexFunction(each: number): string {
  return `
fn elementIndex(group: vec3u, local: u32, k: u32) -> u32 {
  return ((group.y * ${GRID_ROW}u + group.x) * ${each}u + k) * ${GRID_WORKGROUP}u + local;
}
`;
}

/** Workgroups for `count` elements, `each` an invocation. */
export function gridFor(count: number, each: number): readonly [number, number] {
  const groups = Math.max(1, Math.ceil(count / (GRID_WORKGROUP * each)));
  return [Math.min(groups, GRID_ROW), Math.ceil(groups / GRID_ROW)];
}

/**
 * Operations as which one access to a value in memory counts (see `Dispatch.operations`): elementwise programs spend their
 * time there, whatever they compute: two to four nanoseconds an access on a software adapter.
 */
export const OPERATIONS_AN_ACCESS = 8;

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
 * call it, again only after a `workgroupBarrier`. @param size invocations, a power of two
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

/** 0 to `count` - 1: what a program repeats for each row, column or lane. */
export function range(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index);
}
