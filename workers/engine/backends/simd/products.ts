/** Matrix products as commands: the right operand packed, once for as many products as use it, then the product (assembly/product.ts). */
import { CELLS, type Activation, type Cell } from '#core/models/registry.ts';
import { Cell as CellOpcode, Start } from './kernelCalls.ts';
import type { SimdRuntime } from './runtime.ts';
import { VALUE_BYTES, type Alloc } from './workspace.ts';

/** Columns of a panel of a packed operand, as in assembly/product.ts. */
const PANEL = 8;

/** Columns of a packed operand: with those that fill its last panel. */
export function packedColumns(columns: number): number {
  return Math.ceil(columns / PANEL) * PANEL;
}

export interface RightOperand {
  /** [k, n] or, with `transB`, [n, k]; rows `ldb` values apart. */
  readonly b: number;
  readonly ldb: number;
  readonly transB?: boolean;
  readonly k: number;
  readonly n: number;
}

/** @returns the place of the packed operand */
export function pack({ kernels }: SimdRuntime, alloc: Alloc, operand: RightOperand): number {
  const { b, ldb, transB = false, k, n } = operand;
  const to = alloc(kernels.packedBytes(k, n));
  kernels.pack({ b, ldb, transB: Number(transB), k, n, to });
  return to;
}

/** c = start + a x b. */
export interface Product {
  /** [m, k] or, with `transA`, [k, m]; rows `lda` values apart. */
  readonly a: number;
  readonly lda: number;
  readonly transA?: boolean;
  /** [k, n] packed. */
  readonly packed: number;
  readonly m: number;
  readonly n: number;
  readonly k: number;
  /** [m, n], rows `ldc` values apart; n where not given. */
  readonly c: number;
  readonly ldc?: number;
  /** What it is added to, zero where not given: what is there, or [n] values at a place. */
  readonly start?: 'zero' | 'present' | { readonly bias: number };
}

const STARTS = { zero: Start.Zero, present: Start.Present } as const;

export function multiply({ kernels }: SimdRuntime, product: Product): void {
  const { a, lda, transA = false, packed, m, n, k, c, ldc = n, start = 'zero' } = product;
  const bias = typeof start === 'object' ? start.bias : 0;
  const from = typeof start === 'object' ? Start.Bias : STARTS[start];
  kernels.product({ a, lda, transA: Number(transA), packed, m, n, k, c, ldc, start: from, bias });
}

/** A recurrent weight [gates x hidden, hidden] as the steps of a layer read it: gate by gate, so that no panel holds units of two. */
export function packRecurrent(
  { kernels }: SimdRuntime,
  alloc: Alloc,
  from: number,
  cell: Cell,
  hidden: number,
): number {
  const gates = CELLS[cell].gates;
  const bytes = kernels.packedBytes(hidden, hidden);
  const to = alloc(gates * bytes);
  for (let gate = 0; gate < gates; gate++) {
    kernels.pack({
      b: from + gate * hidden * hidden * VALUE_BYTES,
      ldb: hidden,
      transB: 1,
      k: hidden,
      n: hidden,
      to: to + gate * bytes,
    });
  }
  return to;
}

/** The parameters of a layer's steps for its cell. @param activation of an RNN */
export function opcodeOf(cell: Cell, activation: Activation): CellOpcode {
  const ofActivation = { tanh: CellOpcode.Tanh, relu: CellOpcode.Relu } satisfies Record<Activation, CellOpcode>;
  const opcodes: Readonly<Record<Cell, CellOpcode>> = {
    rnn: ofActivation[activation],
    lstm: CellOpcode.Lstm,
    gru: CellOpcode.Gru,
  };
  return opcodes[cell];
}
