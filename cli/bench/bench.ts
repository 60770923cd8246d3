/**
 * What a benchmark is. To add one: write `<name>.ts` beside this file that exports a `Bench`, and put it into `BENCHES` of
 * `../bench.ts`. A peer is measured on the same work in the same run; its row carries `ratio`, the lab's rate over its own.
 */

/** One line of the result; what does not apply is left out. */
export interface BenchRow {
  readonly bench: string;
  /** What was measured, where a bench measures several things. */
  readonly what?: string;
  readonly device: string;
  /** `lab`, or a peer's name and version. */
  readonly subject: string;
  readonly model?: string;
  readonly batch?: number;
  readonly steps?: number;
  readonly tokensPerSecond?: number;
  readonly filesPerSecond?: number;
  readonly bytesPerSecond?: number;
  readonly gflops?: number;
  readonly dispatchesPerStep?: number;
  readonly peakBytes?: number;
  readonly milliseconds?: number;
  /** Share of the time spent waiting for data, 0 to 1. */
  readonly waitShare?: number;
  /** In a peer's row: the lab's rate over the peer's. */
  readonly ratio?: number;
}

export interface BenchOptions {
  /** A fraction of the work, for a first look. */
  readonly quick: boolean;
  /** Says something to whoever waits. */
  readonly say: (line: string) => void;
}

export interface Bench {
  /** As `--only` takes it. */
  readonly name: string;
  /** For --help. */
  readonly summary: string;
  run(options: BenchOptions): Promise<readonly BenchRow[]>;
}
