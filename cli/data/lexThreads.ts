/**
 * Lexes on several threads. Each thread has its own token table. Its replies contain the new entries, whose numbers are converted here to
 * those of the corpus's table. Token numbers depend on the threads, but results do not, since everything follows the order of files.
 */
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { Lexing, OpenLexing } from '#core/data/lexing.ts';
import type { SourceReading } from '#core/python/lexer/reading.ts';
import type { LexFailure } from '#core/python/lexer/result.ts';
import type { TokenSlice, TokenTable } from '#core/python/lexer/tokens.ts';

export interface LexBatch {
  readonly files: readonly Uint8Array[];
  readonly reading: SourceReading;
}

export interface LexReply {
  /** Whether the thread began a new table with this batch. */
  readonly fresh: boolean;
  /** Entries of the thread's table that no earlier reply contained. */
  readonly added: TokenSlice;
  /** The tokens of each file, with the thread's numbers. */
  readonly results: (Int32Array<ArrayBuffer> | LexFailure)[];
}

/** Bytes of files in a batch: small enough to keep all threads busy, large enough that the cost of messages is negligible. */
const BATCH_BYTES = 2 ** 19;
/** Number of batches that may wait for one thread. */
const MAX_WAITING = 2;

/**
 * On Node 20, `--import tsx` does not apply to threads, so each thread registers tsx itself. `require` resolves to its CommonJS build, which
 * cannot register ES modules; the other build is next to it.
 */
const TSX = pathToFileURL(
  createRequire(import.meta.url)
    .resolve('tsx/esm/api')
    .replace(/\.cjs$/, '.mjs'),
).href;
const WORKER = new URL('./lexWorker.ts', import.meta.url).href;
const ENTRY = `import(${JSON.stringify(TSX)}).then(({ register }) => { register(); return import(${JSON.stringify(WORKER)}); });`;

type Done = (tokens: Int32Array | LexFailure) => void;

/** Lexes on this number of threads. */
export function lexOnThreads(count: number): OpenLexing {
  return (table, reading) => new LexThreads(table, reading, count);
}

class LexThreads implements Lexing {
  readonly #reading: SourceReading;
  readonly #threads: LexThread[];
  #files: Uint8Array[] = [];
  #dones: Done[] = [];
  #bytes = 0;

  constructor(table: TokenTable, reading: SourceReading, count: number) {
    this.#reading = reading;
    this.#threads = Array.from({ length: count }, () => new LexThread(table));
  }

  lex(bytes: Uint8Array, done: Done): Promise<void> | undefined {
    this.#files.push(bytes);
    this.#dones.push(done);
    this.#bytes += bytes.length;
    return this.#bytes >= BATCH_BYTES ? this.#send() : undefined;
  }

  async finish(): Promise<void> {
    await this.#send();
    await Promise.all(this.#threads.map((thread) => thread.idle()));
  }

  async close(): Promise<void> {
    await Promise.all(this.#threads.map((thread) => thread.close()));
  }

  /** Sends the batch to the least busy thread. Resolves when a thread has room for another batch. */
  async #send(): Promise<void> {
    const batch = { files: this.#files, reading: this.#reading };
    const dones = this.#dones;
    [this.#files, this.#dones, this.#bytes] = [[], [], 0];
    const least = this.#threads.reduce((a, b) => (b.waiting < a.waiting ? b : a));
    least.post(batch, dones);
    if (this.#threads.every(({ waiting }) => waiting >= MAX_WAITING)) {
      await Promise.race(this.#threads.map((thread) => thread.replied()));
    }
  }
}

class LexThread {
  readonly #table: TokenTable;
  readonly #worker = new Worker(ENTRY, { eval: true });
  readonly #waiting: (readonly Done[])[] = [];
  /** Token numbers in the corpus's table, by the thread's numbers. */
  #ids = new Int32Array(1 << 12);
  #known = 0;
  #failure: Error | null = null;
  #wake: (() => void)[] = [];

  constructor(table: TokenTable) {
    this.#table = table;
    this.#worker.on('message', (reply: LexReply) => this.#take(reply));
    this.#worker.on('error', (error) => this.#fail(error instanceof Error ? error : new Error(String(error))));
    this.#worker.on('exit', () => this.#fail(new Error('a lexing thread ended')));
  }

  get waiting(): number {
    return this.#waiting.length;
  }

  post(batch: LexBatch, dones: readonly Done[]): void {
    if (dones.length === 0) return;
    this.#waiting.push(dones);
    // Files of a tarball can share one buffer. Then they are copied, not transferred.
    const whole = batch.files.map(({ buffer }) => buffer).filter((buffer) => buffer instanceof ArrayBuffer);
    const own = new Set(whole).size === batch.files.length ? whole : [];
    this.#worker.postMessage(batch, own);
  }

  /** Waits for the next reply. @throws Error whose cause is what ended the thread */
  async replied(): Promise<void> {
    if (this.#failure === null && this.#waiting.length > 0) {
      await new Promise<void>((resolve) => this.#wake.push(resolve));
    }
    if (this.#failure !== null) throw new Error('A lexing thread failed.', { cause: this.#failure });
  }

  async idle(): Promise<void> {
    while (this.#waiting.length > 0) await this.replied();
  }

  async close(): Promise<void> {
    await this.#worker.terminate();
  }

  #take({ fresh, added, results }: LexReply): void {
    if (fresh) this.#known = 0;
    const adopted = this.#table.adopt(added);
    if (this.#known + adopted.length > this.#ids.length) {
      const larger = new Int32Array(2 * (this.#known + adopted.length));
      larger.set(this.#ids.subarray(0, this.#known));
      this.#ids = larger;
    }
    this.#ids.set(adopted, this.#known);
    this.#known += adopted.length;
    for (const [i, done] of (this.#waiting.shift() ?? []).entries()) {
      const result = results[i]!;
      if (!('reason' in result)) for (let t = 0; t < result.length; t++) result[t] = this.#ids[result[t]!]!;
      done(result);
    }
    this.#wakeAll();
  }

  #fail(error: Error): void {
    this.#failure ??= error;
    this.#wakeAll();
  }

  #wakeAll(): void {
    const wake = this.#wake;
    this.#wake = [];
    for (const resolve of wake) resolve();
  }
}
