/**
 * The interface of a benchmark. To add one, write `<name>.ts` beside this file that exports a `Bench`, and add it to `BENCHES` of
 * `../commands/bench.ts`. Other software is measured on the same work in the same run; its row has `ratio`, the lab's rate divided by its
 * own.
 */
import type { DeviceKind } from '#core/devices.ts';

/** One line of the result; what does not apply is left out. */
export interface BenchRow {
  readonly bench: string;
  /** What was measured, where a bench measures several things. */
  readonly what?: string;
  readonly device: string;
  /** The adapter or backend behind the device, as it names itself. */
  readonly adapter?: string;
  /** `lab`, or a peer's name and version. */
  readonly subject: string;
  /** That compute, on the processor. */
  readonly threads?: number;
  readonly model?: string;
  /** Rows of a batch. */
  readonly batch?: number;
  /** Steps through time of a row. */
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
  /** What the plan of the run had said it would take. */
  readonly planBytes?: number;
  /** By how much the second half of the work raised the peak of the first. */
  readonly growthBytes?: number;
  /**
   * Whether two runs from the same seed, or one thread and all, gave the same bits; false ends the command with exit code 1.
   */
  readonly identical?: boolean;
  readonly milliseconds?: number;
  /** Share of the time spent waiting for data, 0 to 1. */
  readonly waitShare?: number;
  /** In a peer's row: the lab's rate over the peer's. In a row of the lab on one thread: its rate on all over that. */
  readonly ratio?: number;
  /** What of the lab `ratio` sets against the row, where it is not the lab on the same work. */
  readonly against?: string;
}

export interface BenchOptions {
  /** A fraction of the work, for a first look. */
  readonly quick: boolean;
  /** Where the lab computes, in the benches that compute. */
  readonly device: DeviceKind;
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
