/**
 * Lexes on several threads. Each has its own table; every reply has the new entries, whose numbers are converted here to those of the
 * corpus's one table. The number of a token depends on the threads, but the results do not, since everything follows the order of files.
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
  /** The thread began a new table with this batch. */
  readonly fresh: boolean;
  /** What its table holds beyond what it told before. */
  readonly added: TokenSlice;
  /** The tokens of each file, numbered as the thread numbered them. */
  readonly results: (Int32Array<ArrayBuffer> | LexFailure)[];
}

/** Bytes of files that make a batch: small enough to keep all threads busy, large enough that messages cost nothing. */
const BATCH_BYTES = 2 ** 19;
/** Batches a thread may have waiting. */
const MAX_WAITING = 2;

/**
 * `--import tsx` does not reach into threads on Node 20: each has to ask for TypeScript itself. `require` resolves to the CommonJS build,
 * which cannot register ES modules; the other build is next to it.
 */
const TSX = pathToFileURL(
  createRequire(import.meta.url)
    .resolve('tsx/esm/api')
    .replace(/\.cjs$/, '.mjs'),
).href;
const WORKER = new URL('./lexWorker.ts', import.meta.url).href;
const ENTRY = `import(${JSON.stringify(TSX)}).then(({ register }) => { register(); return import(${JSON.stringify(WORKER)}); });`;

type Done = (tokens: Int32Array | LexFailure) => void;

/** Lexing on several threads. */
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

  /** Resolves when a thread has room for another batch. */
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
  /** Numbers of the corpus's table, by the thread's own. */
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
    // One buffer can hold several files (a tarball's): those are copied, not moved.
    const whole = batch.files.map(({ buffer }) => buffer).filter((buffer) => buffer instanceof ArrayBuffer);
    const own = new Set(whole).size === batch.files.length ? whole : [];
    this.#worker.postMessage(batch, own);
  }

  /** @throws whatever ended the thread */
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
