/** The arena alone; workers/training/gpuMemory.browser.test.ts compares the memory of real steps with their plan. */
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { PlannedBuffer } from '#core/models/memoryPlan.ts';
import { openDevice } from '../../devices/device.ts';
import { GpuRuntime } from './runtime.ts';
import type { ArenaBackend } from './arenaBackend.ts';
import type { Arena } from './arena.ts';

const STORAGE = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST;

let backend: ArenaBackend;
let arena: Arena;
beforeAll(async () => {
  // its own, which holds nothing of other tests
  await openDevice('webgpu');
  backend = tf.backend() as ArenaBackend;
  ({ arena } = backend);
});

let taken: GPUBuffer[] = [];
beforeEach(() => {
  tf.engine().startScope();
  taken = [];
});
afterEach(() => {
  tf.engine().endScope();
  for (const buffer of taken) arena.releaseBuffer(buffer);
  arena.release();
  expect(arena.numBytesAllocated).toBe(0);
});

/** Taken until the test ends. */
function take(bytes: number): GPUBuffer {
  const buffer = arena.acquireBuffer(bytes, STORAGE);
  taken.push(buffer);
  return buffer;
}

/** Buffers for at most 3 rows of 4 steps, segments of 2 steps, and slices of 8 rows. */
function planned(per: PlannedBuffer['per'], width: number, count: number): PlannedBuffer {
  const units = { run: 1, position: 12, row: 3, segment: 6, slice: 8 }[per];
  return { what: `${per} ${width}`, kind: 'scratch', per, width, count, use: 'compute', bytes: 4 * width * units };
}

const sizesOf = (...bytes: readonly number[]) => bytes.map((size) => take(size).size);

describe('reserved buffers', () => {
  it('serve smaller batches at their full size, and nothing else', async () => {
    await arena.reserve([
      planned('position', 5, 2),
      planned('row', 7, 1),
      planned('slice', 11, 1),
      planned('run', 6, 1),
    ]);
    const reserved = 4 * (2 * 12 * 5 + 3 * 7 + 8 * 11 + 6);
    expect(arena.numBytesAllocated).toBe(reserved);
    arena.beginBatch(2, 3);
    // Sizes for 6 positions, 2 rows, 5 rows of a slice, and the run.
    expect(sizesOf(4 * 6 * 5, 4 * 2 * 7, 4 * 5 * 11, 4 * 6)).toEqual([4 * 12 * 5, 4 * 3 * 7, 4 * 8 * 11, 4 * 6]);
    expect(arena.numBytesAllocated).toBe(reserved);
    // One more of each: a second sequence there is, the others are made to measure.
    expect(sizesOf(4 * 6 * 5, 4 * 2 * 7, 4 * 5 * 11, 4 * 6)).toEqual([4 * 12 * 5, 4 * 2 * 7, 4 * 5 * 11, 4 * 6]);
    expect(arena.use).toMatchObject({ beyondBytes: 4 * (2 * 7 + 5 * 11 + 6), beyondBuffers: 3 });
    expect(arena.numBytesAllocated).toBe(reserved + arena.use.beyondBytes);
    // A batch that is larger than planned.
    arena.beginBatch(3, 5);
    expect(sizesOf(4 * 15 * 5)).toEqual([4 * 15 * 5]);
  });

  it('come in the same order each time, whatever order they went back in', async () => {
    await arena.reserve([planned('run', 6, 4)]);
    const four = () => [0, 1, 2, 3].map(() => arena.acquireBuffer(24, STORAGE));
    const first = four();
    for (const order of [
      [2, 0, 3, 1],
      [3, 2, 1, 0],
    ]) {
      for (const index of order) arena.releaseBuffer(first[index]!);
      expect(four().every((buffer, index) => buffer === first[index])).toBe(true);
    }
    taken.push(...first);
  });

  it('take a size that two readings fit from whichever has one left', async () => {
    await arena.reserve([planned('run', 24, 1), planned('position', 4, 1)]);
    arena.beginBatch(2, 3);
    expect(sizesOf(96, 96)).toEqual([96, 192]);
    expect(arena.use.beyondBuffers).toBe(0);
  });

  it('go when another plan is reserved; one in use when it comes back', async () => {
    await arena.reserve([planned('run', 100, 2)]);
    const held = arena.acquireBuffer(400, STORAGE);
    await arena.reserve([planned('run', 50, 1)]);
    expect(arena.numBytesAllocated).toBe(400 + 200);
    expect(arena.numBytesUsed).toBe(400);
    arena.releaseBuffer(held);
    expect(arena.numBytesAllocated).toBe(200);
    expect(arena.numBytesUsed).toBe(0);
    arena.release();
    expect(arena.numBytesAllocated).toBe(0);
  });

  it('are not had where the device has no room, which is told and harms nothing', async () => {
    const tooLarge = backend.device.limits.maxBufferSize + 4;
    expect(await arena.reserve([planned('run', 6, 1), { ...planned('run', 7, 1), bytes: tooLarge }])).toBe(false);
    expect(arena.numBytesAllocated).toBe(0);
    expect(await arena.reserve([planned('run', 6, 1)])).toBe(true);
    expect([...(await tf.add(tf.tensor1d([1, 2]), 1).data())]).toEqual([2, 3]);
  });
});

describe('tensors in larger buffers', () => {
  it('are read back to their own size, on the device and off it', async () => {
    await arena.reserve([planned('position', 5, 3)]);
    arena.beginBatch(2, 3);
    const values = Float32Array.from({ length: 30 }, (_, index) => index + 1);
    const x = tf.tensor3d(values, [3, 2, 5]);
    backend.uploadToGPU(x.dataId);
    expect((backend.tensorMap.get(x.dataId).resource as GPUBuffer).size).toBe(4 * 12 * 5);
    expect(await x.data()).toEqual(values);
    const whole = tf.tensor3d(
      Int32Array.from({ length: 60 }, () => 9),
      [4, 3, 5],
      'int32',
    );
    arena.beginBatch(3, 4);
    backend.uploadToGPU(whole.dataId);
    tf.dispose(whole);
    // In a buffer that still holds the nines.
    arena.beginBatch(2, 3);
    const ids = tf.tensor1d(Int32Array.from(values), 'int32');
    backend.uploadToGPU(ids.dataId);
    expect(await ids.data()).toEqual(Int32Array.from(values));
    const sum = tf.add(x, x);
    expect(await sum.data()).toEqual(values.map((value) => 2 * value));
    expect(await tf.sum(x).data()).toEqual(Float32Array.of(465));
    expect(await tf.concat([x, x], 0).data()).toEqual(Float32Array.of(...values, ...values));
  });

  it('are read after what was asked before, and keep what they held when they were disposed of', async () => {
    await arena.reserve([planned('run', 8, 2)]);
    const runtime = GpuRuntime.current();
    const x = tf.tensor1d(Float32Array.from({ length: 8 }, () => 1));
    const twice = tf.add(x, x);
    const read = twice.data();
    twice.dispose();
    // Takes the same buffer over.
    const other = tf.engine().makeTensorFromTensorInfo(runtime.output([8]));
    backend.uploadToGPU(other.dataId);
    const more = tf.mul(x, 7);
    expect([...(await read)]).toEqual([2, 2, 2, 2, 2, 2, 2, 2]);
    expect([...(await more.data())]).toEqual([7, 7, 7, 7, 7, 7, 7, 7]);
  });

  it('cannot be read in step with the GPU', () => {
    const x = tf.tensor1d([1, 2, 3]);
    backend.uploadToGPU(x.dataId);
    expect(() => x.toString()).toThrow('Await data() instead.');
  });
});

describe('what no plan foresaw', () => {
  it('is used again, and let go when it is not wanted for long', async () => {
    await arena.reserve([]);
    const again = arena.acquireBuffer(40, STORAGE);
    arena.releaseBuffer(again);
    expect(arena.acquireBuffer(40, STORAGE)).toBe(again);
    arena.releaseBuffer(again);
    for (let i = 0; i < 2_000; i++) arena.releaseBuffer(arena.acquireBuffer(44, STORAGE));
    expect(arena.numBytesAllocated).toBe(44);
    expect(take(40)).not.toBe(again);
  });

  it('does not grow with the number of sizes seen', async () => {
    await arena.reserve([]);
    let most = 0;
    for (let size = 100_000; size < 200_000; size += 400) {
      const pair = [arena.acquireBuffer(size, STORAGE), arena.acquireBuffer(4 * size, STORAGE)];
      for (const buffer of pair) arena.releaseBuffer(buffer);
      most = Math.max(most, arena.numBytesAllocated);
    }
    // What is used at once is 1 MB at most; as much may lie free.
    expect(most).toBeLessThanOrEqual(2_000_000);
  });
});
