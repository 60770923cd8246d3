/**
 * The buffers of TensorFlow.js's WebGPU backend, taken once at a plan's largest size. Its own pool keeps a buffer of every size
 * that it ever saw, and the lengths of rows differ from batch to batch, so it grows for as long as it trains.
 *
 * Here a run reserves the buffers of its memory plan (workers/engine/memory/plan.ts), and a batch of fewer positions is given the
 * same ones, larger than its tensors are. The first free buffer is always the one given out: steps that ask for the
 * same things in the same order get the same buffers, so that bind groups can be kept. What no plan foresaw is made to
 * measure, kept for a while in a pool that cannot grow, and counted.
 *
 * Nothing may ask a buffer for its size in place of its tensor's: no stock kernel calls `arrayLength` (4.22.0), and reading
 * back is arena-backend.ts's own.
 */
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import type { PlannedBuffer } from '#core/models/memoryPlan.ts';
import { bySize } from '../../memory/buffers.ts';
import { BufferPool } from './bufferPool.ts';

/** What the backend asks of its buffer manager. */
type BufferKeeper = Pick<
  WebGPUBackend['bufferManager'],
  | 'acquireBuffer'
  | 'releaseBuffer'
  | 'getNumUsedBuffers'
  | 'getNumFreeBuffers'
  | 'dispose'
  | 'numBytesUsed'
  | 'numBytesAllocated'
>;

export const VALUE_BYTES = 4;

/** As TensorFlow.js makes the buffers of its tensors. */
export const usageOf = (use: PlannedBuffer['use']): GPUBufferUsageFlags =>
  use === 'compute'
    ? GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST
    : GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST;

/** Reserved buffers of one size. */
interface Shelf extends Pick<PlannedBuffer, 'per' | 'width' | 'bytes'> {
  readonly what: string;
  readonly usage: GPUBufferUsageFlags;
  readonly buffers: readonly GPUBuffer[];
  readonly busy: boolean[];
  /** Most that were given out at once. */
  peak: number;
}

/** How well a plan foresaw what was asked for. */
export interface ArenaUse {
  readonly reservedBytes: number;
  /** Beyond the reserve: bytes that exist now, and buffers made since it was taken. */
  readonly beyondBytes: number;
  readonly beyondBuffers: number;
  /** Each reserved size: its purpose, how many buffers there are, and how many were in use at once at most. */
  readonly shelves: readonly { readonly what: string; readonly count: number; readonly peak: number }[];
}

export class Arena implements BufferKeeper {
  readonly #device: GPUDevice;
  readonly #pool: BufferPool;
  #shelves: readonly Shelf[] = [];
  #reservedBytes = 0;
  /** Reserved by an earlier plan and still in use: destroyed when they come back. */
  readonly #outlived = new Set<GPUBuffer>();
  /** Shelf and place of every reserved buffer that is in use. */
  readonly #out = new Map<GPUBuffer, { readonly shelf: Shelf; readonly index: number }>();
  #outBytes = 0;
  #rows = 0;
  #positions = 0;

  constructor(device: GPUDevice) {
    this.#device = device;
    this.#pool = new BufferPool(device);
  }

  /** Bytes of the buffers in use, reserved ones at their full size. */
  get numBytesUsed(): number {
    return this.#outBytes + this.#pool.usedBytes;
  }

  /** Bytes of all buffers. */
  get numBytesAllocated(): number {
    return this.#reservedBytes + sizeOf(this.#outlived) + this.#pool.bytes;
  }

  get use(): ArenaUse {
    return {
      reservedBytes: this.#reservedBytes,
      beyondBytes: this.#pool.bytes,
      beyondBuffers: this.#pool.made,
      shelves: this.#shelves.map(({ what, buffers, peak }) => ({ what, count: buffers.length, peak })),
    };
  }

  /**
   * Allocates the buffers of a plan, and frees those of the previous plan.
   * @returns false if the device has no room for them: then nothing is allocated
   */
  async reserve(planned: readonly PlannedBuffer[]): Promise<boolean> {
    this.release();
    const { result: shelves, failed } = await this.#watched(() =>
      planned.length === 0 ? [] : this.#shelvesFor(planned),
    );
    if (failed) {
      for (const { buffers } of shelves) for (const buffer of buffers) buffer.destroy();
      return false;
    }
    this.#shelves = shelves;
    this.#reservedBytes = shelves.reduce((sum, { bytes, buffers }) => sum + bytes * buffers.length, 0);
    return true;
  }

  /** Gives back the reserved buffers; one still in use goes when its tensor does. */
  release(): void {
    for (const { buffers, busy } of this.#shelves) {
      for (const [index, buffer] of buffers.entries()) {
        if (busy[index]) this.#outlived.add(buffer);
        else buffer.destroy();
      }
    }
    this.#shelves = [];
    this.#reservedBytes = 0;
    this.beginBatch(0, 0);
    this.#pool.reset();
  }

  /** Says how large the batch is that is computed next; before the first, only sizes that no batch decides are served. */
  beginBatch(rows: number, steps: number): void {
    this.#rows = rows;
    this.#positions = rows * steps;
  }

  acquireBuffer(size: number, usage: GPUBufferUsageFlags, mappedAtCreation = false, reuse = true): GPUBuffer {
    if (!mappedAtCreation || reuse) {
      for (const shelf of this.#shelves) {
        if (shelf.usage !== usage || !this.#fits(shelf, size)) continue;
        const index = shelf.busy.indexOf(false);
        const buffer = shelf.buffers[index];
        if (!buffer) continue;
        shelf.busy[index] = true;
        shelf.peak = Math.max(shelf.peak, shelf.busy.filter(Boolean).length);
        this.#out.set(buffer, { shelf, index });
        this.#outBytes += shelf.bytes;
        return buffer;
      }
    }
    return this.#pool.acquire(size, usage, mappedAtCreation, reuse);
  }

  releaseBuffer(buffer: GPUBuffer, reuse = true): void {
    const out = this.#out.get(buffer);
    if (!out) {
      this.#pool.release(buffer, reuse);
      return;
    }
    this.#out.delete(buffer);
    this.#outBytes -= out.shelf.bytes;
    out.shelf.busy[out.index] = false;
    if (this.#outlived.delete(buffer)) buffer.destroy();
  }

  getNumUsedBuffers(): number {
    return this.#out.size + this.#pool.used;
  }

  getNumFreeBuffers(): number {
    const reserved = this.#shelves.reduce((sum, { busy }) => sum + busy.filter((taken) => !taken).length, 0);
    return reserved + this.#pool.free;
  }

  dispose(): void {
    for (const { buffers } of this.#shelves) for (const buffer of buffers) buffer.destroy();
    for (const buffer of this.#outlived) buffer.destroy();
    this.#shelves = [];
    this.#reservedBytes = 0;
    this.#outlived.clear();
    this.#out.clear();
    this.#outBytes = 0;
    this.#pool.dispose();
  }

  #fits({ per, width, bytes }: Shelf, size: number): boolean {
    switch (per) {
      case 'run':
        return size === bytes;
      case 'position':
        return size === VALUE_BYTES * width * this.#positions && size <= bytes;
      case 'row':
        return size === VALUE_BYTES * width * this.#rows && size <= bytes;
      case 'segment':
        return this.#rows > 0 && size % (VALUE_BYTES * width * this.#rows) === 0 && size <= bytes;
      case 'slice':
        return size % (VALUE_BYTES * width) === 0 && size <= bytes;
      default:
        return per satisfies never;
    }
  }

  /** Shelves in the order in which they are looked through: what fits exactly comes first. */
  #shelvesFor(planned: readonly PlannedBuffer[]): readonly Shelf[] {
    const order: readonly PlannedBuffer['per'][] = ['run', 'position', 'row', 'segment', 'slice'];
    return bySize(planned)
      .toSorted(([a], [b]) => order.indexOf(a!.per) - order.indexOf(b!.per))
      .map((same) => {
        const { per, width, bytes, use } = same[0]!;
        const usage = usageOf(use);
        const what = same.map(({ what }) => what).join(', ');
        const count = same.reduce((sum, { count }) => sum + count, 0);
        const buffers = Array.from({ length: count }, () => this.#device.createBuffer({ size: bytes, usage }));
        return { per, width, bytes, what, usage, buffers, busy: buffers.map(() => false), peak: 0 };
      });
  }

  /** Whether the device failed to make what `make` asked it for: WebGPU reports that later, and only to an error scope. */
  async #watched<T>(make: () => T): Promise<{ readonly result: T; readonly failed: boolean }> {
    const device = this.#device;
    device.pushErrorScope('out-of-memory');
    device.pushErrorScope('validation');
    const result = make();
    const errors = await Promise.all([device.popErrorScope(), device.popErrorScope()]);
    return { result, failed: errors.some((error) => error !== null) };
  }
}

function sizeOf(buffers: Iterable<GPUBuffer>): number {
  return [...buffers].reduce((sum, { size }) => sum + size, 0);
}
