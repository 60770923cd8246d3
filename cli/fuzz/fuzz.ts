/**
 * Gives a reader thousands of damaged inputs, in a separate thread. A thread that does not answer within a second is terminated; after a
 * crash, a new thread continues with the next input.
 */
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import { messageOf } from '#core/failure.ts';

export interface ThreadTask {
  /** The reader's name. */
  readonly reader: string;
  readonly seed: number;
  /** Range of input numbers, without `to`. */
  readonly from: number;
  readonly to: number;
  /** Shared: the number of the input being read, and since when (milliseconds since 1970), 0 between inputs. */
  readonly place: Float64Array<SharedArrayBuffer>;
}

export type ThreadReport =
  | { readonly type: 'read'; readonly index: number; readonly accepted: boolean; readonly milliseconds: number }
  | { readonly type: 'crash'; readonly index: number; readonly what: string }
  | { readonly type: 'done' };

export interface Fault {
  readonly kind: 'crash' | 'hang';
  /** The input's number. */
  readonly index: number;
  readonly what: string;
}

export interface Tally {
  readonly reader: string;
  accepted: number;
  refused: number;
  slowestMs: number;
  readonly faults: Fault[];
}

export interface FuzzOptions {
  readonly reader: string;
  readonly inputs: number;
  readonly seed: number;
  /** Address of the thread's module; tests pass one with broken readers. */
  readonly thread?: string;
  /** Milliseconds that one input may take. */
  readonly patience?: number;
  /** Limit of the thread's heap. Buffers do not count towards it; reading.ts checks them. */
  readonly heapMb?: number;
}

const PATIENCE_MS = 1_000;
/** Fuzzing ends after this number of faults: the reader is broken, and more inputs show nothing new. */
const MAX_FAULTS = 20;
const LOOK_EVERY_MS = 50;
const HEAP_MB = 512;

/** As in cli/data/lexThreads.ts: on Node 20 a thread has to ask for TypeScript itself. */
const TSX = pathToFileURL(
  createRequire(import.meta.url)
    .resolve('tsx/esm/api')
    .replace(/\.cjs$/, '.mjs'),
).href;
const THREAD = new URL('./thread.ts', import.meta.url).href;
const entryOf = (thread: string) =>
  `import(${JSON.stringify(TSX)}).then(({ register }) => { register(); return import(${JSON.stringify(thread)}); });`;

export async function fuzz({
  reader,
  inputs,
  seed,
  thread = THREAD,
  patience = PATIENCE_MS,
  heapMb = HEAP_MB,
}: FuzzOptions): Promise<Tally> {
  const tally: Tally = { reader, accepted: 0, refused: 0, slowestMs: 0, faults: [] };
  let suspect: number | null = null;
  for (let from = 0; from < inputs && tally.faults.length < MAX_FAULTS;) {
    const place = new Float64Array(new SharedArrayBuffer(2 * Float64Array.BYTES_PER_ELEMENT));
    const task = { reader, seed, from, to: inputs, place };
    const end = await follow(entryOf(thread), task, tally, { patience, heapMb });
    if (end === null) break;
    // A busy machine can delay a thread too, so an input counts as a hang only if it is too slow twice.
    if (end.kind === 'hang' && suspect !== end.index) {
      suspect = end.index;
      from = end.index;
    } else {
      tally.faults.push(end);
      from = end.index + 1;
    }
  }
  return tally;
}

/** @returns what ended the thread before its last input, or null */
function follow(
  entry: string,
  task: ThreadTask,
  tally: Tally,
  { patience, heapMb }: Required<Pick<FuzzOptions, 'patience' | 'heapMb'>>,
): Promise<Fault | null> {
  return new Promise((resolve) => {
    const worker = new Worker(entry, {
      eval: true,
      workerData: task,
      resourceLimits: { maxOldGenerationSizeMb: heapMb },
      // keeps the libraries' console output out of the fuzzer's
      stdout: true,
      stderr: true,
    });
    const { place } = task;
    const timer = setInterval(() => {
      const since = place[1]!;
      if (since > 0 && Date.now() - since > patience) end('hang', `not back after ${patience} ms`);
    }, LOOK_EVERY_MS);
    const finish = (fault: Fault | null) => {
      clearInterval(timer);
      worker.removeAllListeners();
      // an error while the thread ends is not the input's fault
      worker.on('error', () => undefined);
      void worker.terminate().then(() => resolve(fault));
    };
    const end = (kind: Fault['kind'], what: string) => finish({ kind, index: place[0]!, what });
    worker.on('message', (report: ThreadReport) => {
      switch (report.type) {
        case 'read':
          if (report.accepted) tally.accepted++;
          else tally.refused++;
          tally.slowestMs = Math.max(tally.slowestMs, report.milliseconds);
          break;
        case 'crash':
          tally.faults.push({ kind: 'crash', index: report.index, what: report.what });
          if (tally.faults.length >= MAX_FAULTS) finish(null);
          break;
        case 'done':
          finish(null);
          break;
        default:
          report satisfies never;
      }
    });
    worker.on('error', (error) => end('crash', `the thread died: ${messageOf(error)}`));
    // the thread has nothing left to wait for, so the reader's promise never settles
    worker.on('exit', () => end('hang', 'it never answers'));
  });
}
