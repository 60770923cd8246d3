/** Programs that do the same to each element of some lists, an element being one value or a vector of four. */
import type * as tf from '@tensorflow/tfjs-core';
import {
  EACH,
  elementIndexFunction,
  GRID_PARAMETERS,
  GRID_WORKGROUP,
  gridFor,
  OPERATIONS_AN_ACCESS,
  type Lanes,
} from './grid.ts';
import { UNIFORMS, type Access, type Dispatch, type Program } from './runtime.ts';

interface Elementwise {
  readonly label: string;
  /** A list a binding, in the order of a dispatch's tensors: its name, what is done with it, and the WGSL type of its elements. */
  readonly lists: readonly (readonly [name: string, access: Access, type: string])[];
  /** WGSL functions that the statements call. */
  readonly functions?: string;
  /** Statements before the first element, such as those that read uniforms. The first uniform, `u[0].x`, is the count of elements. */
  readonly before?: string;
  /** Statements for element `i`. */
  readonly each: string;
}

export function elementwiseProgram({ label, lists, functions = '', before = '', each }: Elementwise): Program {
  const bindings = lists.map(
    ([name, access, type], binding) =>
      `@group(0) @binding(${binding}) var<storage, ${access === 'read' ? 'read' : 'read_write'}> ${name}: array<${type}>;`,
  );
  return {
    label,
    access: lists.map(([, access]) => access),
    code: `${UNIFORMS}${elementIndexFunction(EACH)}
${bindings.join('\n')}
${functions}
@compute @workgroup_size(${GRID_WORKGROUP})
fn main(${GRID_PARAMETERS}) {
${before}
  for (var k = 0u; k < ${EACH}u; k++) {
    let i = elementIndex(group, local, k);
    if (i >= u[0].x) { return; }
${each}
  }
}`,
  };
}

/**
 * Runs an elementwise program.
 * @param count elements
 * @param uniforms those after the count
 * @param accesses how often a single value is read or written
 */
export function elementwiseDispatch(
  program: Program,
  tensors: readonly tf.TensorInfo[],
  count: number,
  uniforms: readonly number[],
  accesses: number,
): Dispatch {
  return {
    program,
    tensors,
    uniforms: [count, ...uniforms],
    workgroups: gridFor(count, EACH),
    operations: OPERATIONS_AN_ACCESS * accesses,
  };
}

/** A program for single values and one for vectors of four. */
export function forLanes(programFor: (lanes: Lanes) => Program): Readonly<Record<Lanes, Program>> {
  return { 1: programFor(1), 4: programFor(4) };
}
