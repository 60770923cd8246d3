/**
 * Allocates tensors in a memory that only grows: first fit in the order of addresses, neighbors joined when freed. A freed block
 * may be used by the next command at once, since commands are computed in order. Code that writes to a block from outside the queue has to
 * wait for the commands that used it, hence the marks.
 */
import { fail } from '#core/failure.ts';
import { formatBytes } from '#core/format.ts';

/** A line of the cache. */
const ALIGNMENT = 64;
const PAGE = 65_536;
/** Pages that the memory grows by at least. */
const GROWTH = 256;

interface FreeBlock {
  address: number;
  bytes: number;
  /** Number of the last command that may use it. */
  mark: number;
}

export class Heap {
  readonly #memory: WebAssembly.Memory;
  /** By address. */
  readonly #free: FreeBlock[] = [];
  readonly #allocated = new Map<number, number>();
  /** Nothing beyond it was ever used. */
  #end: number;
  #allocatedBytes = 0;
  #peakBytes = 0;

  /** @param start the first address */
  constructor(memory: WebAssembly.Memory, start: number) {
    this.#memory = memory;
    this.#end = aligned(start);
  }

  /** Bytes of all blocks. */
  get allocatedBytes(): number {
    return this.#allocatedBytes;
  }

  /** The most that was allocated at a time since the last call. */
  resetPeak(): number {
    const peak = this.#peakBytes;
    this.#peakBytes = this.#allocatedBytes;
    return peak;
  }

  /** Bytes that the memory has grown to. */
  get memoryBytes(): number {
    return this.#memory.buffer.byteLength;
  }

  /** A block whose bytes may still be in use by commands before the next one. @returns its address @throws LabError `device` */
  alloc(bytes: number): number {
    return this.#alloc(aligned(bytes), Infinity);
  }

  /** A block that no pending command uses: it can be written to at once. @param done commands computed */
  allocIdle(bytes: number, done: number): number {
    return this.#alloc(aligned(bytes), done);
  }

  /** @param mark number of the last command that may use it */
  free(address: number, mark: number): void {
    const bytes = this.#allocated.get(address);
    if (bytes === undefined) throw new Error(`nothing is allocated at ${address}`);
    this.#allocated.delete(address);
    this.#allocatedBytes -= bytes;
    const next = this.#free.findIndex((free) => free.address > address);
    const index = next < 0 ? this.#free.length : next;
    this.#free.splice(index, 0, { address, bytes, mark });
    this.#join(index);
    this.#join(index - 1);
  }

  /** Makes sure that as many bytes can be allocated together. @returns false where the memory cannot grow so far */
  reserve(bytes: number): boolean {
    return this.#grow(this.#end + Math.max(0, bytes - this.#allocatedBytes));
  }

  #alloc(bytes: number, newest: number): number {
    const index = this.#free.findIndex((free) => free.bytes >= bytes && free.mark <= newest);
    const free = this.#free[index];
    let address = free?.address;
    if (free && address !== undefined) {
      free.address += bytes;
      free.bytes -= bytes;
      if (free.bytes === 0) this.#free.splice(index, 1);
    } else {
      address = this.#beyond(bytes, newest);
    }
    this.#allocated.set(address, bytes);
    this.#allocatedBytes += bytes;
    this.#peakBytes = Math.max(this.#peakBytes, this.#allocatedBytes);
    return address;
  }

  /** At the end of what was used; what is free there is part of it. */
  #beyond(bytes: number, newest: number): number {
    const last = this.#free.at(-1);
    const joins = last && last.address + last.bytes === this.#end && last.mark <= newest;
    const address = joins ? last.address : this.#end;
    if (!this.#grow(address + bytes)) {
      fail(
        'device',
        `The memory of the device CPU is full: ${formatBytes(this.#allocatedBytes)} are in use, and ${formatBytes(bytes)} more are not available.`,
        'Choose a smaller batch, a shorter length or fewer hidden units, or close other tabs.',
      );
    }
    if (joins) this.#free.pop();
    this.#end = address + bytes;
    return address;
  }

  #join(index: number): void {
    const [one, next] = [this.#free[index], this.#free[index + 1]];
    if (!one || !next || one.address + one.bytes !== next.address) return;
    one.bytes += next.bytes;
    one.mark = Math.max(one.mark, next.mark);
    this.#free.splice(index + 1, 1);
  }

  #grow(end: number): boolean {
    const missing = Math.ceil((end - this.memoryBytes) / PAGE);
    if (missing <= 0) return true;
    return this.#growBy(Math.max(missing, GROWTH)) || this.#growBy(missing);
  }

  #growBy(pages: number): boolean {
    try {
      this.#memory.grow(pages);
      return true;
    } catch (cause) {
      // thrown when the memory cannot grow
      if (cause instanceof RangeError) return false;
      throw cause;
    }
  }
}

function aligned(bytes: number): number {
  return Math.max(1, Math.ceil(bytes / ALIGNMENT)) * ALIGNMENT;
}
