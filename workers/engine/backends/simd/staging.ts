/**
 * Uploads values through a ring in the memory, outside the heap, that the directing thread writes to. A command then copies them to
 * their address, which commands before it may still be using.
 */
import type { Kernels } from './kernels.ts';

interface Piece {
  readonly start: number;
  /** Number of the command that copies it. */
  readonly mark: number;
}

export const RING_BYTES = 2 * 1024 * 1024;
/** Largest upload through the ring: larger ones would fill it and wait for each other. */
const MAX_BYTES = RING_BYTES / 4;
const ALIGNMENT = 16;

export class StagingRing {
  readonly #kernels: Kernels;
  readonly #start: number;
  /** Not copied yet, oldest first. */
  readonly #pieces: Piece[] = [];
  #next = 0;

  constructor(kernels: Kernels, start: number) {
    this.#kernels = kernels;
    this.#start = start;
  }

  /** @returns the address where as many bytes can be written at once; null where there is no room now */
  reserve(bytes: number): number | null {
    if (bytes > MAX_BYTES) return null;
    const done = this.#kernels.done();
    while (this.#pieces[0] && this.#pieces[0].mark <= done) this.#pieces.shift();
    const oldest = this.#pieces[0]?.start;
    if (oldest === undefined) this.#next = 0;
    const from = this.#next + bytes <= RING_BYTES || (oldest ?? 0) > this.#next ? this.#next : 0;
    // Up to the oldest piece, if that is ahead; it is never reached, because a full ring would then look like an empty one.
    const end = oldest !== undefined && from <= oldest ? oldest : RING_BYTES + 1;
    if (from + bytes >= end) return null;
    this.#next = from + Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;
    return this.#start + from;
  }

  /** What was written at an address is copied from there, by the next command. */
  copy(address: number, to: number, bytes: number): void {
    this.#kernels.copy({ from: address, to, bytes });
    this.#pieces.push({ start: address - this.#start, mark: this.#kernels.written() });
  }
}
