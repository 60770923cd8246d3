/**
 * Buffers that are not in a plan, by exact size. Free buffers never take more memory than was in use at once, and are destroyed when they
 * have not been used for a while.
 */

/** Requests after which a free buffer that none of them wanted is destroyed: a few training steps. */
const IDLE_REQUESTS = 1_000;
/** Bytes that may lie free however little is in use. */
const FREE_BYTES = 64 * 1024;

export class BufferPool {
  readonly #device: GPUDevice;
  /** With the number of the request they were made for. */
  readonly #used = new Map<GPUBuffer, number>();
  /** In the order in which they came back, with the number of the last request before that. */
  readonly #free = new Map<GPUBuffer, { readonly madeFor: number; readonly since: number }>();
  #requests = 0;
  #freeBytes = 0;
  #mostUsedBytes = 0;
  usedBytes = 0;
  /** Buffers made since the last reset. */
  made = 0;

  constructor(device: GPUDevice) {
    this.#device = device;
  }

  get bytes(): number {
    return this.usedBytes + this.#freeBytes;
  }

  get used(): number {
    return this.#used.size;
  }

  get free(): number {
    return this.#free.size;
  }

  acquire(size: number, usage: GPUBufferUsageFlags, mappedAtCreation: boolean, reuse: boolean): GPUBuffer {
    this.#requests++;
    const kept = reuse ? this.#take(size, usage) : undefined;
    const buffer = kept?.buffer ?? this.#device.createBuffer({ size, usage, mappedAtCreation });
    if (!kept) this.made++;
    this.#used.set(buffer, kept?.madeFor ?? this.#requests);
    this.usedBytes += size;
    this.#mostUsedBytes = Math.max(this.#mostUsedBytes, this.usedBytes);
    return buffer;
  }

  /** Ignores a buffer that is not from this pool, such as one of an earlier backend. */
  release(buffer: GPUBuffer, reuse: boolean): void {
    const madeFor = this.#used.get(buffer);
    if (madeFor === undefined) return;
    this.#used.delete(buffer);
    this.usedBytes -= buffer.size;
    if (!reuse) {
      buffer.destroy();
      return;
    }
    this.#free.set(buffer, { madeFor, since: this.#requests });
    this.#freeBytes += buffer.size;
    this.#trim(Math.max(FREE_BYTES, this.#mostUsedBytes));
  }

  /** Destroys what is free, and forgets how much was once in use. */
  reset(): void {
    this.#mostUsedBytes = this.usedBytes;
    this.made = 0;
    this.#trim(0);
  }

  dispose(): void {
    for (const buffer of this.#used.keys()) buffer.destroy();
    this.#used.clear();
    this.usedBytes = 0;
    this.reset();
  }

  /** The oldest that fits: the same for the same requests. */
  #take(
    size: number,
    usage: GPUBufferUsageFlags,
  ): { readonly buffer: GPUBuffer; readonly madeFor: number } | undefined {
    let oldest: { readonly buffer: GPUBuffer; readonly madeFor: number } | undefined;
    for (const [buffer, { madeFor }] of this.#free) {
      if (buffer.size !== size || buffer.usage !== usage) continue;
      if (!oldest || madeFor < oldest.madeFor) oldest = { buffer, madeFor };
    }
    if (oldest) {
      this.#free.delete(oldest.buffer);
      this.#freeBytes -= size;
    }
    return oldest;
  }

  #trim(maxBytes: number): void {
    for (const [buffer, { since }] of this.#free) {
      if (this.#freeBytes <= maxBytes && this.#requests - since < IDLE_REQUESTS) return;
      this.#free.delete(buffer);
      this.#freeBytes -= buffer.size;
      buffer.destroy();
    }
  }
}
