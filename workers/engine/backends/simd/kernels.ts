/** What the WebAssembly program offers (assembly/index.ts), and how a thread instantiates it. Places are byte addresses, sizes are in values. */

/** Cells and activations of a recurrent layer, as assembly/recurrent.ts numbers them. */
export const CELL_OPCODES = { tanh: 0, relu: 1, lstm: 2 } as const;
/** What a product is added to, as assembly/product.ts numbers it. */
export const START = { zero: 0, present: 1, bias: 2 } as const;
/** As assembly/elementwise.ts numbers them. */
export const OPERATIONS = { add: 0, subtract: 1, multiply: 2 } as const;
export const CURVES = { exponential: 0, logarithm: 1, sigmoid: 2, tanh: 3, toFloat: 4, toInteger: 5 } as const;

/** Commands: each goes into the queue, behind those before it. What they compute is said in assembly/. */
export interface Commands {
  pack(from: number, lead: number, transposed: number, k: number, n: number, to: number): void;
  product(
    a: number,
    lead: number,
    turned: number,
    packed: number,
    m: number,
    n: number,
    k: number,
    c: number,
    leadC: number,
    start: number,
    bias: number,
  ): void;
  recurrentForward(
    cell: number,
    steps: number,
    rows: number,
    hidden: number,
    packed: number,
    sums: number,
    states: number,
    cells: number,
    goesOn: number,
  ): void;
  recurrentBackward(
    cell: number,
    steps: number,
    rows: number,
    hidden: number,
    packed: number,
    sums: number,
    states: number,
    cells: number,
    gradient: number,
    carry: number,
  ): void;
  lookUp(table: number, ids: number, to: number, positions: number, width: number): void;
  sumByToken(gradient: number, ids: number, to: number, positions: number, tokens: number, width: number): void;
  dropout(
    x: number,
    inside: number,
    outside: number,
    to: number,
    count: number,
    key: number,
    threshold: number,
    kept: number,
    together: number,
    stride: number,
    first: number,
  ): void;
  scores(
    logits: number,
    targets: number,
    losses: number,
    ranks: number,
    rows: number,
    tokens: number,
    lead: number,
    scale: number,
  ): void;
  meanLoss(losses: number, targets: number, to: number, count: number, scale: number): void;
  columnSums(from: number, rows: number, columns: number, lead: number, to: number, adds: number): void;
  squares(from: number, count: number, to: number): void;
  norm(from: number, count: number, to: number): void;
  adam(
    gradient: number,
    norm: number,
    first: number,
    second: number,
    variable: number,
    count: number,
    rate: number,
    correction: number,
    clip: number,
    beta1: number,
    beta2: number,
    rest1: number,
    rest2: number,
    epsilon: number,
  ): void;
  elementwise(
    operation: number,
    a: number,
    b: number,
    to: number,
    count: number,
    periodA: number,
    periodB: number,
  ): void;
  curve(curve: number, x: number, to: number, count: number): void;
  copy(from: number, to: number, bytes: number): void;
  fill(to: number, count: number, value: number): void;
  sumAll(from: number, count: number, to: number): void;
  swapAxes(from: number, to: number, outer: number, inner: number, width: number): void;
}

export interface Kernels extends Commands {
  /** Bytes of a packed operand of `k` rows and `n` columns. */
  packedBytes(k: number, n: number): number;
  /** Partial sums, in float64, that the squares of `count` values take. */
  partialsOf(count: number): number;
  /** Where tensors begin. */
  heapStart(threads: number): number;
  /** Called once by the thread that directs, with the number of those that compute. */
  direct(threads: number): void;
  /** Computes commands, and never comes back. */
  work(thread: number, threads: number): void;
  /** Without threads: computes the next piece; 0 where there is none, or they are held. */
  advance(): number;
  /** Puts a mark into the queue. @returns its number */
  fence(): number;
  /** Number of the last command in the queue. */
  written(): number;
  /** Number of the last command computed, and where it lies in the memory, in bytes. */
  done(): number;
  doneAddress(): number;
  hold(): void;
  abandon(): void;
  go(): void;
  /** Operations put into the queue so far, and of these computed. */
  given(): number;
  progress(): number;
}

/** A thread's own instance, over the memory of all. */
export function instantiate(module: WebAssembly.Module, memory: WebAssembly.Memory): Kernels {
  return new WebAssembly.Instance(module, { env: { memory } }).exports as unknown as Kernels;
}
