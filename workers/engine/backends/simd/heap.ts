/**
 * Places of tensors in a memory that only grows: first fit in the order of addresses, neighbours joined when given back. A place
 * given back may be used by the next command at once, since commands are computed in order; whoever writes to a place from outside
 * the queue has to wait for the commands that used it, hence the marks.
 */
import { fail } from '#core/failure.ts';
import { formatBytes } from '#core/format.ts';

/** A line of the cache. */
const ALIGNMENT = 64;
const PAGE = 65_536;
/** Pages that the memory grows by at least. */
const GROWTH = 256;

interface Free {
  place: number;
  bytes: number;
  /** Number of the last command that may use it. */
  mark: number;
}

export class Heap {
  readonly #memory: WebAssembly.Memory;
  /** By address. */
  readonly #free: Free[] = [];
  readonly #taken = new Map<number, number>();
  /** Nothing beyond it was ever used. */
  #end: number;
  #takenBytes = 0;
  #peakBytes = 0;

  /** @param start where the first place may be */
  constructor(memory: WebAssembly.Memory, start: number) {
    this.#memory = memory;
    this.#end = aligned(start);
  }

  /** Bytes of all places taken. */
  get takenBytes(): number {
    return this.#takenBytes;
  }

  /** The most that was taken at a time since the last call. */
  takePeak(): number {
    const peak = this.#peakBytes;
    this.#peakBytes = this.#takenBytes;
    return peak;
  }

  /** Bytes that the memory has grown to. */
  get memoryBytes(): number {
    return this.#memory.buffer.byteLength;
  }

  /** A place whose bytes may still be in use by commands before the next one. @throws LabError `device` */
  take(bytes: number): number {
    return this.#take(aligned(bytes), Infinity);
  }

  /** A place that no command uses that is not computed yet: it can be written to at once. @param done commands computed */
  takeIdle(bytes: number, done: number): number {
    return this.#take(aligned(bytes), done);
  }

  /** @param mark number of the last command that may use it */
  give(place: number, mark: number): void {
    const bytes = this.#taken.get(place);
    if (bytes === undefined) throw new Error(`nothing was taken at ${place}`);
    this.#taken.delete(place);
    this.#takenBytes -= bytes;
    const next = this.#free.findIndex((free) => free.place > place);
    const index = next < 0 ? this.#free.length : next;
    this.#free.splice(index, 0, { place, bytes, mark });
    this.#join(index);
    this.#join(index - 1);
  }

  /** Makes sure that as many bytes can be taken together. @returns false where the memory cannot grow so far */
  reserve(bytes: number): boolean {
    return this.#grow(this.#end + Math.max(0, bytes - this.#takenBytes));
  }

  #take(bytes: number, newest: number): number {
    const index = this.#free.findIndex((free) => free.bytes >= bytes && free.mark <= newest);
    const free = this.#free[index];
    let place = free?.place;
    if (free && place !== undefined) {
      free.place += bytes;
      free.bytes -= bytes;
      if (free.bytes === 0) this.#free.splice(index, 1);
    } else {
      place = this.#beyond(bytes, newest);
    }
    this.#taken.set(place, bytes);
    this.#takenBytes += bytes;
    this.#peakBytes = Math.max(this.#peakBytes, this.#takenBytes);
    return place;
  }

  /** At the end of what was used; what is free there is part of it. */
  #beyond(bytes: number, newest: number): number {
    const last = this.#free.at(-1);
    const joins = last && last.place + last.bytes === this.#end && last.mark <= newest;
    const place = joins ? last.place : this.#end;
    if (!this.#grow(place + bytes)) {
      fail(
        'device',
        `The processor's memory is full: ${formatBytes(this.#takenBytes)} are in use, and ${formatBytes(bytes)} more are not to be had.`,
        'Choose a smaller batch, a shorter length or fewer hidden units, or close other tabs.',
      );
    }
    if (joins) this.#free.pop();
    this.#end = place + bytes;
    return place;
  }

  #join(index: number): void {
    const [one, next] = [this.#free[index], this.#free[index + 1]];
    if (!one || !next || one.place + one.bytes !== next.place) return;
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
      // that is how a memory says that it cannot
      if (cause instanceof RangeError) return false;
      throw cause;
    }
  }
}

function aligned(bytes: number): number {
  return Math.max(1, Math.ceil(bytes / ALIGNMENT)) * ALIGNMENT;
}
