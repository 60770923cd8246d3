/** Written by `npm run kernels` from assembly/, which says what each computes; kernelCalls.test.ts of cli/build compares the two. */

export const Start = { Zero: 0, Present: 1, Bias: 2 } as const;
export type Start = (typeof Start)[keyof typeof Start];

export const Cell = { Tanh: 0, Relu: 1, Lstm: 2, Gru: 3 } as const;
export type Cell = (typeof Cell)[keyof typeof Cell];

export const BinaryOp = { Add: 0, Subtract: 1, Multiply: 2 } as const;
export type BinaryOp = (typeof BinaryOp)[keyof typeof BinaryOp];

export const UnaryOp = { Exponential: 0, Logarithm: 1, Sigmoid: 2, Tanh: 3, ToFloat: 4, ToInteger: 5 } as const;
export type UnaryOp = (typeof UnaryOp)[keyof typeof UnaryOp];

/** Commands by position, as the program exports them. */
export interface ExportedCommands {
  pack(b: number, ldb: number, transB: number, k: number, n: number, to: number): void;
  product(
    a: number,
    lda: number,
    transA: number,
    packed: number,
    m: number,
    n: number,
    k: number,
    c: number,
    ldc: number,
    start: Start,
    bias: number,
  ): void;
  recurrentBackward(
    cell: Cell,
    steps: number,
    rows: number,
    hidden: number,
    packed: number,
    preActivations: number,
    states: number,
    cells: number,
    gradient: number,
    carry: number,
  ): void;
  recurrentForward(
    cell: Cell,
    steps: number,
    rows: number,
    hidden: number,
    packed: number,
    preActivations: number,
    states: number,
    cells: number,
    hasInitialState: number,
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
  cacheMasses(
    likeness: number,
    ld: number,
    first: number,
    count: number,
    slots: number,
    rows: number,
    row: number,
    to: number,
    texts: number,
    theta: number,
  ): void;
  textLogits(
    logits: number,
    ld: number,
    tokens: number,
    first: number,
    count: number,
    ids: number,
    rows: number,
    texts: number,
    to: number,
    largest: number,
    kept: number,
  ): void;
  columnSums(from: number, rows: number, columns: number, ld: number, to: number, accumulate: number): void;
  meanLoss(losses: number, targets: number, to: number, count: number, scale: number): void;
  scores(
    logits: number,
    targets: number,
    losses: number,
    ranks: number,
    rows: number,
    tokens: number,
    ld: number,
    scale: number,
  ): void;
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
    shrink: number,
    beta1: number,
    beta2: number,
    rest1: number,
    rest2: number,
    epsilon: number,
  ): void;
  norm(from: number, count: number, to: number): void;
  squares(from: number, count: number, to: number): void;
  sgd(
    gradient: number,
    norm: number,
    first: number,
    variable: number,
    count: number,
    rate: number,
    momentum: number,
    clip: number,
  ): void;
  binary(op: BinaryOp, a: number, b: number, to: number, count: number, periodA: number, periodB: number): void;
  copy(from: number, to: number, bytes: number): void;
  fill(to: number, count: number, value: number): void;
  sumAll(from: number, count: number, to: number): void;
  swapAxes(from: number, to: number, outer: number, inner: number, width: number): void;
  unary(op: UnaryOp, x: number, to: number, count: number): void;
}

/** What else the program exports. */
export interface QueueCalls {
  /** Computes the next piece. */
  advance(): number;
  /** What is in the queue now is skipped, also while they are paused. */
  cancel(): void;
  /** Called once, by the directing thread. */
  direct(threads: number): void;
  /** Number of the last command computed. */
  done(): number;
  /** Where `done` lies, for a thread that waits for it. */
  doneAddress(): number;
  /** A command that computes nothing: the directing thread is woken when all before it are computed. */
  fence(): number;
  /** Operations of the commands written so far. */
  given(): number;
  /** Threads stop at the end of their phase, until `resume`. */
  pause(): void;
  /** Operations computed so far, to the last finished phase. */
  progress(): number;
  resume(): void;
  /** Computes commands; never returns. */
  work(thread: number, threads: number): void;
  /** Number of the last command in the queue. */
  written(): number;
  /** Where tensors begin. */
  heapStart(threads: number): number;
  /** Bytes of a packed operand of `k` rows and `n` columns. */
  packedBytes(k: number, n: number): number;
  /** Partial sums, in float64, that a gradient's squares take. */
  partialsOf(count: number): number;
}

/** Commands with named arguments: each goes into the queue, behind those before it. Addresses are in bytes, sizes in values. */
export interface Commands {
  /** Packs a right operand. */
  pack(call: {
    /** [k, n], or [n, k] with transB; rows `ldb` values apart */
    readonly b: number;
    readonly ldb: number;
    readonly transB: number;
    readonly k: number;
    readonly n: number;
    /** of `packedBytes` */
    readonly to: number;
  }): void;
  /** c = start + a x b. */
  product(call: {
    /** [m, k], or [k, m] with transA; rows `lda` values apart */
    readonly a: number;
    readonly lda: number;
    readonly transA: number;
    /** b [k, n], packed */
    readonly packed: number;
    readonly m: number;
    readonly n: number;
    readonly k: number;
    /** [m, n], rows `ldc` values apart */
    readonly c: number;
    readonly ldc: number;
    readonly start: Start;
    /** [n], for Start.Bias */
    readonly bias: number;
  }): void;
  recurrentBackward(call: {
    readonly cell: Cell;
    readonly steps: number;
    readonly rows: number;
    readonly hidden: number;
    /** [gates x hidden, hidden], packed */
    readonly packed: number;
    /** LSTM and GRU: the gates, replaced by their gradients; RNN: [steps, rows, hidden], written */
    readonly preActivations: number;
    /** RNN and GRU: as forward left them */
    readonly states: number;
    /** LSTM: as forward left them */
    readonly cells: number;
    /** [steps, rows, hidden] of the states, from above */
    readonly gradient: number;
    /** LSTM and GRU: [rows, hidden] of scratch */
    readonly carry: number;
  }): void;
  recurrentForward(call: {
    readonly cell: Cell;
    readonly steps: number;
    readonly rows: number;
    readonly hidden: number;
    /** transpose of each gate's [hidden, hidden] block, packed, one after the other */
    readonly packed: number;
    /** LSTM and GRU: [steps, rows, 4 hidden] projected inputs, replaced by the gates; RNN: the states */
    readonly preActivations: number;
    /** [steps, rows, hidden], written */
    readonly states: number;
    /** LSTM: as the states, written */
    readonly cells: number;
    /** 1: the [rows, hidden] values before `states`, and before `cells`, are the initial state; 0: it is zero */
    readonly hasInitialState: number;
  }): void;
  lookUp(call: {
    readonly table: number;
    readonly ids: number;
    /** [positions, width] */
    readonly to: number;
    readonly positions: number;
    readonly width: number;
  }): void;
  /** Adds up the rows of each token in the order of their positions; PAD gets zeros. */
  sumByToken(call: {
    readonly gradient: number;
    readonly ids: number;
    /** [tokens, width] */
    readonly to: number;
    readonly positions: number;
    readonly tokens: number;
    readonly width: number;
  }): void;
  /** to = mask x (x + inside) + outside, value by value. */
  dropout(call: {
    readonly x: number;
    readonly inside: number;
    readonly outside: number;
    readonly to: number;
    readonly count: number;
    readonly key: number;
    /** bits below it drop a value; 0 drops none */
    readonly threshold: number;
    /** factor of the others */
    readonly kept: number;
    /** values of a step: the mask is drawn for value i at (i / together) stride + first + i % together */
    readonly together: number;
    readonly stride: number;
    readonly first: number;
  }): void;
  /** What a cache gives at some positions of one row of a batch. */
  cacheMasses(call: {
    /** [count, first + count]: products of each position's state with those of all up to it, rows `ld` values apart; written over */
    readonly likeness: number;
    readonly ld: number;
    /** step of the first position */
    readonly first: number;
    /** positions */
    readonly count: number;
    /** [steps, rows] int32: slot of each position's target, negative where there is none */
    readonly slots: number;
    /** of the batch */
    readonly rows: number;
    /** which one */
    readonly row: number;
    /** [steps, rows, texts] */
    readonly to: number;
    readonly texts: number;
    readonly theta: number;
  }): void;
  /** For each position of a slice of logits: the logits of the texts of its row, and the largest logit. */
  textLogits(call: {
    /** [count, tokens], rows `ld` values apart */
    readonly logits: number;
    readonly ld: number;
    readonly tokens: number;
    /** position of the slice's first row; position p is of row p % rows of the batch */
    readonly first: number;
    /** positions */
    readonly count: number;
    /** [rows, texts] int32 */
    readonly ids: number;
    readonly rows: number;
    readonly texts: number;
    /** [positions, texts] */
    readonly to: number;
    /** [positions, kept], falling */
    readonly largest: number;
    /** at most as many as there are tokens */
    readonly kept: number;
  }): void;
  /** Sums of the columns of a matrix, rows in order. */
  columnSums(call: {
    readonly from: number;
    readonly rows: number;
    readonly columns: number;
    readonly ld: number;
    readonly to: number;
    /** 1 adds to what is there */
    readonly accumulate: number;
  }): void;
  /** to = scale x the sum of the losses of targets other than PAD, added up in float64. */
  meanLoss(call: {
    readonly losses: number;
    readonly targets: number;
    readonly to: number;
    readonly count: number;
    readonly scale: number;
  }): void;
  scores(call: {
    /** [rows, tokens], rows `ld` values apart; with a scale other than 0 they become their gradient */
    readonly logits: number;
    /** [rows] int32 */
    readonly targets: number;
    /** [rows], and the ranks: zeros at PAD */
    readonly losses: number;
    readonly ranks: number;
    readonly rows: number;
    readonly tokens: number;
    readonly ld: number;
    readonly scale: number;
  }): void;
  /** One variable and its moments, in place. */
  adam(call: {
    readonly gradient: number;
    readonly norm: number;
    readonly first: number;
    readonly second: number;
    readonly variable: number;
    readonly count: number;
    /** learning rate / (1 - beta1^step) */
    readonly rate: number;
    /** 1 / sqrt(1 - beta2^step) */
    readonly correction: number;
    /** largest norm; 0 does not clip */
    readonly clip: number;
    /** what is left of a weight: 1 - rate * decay, of the uncorrected rate */
    readonly shrink: number;
    readonly beta1: number;
    readonly beta2: number;
    /** 1 - beta1, and `rest2` 1 - beta2, rounded once: from a rounded beta they would be some 1e-5 off */
    readonly rest1: number;
    readonly rest2: number;
    readonly epsilon: number;
  }): void;
  /** The root of the sum of float64 partial sums, as a float32. */
  norm(call: { readonly from: number; readonly count: number; readonly to: number }): void;
  squares(call: {
    readonly from: number;
    readonly count: number;
    /** `partialsOf` float64 */
    readonly to: number;
  }): void;
  /** One variable and its momentum, in place. */
  sgd(call: {
    readonly gradient: number;
    readonly norm: number;
    readonly first: number;
    readonly variable: number;
    readonly count: number;
    readonly rate: number;
    readonly momentum: number;
    /** largest norm; 0 does not clip */
    readonly clip: number;
  }): void;
  /** to[i] = a[i % periodA] op b[i % periodB]: broadcasting where one shape is the end of the other. */
  binary(call: {
    readonly op: BinaryOp;
    readonly a: number;
    readonly b: number;
    readonly to: number;
    readonly count: number;
    readonly periodA: number;
    readonly periodB: number;
  }): void;
  copy(call: { readonly from: number; readonly to: number; readonly bytes: number }): void;
  fill(call: { readonly to: number; readonly count: number; readonly value: number }): void;
  /** The sum of all values, in order, in float64. */
  sumAll(call: { readonly from: number; readonly count: number; readonly to: number }): void;
  /** Swaps the first two axes of [outer, inner, width]. */
  swapAxes(call: {
    readonly from: number;
    readonly to: number;
    readonly outer: number;
    readonly inner: number;
    readonly width: number;
  }): void;
  /** to[i] = op(x[i]) */
  unary(call: { readonly op: UnaryOp; readonly x: number; readonly to: number; readonly count: number }): void;
}

export function commandsOf(program: ExportedCommands): Commands {
  return {
    pack: ({ b, ldb, transB, k, n, to }) => program.pack(b, ldb, transB, k, n, to),
    product: ({ a, lda, transA, packed, m, n, k, c, ldc, start, bias }) =>
      program.product(a, lda, transA, packed, m, n, k, c, ldc, start, bias),
    recurrentBackward: ({ cell, steps, rows, hidden, packed, preActivations, states, cells, gradient, carry }) =>
      program.recurrentBackward(cell, steps, rows, hidden, packed, preActivations, states, cells, gradient, carry),
    recurrentForward: ({ cell, steps, rows, hidden, packed, preActivations, states, cells, hasInitialState }) =>
      program.recurrentForward(cell, steps, rows, hidden, packed, preActivations, states, cells, hasInitialState),
    lookUp: ({ table, ids, to, positions, width }) => program.lookUp(table, ids, to, positions, width),
    sumByToken: ({ gradient, ids, to, positions, tokens, width }) =>
      program.sumByToken(gradient, ids, to, positions, tokens, width),
    dropout: ({ x, inside, outside, to, count, key, threshold, kept, together, stride, first }) =>
      program.dropout(x, inside, outside, to, count, key, threshold, kept, together, stride, first),
    cacheMasses: ({ likeness, ld, first, count, slots, rows, row, to, texts, theta }) =>
      program.cacheMasses(likeness, ld, first, count, slots, rows, row, to, texts, theta),
    textLogits: ({ logits, ld, tokens, first, count, ids, rows, texts, to, largest, kept }) =>
      program.textLogits(logits, ld, tokens, first, count, ids, rows, texts, to, largest, kept),
    columnSums: ({ from, rows, columns, ld, to, accumulate }) =>
      program.columnSums(from, rows, columns, ld, to, accumulate),
    meanLoss: ({ losses, targets, to, count, scale }) => program.meanLoss(losses, targets, to, count, scale),
    scores: ({ logits, targets, losses, ranks, rows, tokens, ld, scale }) =>
      program.scores(logits, targets, losses, ranks, rows, tokens, ld, scale),
    adam: ({
      gradient,
      norm,
      first,
      second,
      variable,
      count,
      rate,
      correction,
      clip,
      shrink,
      beta1,
      beta2,
      rest1,
      rest2,
      epsilon,
    }) =>
      program.adam(
        gradient,
        norm,
        first,
        second,
        variable,
        count,
        rate,
        correction,
        clip,
        shrink,
        beta1,
        beta2,
        rest1,
        rest2,
        epsilon,
      ),
    norm: ({ from, count, to }) => program.norm(from, count, to),
    squares: ({ from, count, to }) => program.squares(from, count, to),
    sgd: ({ gradient, norm, first, variable, count, rate, momentum, clip }) =>
      program.sgd(gradient, norm, first, variable, count, rate, momentum, clip),
    binary: ({ op, a, b, to, count, periodA, periodB }) => program.binary(op, a, b, to, count, periodA, periodB),
    copy: ({ from, to, bytes }) => program.copy(from, to, bytes),
    fill: ({ to, count, value }) => program.fill(to, count, value),
    sumAll: ({ from, count, to }) => program.sumAll(from, count, to),
    swapAxes: ({ from, to, outer, inner, width }) => program.swapAxes(from, to, outer, inner, width),
    unary: ({ op, x, to, count }) => program.unary(op, x, to, count),
  };
}
