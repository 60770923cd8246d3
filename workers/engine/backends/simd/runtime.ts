/** The program, its memory and whoever computes, as one: what the backend and its kernels write commands to. */
import { hasRelaxedSimd } from '#core/site/features.ts';
import { fail } from '#core/failure.ts';
import { compileKernels } from './compile.ts';
import { Heap } from './heap.ts';
import { instantiate, type Kernels } from './kernels.ts';
import { RING_BYTES, StagingRing } from './staging.ts';
import { computeHere, startPool, type Computing } from './threads.ts';

const PAGE = 65_536;
/** Pages of 64 KiB: four gibibytes, then less where a browser grants no such memory. */
const MAX_PAGES = [65_536, 32_768, 16_384, 8_192];
const FIRST_PAGES = 256;

export interface RuntimeOptions {
  /** Threads that compute; ignored where memory cannot be shared. */
  readonly threads: number;
  /** For tests: false avoids shared memory even where it is available. */
  readonly shared?: boolean;
  readonly relaxed?: boolean;
}

export class SimdRuntime {
  readonly kernels: Kernels;
  readonly heap: Heap;
  /** Threads that compute; 0 where it is the directing one. */
  readonly threads: number;
  readonly relaxed: boolean;
  /** Bytes that the memory can grow to. */
  readonly maxBytes: number;
  readonly #memory: WebAssembly.Memory;
  readonly #computing: Computing;
  readonly #staging: StagingRing;

  private constructor(
    kernels: Kernels,
    memory: WebAssembly.Memory,
    computing: Computing,
    facts: { readonly threads: number; readonly relaxed: boolean; readonly maxBytes: number },
  ) {
    this.kernels = kernels;
    this.threads = facts.threads;
    this.relaxed = facts.relaxed;
    this.maxBytes = facts.maxBytes;
    this.#memory = memory;
    this.#computing = computing;
    const start = kernels.heapStart(Math.max(1, facts.threads));
    this.#staging = new StagingRing(kernels, start);
    this.heap = new Heap(memory, start + RING_BYTES);
  }

  static async open(options: RuntimeOptions): Promise<SimdRuntime> {
    const shared = options.shared ?? canShareMemory();
    const relaxed = options.relaxed ?? hasRelaxedSimd();
    const module = await compileKernels({ relaxed, shared });
    const { memory, pages } = memoryOf(shared);
    const kernels = instantiate(module, memory);
    const threads = shared ? Math.max(1, options.threads) : 0;
    kernels.direct(threads);
    const computing = shared ? await startPool(kernels, module, memory, threads) : computeHere(kernels);
    return new SimdRuntime(kernels, memory, computing, { threads, relaxed, maxBytes: pages * PAGE });
  }

  /** Rejects with a `LabError` when what computes has failed; never resolves. */
  get lost(): Promise<never> {
    return this.#computing.lost;
  }

  /** Resolves once all commands so far are computed. */
  computed(): Promise<void> {
    return this.#computing.computed(this.kernels.fence());
  }

  /** A copy of values in the memory. */
  floats(address: number, length: number): Float32Array<ArrayBuffer> {
    return new Float32Array(new Float32Array(this.#memory.buffer, address, length));
  }

  integers(address: number, length: number): Int32Array<ArrayBuffer> {
    return new Int32Array(new Int32Array(this.#memory.buffer, address, length));
  }

  /** Uploads values, for commands from now on. @returns an address of the heap */
  upload(values: Float32Array | Int32Array): number {
    const bytes = values.byteLength;
    const staged = this.#staging.reserve(bytes);
    if (staged === null) {
      const address = this.heap.allocIdle(bytes, this.kernels.done());
      this.write(address, values);
      return address;
    }
    const address = this.heap.alloc(bytes);
    this.write(staged, values);
    this.#staging.copy(staged, address, bytes);
    return address;
  }

  /** Writes values to an idle address. */
  write(address: number, values: Float32Array | Int32Array): void {
    const view = values instanceof Float32Array ? Float32Array : Int32Array;
    new view(this.#memory.buffer, address, values.length).set(values);
  }

  /** Threads stop at the end of the phase that they compute, until `resume`. */
  pause(): void {
    this.kernels.pause();
  }

  resume(): void {
    this.kernels.resume();
  }

  /** Skips all commands so far, whose results are then undefined, and waits until that is done. */
  async cancel(): Promise<void> {
    this.kernels.cancel();
    await this.computed();
  }

  /** Operations put into the queue so far. */
  get given(): number {
    return this.kernels.given();
  }

  /** Operations computed so far. */
  get done(): number {
    return this.kernels.progress();
  }

  end(): void {
    this.#computing.end();
  }
}

export function canShareMemory(): boolean {
  return 'crossOriginIsolated' in self && self.crossOriginIsolated && typeof SharedArrayBuffer !== 'undefined';
}

/** The largest memory that the browser grants; nothing of it is taken yet. */
function memoryOf(shared: boolean): { readonly memory: WebAssembly.Memory; readonly pages: number } {
  for (const pages of MAX_PAGES) {
    try {
      return { memory: new WebAssembly.Memory({ initial: FIRST_PAGES, maximum: pages, shared }), pages };
    } catch (cause) {
      // thrown when the browser cannot grant as much
      if (!(cause instanceof RangeError)) throw cause;
    }
  }
  return fail(
    'device',
    'The browser grants no memory for computing.',
    'Close other tabs and programs, then reload the page.',
  );
}
