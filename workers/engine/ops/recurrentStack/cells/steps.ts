/** What a cell computes of a time step in WGSL, for the programs of ../programs.ts. */
import type { Activation } from '#core/models/registry.ts';
import type { Access } from '../../../backends/webgpu/runtime.ts';

/** Tensors of all layers that a step can read and write. */
export type StepTensor = 'dy' | 'recurrent' | 'hidden' | 'gates' | 'cells' | 'dz' | 'carried';

export interface CellPrograms {
  readonly forward: (activation: Activation) => CellStep;
  readonly backward: (activation: Activation) => CellStep;
}

/**
 * What a step computes, apart from how its sum is shared out. In its code, of type V or u32: `layer`, `t` (the step), `s` (the layer's
 * step among those of all layers), `batch`, `steps`; WIDTH (vectors of a state), HIDDEN (values of it), GATES and BLOCKS of the cell.
 */
export interface CellStep {
  readonly bindings: readonly (readonly [name: StepTensor, access: Access])[];
  /** Accumulators of an invocation for each row and unit: one a gate forward, one backward. */
  readonly accumulators: number;
  /** The products belong to the sum where this holds. */
  readonly condition: string;
  /** Vectors summed over. */
  readonly count: string;
  /** What a sum starts from. @param row, unit names of variables */
  readonly start: (row: string, unit: string, sum: number) => string;
  /** The index of the first vector that a row's sum reads in `source`. */
  readonly source: string;
  readonly from: (row: string) => string;
  /** The vector of weights for the scalar k of the sum. */
  readonly weight: (k: string, unit: string, sum: number) => string;
  /** Statements that write the results of one row and unit. */
  readonly finish: (row: string, unit: string, results: readonly string[]) => string;
  readonly functions: string;
}

/** The parts of a step that follow from where its tensors lie: `hidden`, and `recurrent` [layers, hidden, gates x hidden] (transposed). */
export const FORWARD = {
  condition: 't > 0u',
  count: 'WIDTH',
  source: 'hidden',
  from: (row: string) => `((s - 1u) * batch + ${row}) * WIDTH`,
  weight: (k: string, unit: string, gate: number) =>
    `recurrent[((layer * HIDDEN + ${k}) * GATES + ${gate}u) * WIDTH + ${unit}]`,
} as const satisfies Partial<CellStep>;

/** The same: `dy`, `recurrent` [layers, gates x hidden, hidden], and the first blocks of what `source` names, [..., blocks x hidden]. */
export const BACKWARD = {
  accumulators: 1,
  condition: 't + 1u < steps',
  count: 'GATES * WIDTH',
  start: (row: string, unit: string) => `dy[(s * batch + ${row}) * WIDTH + ${unit}]`,
  from: (row: string) => `((s + 1u) * batch + ${row}) * BLOCKS * WIDTH`,
  weight: (k: string, unit: string) => `recurrent[(layer * GATES * HIDDEN + ${k}) * WIDTH + ${unit}]`,
  functions: '',
} as const satisfies Partial<CellStep>;

export const SIGMOID = 'fn sigmoid(x: V) -> V { return 1.0 / (1.0 + exp(-x)); }';
