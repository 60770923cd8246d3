/** The queue and who computes it: any number of threads, or none, give the same; it can be held, abandoned and filled. */
import { afterEach, describe, expect, it } from 'vitest';
import { streamFor } from '#core/random/stream.ts';
import { BinaryOp, Start } from './kernelCalls.ts';
import { SimdRuntime, type RuntimeOptions } from './runtime.ts';
import { withWorkspace } from './workspace.ts';

const open: SimdRuntime[] = [];
async function runtimeOf(options: RuntimeOptions): Promise<SimdRuntime> {
  const runtime = await SimdRuntime.open(options);
  open.push(runtime);
  return runtime;
}
afterEach(() => {
  for (const runtime of open.splice(0)) runtime.end();
});

const random = streamFor(3, 'runtime');
const draw = (length: number) => Float32Array.from({ length }, () => random.normal());

function place(runtime: SimdRuntime, values: Float32Array): number {
  const at = runtime.heap.allocIdle(values.byteLength, runtime.kernels.done());
  runtime.write(at, values);
  return at;
}

/** Puts a x b into the queue. @returns its place */
function multiply(runtime: SimdRuntime, a: Float32Array, b: Float32Array, m: number, n: number, k: number): number {
  const { kernels, heap } = runtime;
  const [left, right, to] = [place(runtime, a), place(runtime, b), heap.alloc(4 * m * n)];
  withWorkspace(runtime, (alloc) => {
    const packed = alloc(kernels.packedBytes(k, n));
    kernels.pack({ b: right, ldb: n, transB: 0, k, n, to: packed });
    kernels.product({ a: left, lda: k, transA: 0, packed, m, n, k, c: to, ldc: n, start: Start.Zero, bias: 0 });
  });
  return to;
}

const M = 133;
const N = 261;
const K = 1_030;
const [A, B] = [draw(M * K), draw(K * N)];

async function product(options: RuntimeOptions): Promise<Float32Array> {
  const runtime = await runtimeOf(options);
  const to = multiply(runtime, A, B, M, N, K);
  await runtime.computed();
  return runtime.floats(to, M * N);
}

describe('a product', () => {
  it('has the same bits with any number of threads, and without', async () => {
    const one = await product({ threads: 1 });
    for (const options of [{ threads: 2 }, { threads: 3 }, { threads: 7 }, { threads: 1, shared: false }]) {
      expect(await product(options)).toEqual(one);
    }
  });

  it('is right in every variant', async () => {
    const expected = new Float64Array(M * N);
    for (let i = 0; i < M; i++) {
      for (let k = 0; k < K; k++) {
        for (let j = 0; j < N; j++) expected[i * N + j]! += A[i * K + k]! * B[k * N + j]!;
      }
    }
    for (const relaxed of [true, false]) {
      for (const shared of [true, false]) {
        const actual = await product({ threads: 2, relaxed, shared });
        expect(actual.findIndex((value, i) => !(Math.abs(value - expected[i]!) < 1e-3))).toBe(-1);
      }
    }
  });
});

/** Adds one to a value, as many times as there are commands. */
function count(runtime: SimdRuntime, commands: number): number {
  const at = place(runtime, Float32Array.of(0));
  const one = place(runtime, Float32Array.of(1));
  for (let i = 0; i < commands; i++) {
    runtime.kernels.binary({ op: BinaryOp.Add, a: at, b: one, to: at, count: 1, periodA: 1, periodB: 1 });
  }
  return at;
}

describe.each([
  { how: 'on two threads', options: { threads: 2 } },
  { how: 'without threads', options: { threads: 1, shared: false } },
])('the queue $how', ({ options }) => {
  it('computes in order, more commands than it pauses', async () => {
    const runtime = await runtimeOf(options);
    const at = count(runtime, 20_000);
    await runtime.computed();
    expect([...runtime.floats(at, 1)]).toEqual([20_000]);
    expect(runtime.done).toBe(runtime.given);
  });

  it('stops where it is while it is paused', async () => {
    const runtime = await runtimeOf(options);
    await runtime.computed();
    runtime.pause();
    const at = count(runtime, 100);
    let computed = false;
    const waiting = runtime.computed().then(() => (computed = true));
    await later(50);
    expect(computed).toBe(false);
    // One command may be past the place where it looks.
    expect(runtime.floats(at, 1)[0]).toBeLessThanOrEqual(1);
    expect(runtime.done).toBeLessThan(runtime.given);
    runtime.resume();
    await waiting;
    expect([...runtime.floats(at, 1)]).toEqual([100]);
  });

  it('skips what was cancelled, paused or not, and computes what comes after', async () => {
    const runtime = await runtimeOf(options);
    for (const pauses of [true, false]) {
      if (pauses) runtime.pause();
      const to = multiply(runtime, draw(2_000 * 512), draw(512 * 2_000), 2_000, 2_000, 512);
      const more = count(runtime, 500);
      await runtime.cancel();
      expect(runtime.floats(more, 1)[0]).toBeLessThan(500);
      runtime.heap.free(to, runtime.kernels.written());
      const at = count(runtime, 3);
      await runtime.computed();
      expect([...runtime.floats(at, 1)]).toEqual([3]);
    }
  });

  it('lets the directing thread answer while it computes', async () => {
    const runtime = await runtimeOf(options);
    const [a, b] = [draw(1_000 * 512), draw(512 * 1_000)];
    for (let i = 0; i < 12; i++) multiply(runtime, a, b, 1_000, 1_000, 512);
    const ended = new AbortController();
    const waiting = runtime.computed().finally(() => ended.abort());
    // a turn of the event loop each; were it held up until all is computed, there would be one
    let turns = 0;
    for (; !ended.signal.aborted; turns++) await later(0);
    await waiting;
    expect(turns).toBeGreaterThan(3);
  });
});

it('rejects when a thread fails', async () => {
  const runtime = await runtimeOf({ threads: 2 });
  // beyond the end of the memory
  runtime.kernels.fill({ to: 0xffff_fff0, count: 4_000_000, value: 1 });
  await expect(Promise.race([runtime.computed(), runtime.lost])).rejects.toThrow(
    'A thread of the device CPU has failed.',
  );
});

it('rejects when it fails without threads', async () => {
  const runtime = await runtimeOf({ threads: 1, shared: false });
  runtime.kernels.fill({ to: 0xffff_fff0, count: 4_000_000, value: 1 });
  await expect(runtime.computed()).rejects.toThrow('A thread of the device CPU has failed.');
});

function later(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
