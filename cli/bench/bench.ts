/**
 * The interface of a benchmark. To add one, write `<name>.ts` beside this file that exports a `Bench`, and add it to `BENCHES` of
 * `../commands/bench.ts`. Other software is measured on the same work in the same run; its row has `ratio`, the lab's rate divided by its
 * own.
 */
import type { DeviceKind } from '#core/devices.ts';

/** One line of the result. Fields that do not apply are left out. */
export interface BenchRow {
  readonly bench: string;
  /** What was measured, if a benchmark measures several things. */
  readonly what?: string;
  readonly device: string;
  /** The device's adapter or backend, by its own name. */
  readonly adapter?: string;
  /** `lab`, or a peer's name and version. */
  readonly subject: string;
  /** CPU threads that compute. */
  readonly threads?: number;
  readonly model?: string;
  /** Rows per batch. */
  readonly batch?: number;
  /** Steps through time per row. */
  readonly steps?: number;
  readonly trainingSteps?: number;
  readonly tokensPerSecond?: number;
  readonly filesPerSecond?: number;
  readonly bytesPerSecond?: number;
  readonly gflops?: number;
  /** All dispatches of a training step, counted at WebGPU's own interface. */
  readonly dispatchesPerStep?: number;
  /** Floating-point operations and bytes moved of a training step, counted from shapes (src/core/models/operations.ts). */
  readonly operationsPerStep?: number;
  readonly bytesPerStep?: number;
  /** Dispatches of the lab's own kernels, as its runtime counts them; the others are TensorFlow.js's. */
  readonly ownDispatchesPerStep?: number;
  readonly peakBytes?: number;
  /** Bytes that the memory plan predicted. */
  readonly planBytes?: number;
  /** By how many bytes the peak of the second half of the work exceeds that of the first. */
  readonly growthBytes?: number;
  /**
   * Whether two runs with the same seed, or one thread and all threads, gave the same bits. False makes the exit code 1.
   */
  readonly identical?: boolean;
  readonly milliseconds?: number;
  /** Share of the time spent waiting for data, 0 to 1. */
  readonly waitShare?: number;
  /** In a peer's row: the lab's rate divided by the peer's. In a row of the lab on one thread: its rate on all threads divided by this one. */
  readonly ratio?: number;
  /** What `ratio` compares the row with, if that is not the lab on the same work. */
  readonly against?: string;
}

export interface BenchOptions {
  /** Whether to do only a fraction of the work, for a first look. */
  readonly quick: boolean;
  /** The lab's device, for benchmarks that compute. */
  readonly device: DeviceKind;
  /** Prints a line about the progress. */
  readonly say: (line: string) => void;
}

export interface Bench {
  /** The name for `--only`. */
  readonly name: string;
  /** For --help. */
  readonly summary: string;
  run(options: BenchOptions): Promise<readonly BenchRow[]>;
}
