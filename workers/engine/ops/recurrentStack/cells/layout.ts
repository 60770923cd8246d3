/** How the kernels of all devices lay a cell's gates out: beside the states, blocks of `hidden` values a position, one after another. */
import type { Cell } from '#core/models/registry.ts';

export interface CellLayout {
  /** Blocks a position. */
  readonly blocks: number;
  /**
   * The place of the gates' input product, block by block; the recurrent product, and its gradient, are in the first blocks, gate by gate.
   */
  readonly inputs: readonly InputSpan[];
  /** What the blocks hold after the forward pass, for people, and whether it stays within ±1; none where they are not kept. */
  readonly names: readonly { readonly name: string; readonly bounded: boolean }[];
  /**
   * Whether they are kept for the gradient; otherwise the input product is where the states will be, and the gradient has its own blocks.
   */
  readonly keepsBlocks: boolean;
  /** Whether the gradient carries [rows, hidden] values from step to step beside what the recurrent product does: of a cell, or of a state. */
  readonly carries: boolean;
}

/** Gates side by side in the weights, and in as many blocks. */
export interface InputSpan {
  readonly gate: number;
  readonly gates: number;
  readonly block: number;
}

export const CELL_LAYOUTS: Readonly<Record<Cell, CellLayout>> = {
  rnn: { blocks: 1, names: [], inputs: [{ gate: 0, gates: 1, block: 0 }], keepsBlocks: false, carries: false },
  // then their gradients in place
  lstm: {
    blocks: 4,
    names: ['input', 'forget', 'candidate', 'output'].map((name) => ({ name, bounded: true })),
    inputs: [{ gate: 0, gates: 4, block: 0 }],
    keepsBlocks: true,
    carries: true,
  },
  // the candidate's two products apart, since the reset gate is applied to one of them
  gru: {
    blocks: 4,
    names: [
      { name: 'reset', bounded: true },
      { name: 'update', bounded: true },
      { name: 'recurrent', bounded: false },
      { name: 'candidate', bounded: true },
    ],
    inputs: [
      { gate: 0, gates: 2, block: 0 },
      { gate: 2, gates: 1, block: 3 },
    ],
    keepsBlocks: true,
    carries: true,
  },
};
