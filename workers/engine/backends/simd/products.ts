/** Matrix products as commands: the right operand packed, once for as many products as use it, then the product (assembly/product.ts). */
import { CELLS, type Activation, type Cell } from '#core/models/registry.ts';
import { CELL_OPCODES, START } from './kernels.ts';
import type { SimdRuntime } from './runtime.ts';
import { VALUE_BYTES, type Take } from './workspace.ts';

/** Columns of a panel of a packed operand, as in assembly/product.ts. */
const PANEL = 8;

/** Columns of a packed operand: with those that fill its last panel. */
export function packedColumns(columns: number): number {
  return Math.ceil(columns / PANEL) * PANEL;
}

export interface RightOperand {
  /** [k, n] or, transposed, [n, k]; rows `lead` values apart. */
  readonly from: number;
  readonly lead: number;
  readonly transposed?: boolean;
  readonly k: number;
  readonly n: number;
}

/** @returns the place of the packed operand */
export function pack({ kernels }: SimdRuntime, take: Take, operand: RightOperand): number {
  const { from, lead, transposed = false, k, n } = operand;
  const to = take(kernels.packedBytes(k, n));
  kernels.pack(from, lead, Number(transposed), k, n, to);
  return to;
}

/** c = start + a x b. */
export interface Product {
  /** [m, k] or, turned, [k, m]; rows `lead` values apart. */
  readonly a: number;
  readonly lead: number;
  readonly turned?: boolean;
  /** [k, n] packed. */
  readonly packed: number;
  readonly m: number;
  readonly n: number;
  readonly k: number;
  /** [m, n], rows `leadC` values apart; n where not given. */
  readonly c: number;
  readonly leadC?: number;
  /** What it is added to, zero where not given: what is there, or [n] values at a place. */
  readonly start?: 'zero' | 'present' | { readonly bias: number };
}

export function multiply({ kernels }: SimdRuntime, product: Product): void {
  const { a, lead, turned = false, packed, m, n, k, c, leadC = n, start = 'zero' } = product;
  const bias = typeof start === 'object' ? start.bias : 0;
  const kind = typeof start === 'object' ? START.bias : START[start];
  kernels.product(a, lead, Number(turned), packed, m, n, k, c, leadC, kind, bias);
}

/** A recurrent weight [gates x hidden, hidden] as the steps of a layer read it: gate by gate, so that no panel holds units of two. */
export function packRecurrent({ kernels }: SimdRuntime, take: Take, from: number, cell: Cell, hidden: number): number {
  const gates = CELLS[cell].gates;
  const bytes = kernels.packedBytes(hidden, hidden);
  const to = take(gates * bytes);
  for (let gate = 0; gate < gates; gate++) {
    kernels.pack(from + gate * hidden * hidden * VALUE_BYTES, hidden, 1, hidden, hidden, to + gate * bytes);
  }
  return to;
}

/** What the steps of a layer are told of its cell. @param activation of an RNN */
export function opcodeOf(cell: Cell, activation: Activation): number {
  const opcodes: Readonly<Record<Cell, number>> = { rnn: CELL_OPCODES[activation], lstm: CELL_OPCODES.lstm };
  return opcodes[cell];
}
