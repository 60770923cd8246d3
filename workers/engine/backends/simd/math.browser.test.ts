/** The vector approximations of assembly/math.ts against float64, in units of the last place, over the whole range of each. */
import { afterEach, describe, expect, it } from 'vitest';
import { streamFor } from '#core/random/stream.ts';
import { UnaryOp } from './kernelCalls.ts';
import { SimdRuntime } from './runtime.ts';

let runtime: SimdRuntime;
afterEach(() => runtime.end());

const COUNT = 400_001;

/** Spread over a range, with its ends; an odd number, so that the last vector is not whole. */
function spread(from: number, to: number): Float32Array {
  const random = streamFor(1, `${from} ${to}`);
  return Float32Array.from({ length: COUNT }, (_, i) =>
    i === 0 ? from : i === 1 ? to : from + (to - from) * random.uniform(),
  );
}

/** Numbers of every magnitude from the smallest normal one to the largest, of either sign. */
function magnitudes(signed: boolean): Float32Array {
  const random = streamFor(2, 'magnitudes');
  return Float32Array.from({ length: COUNT }, () => {
    const magnitude = 2 ** (random.uniform() * 253 - 126);
    return signed && random.uniform() < 0.5 ? -magnitude : magnitude;
  });
}

const bits = new Float32Array(1);
const whole = new Int32Array(bits.buffer);
/** Distance from a float32 to the next one away from zero. */
function ulp(value: number): number {
  bits[0] = Math.max(Math.abs(value), 2 ** -126);
  const here = bits[0];
  whole[0]!++;
  return bits[0] - here;
}

async function valuesOf(op: UnaryOp, x: Float32Array): Promise<Float32Array> {
  const [from, to] = [runtime.heap.alloc(x.byteLength), runtime.heap.alloc(x.byteLength)];
  runtime.write(from, x);
  runtime.kernels.unary({ op, x: from, to, count: x.length });
  await runtime.computed();
  return runtime.floats(to, x.length);
}

function worstUlps(x: Float32Array, y: Float32Array, exact: (x: number) => number): number {
  let worst = 0;
  for (const [i, value] of x.entries()) {
    const expected = exact(value);
    worst = Math.max(worst, Math.abs(y[i]! - expected) / ulp(expected));
  }
  return worst;
}

describe.each([
  { relaxed: true, shared: true },
  { relaxed: false, shared: false },
])('$relaxed relaxed', (variant) => {
  it.each([
    { what: 'Exponential', limit: 2, ranges: [spread(-87.3, 88.3), spread(-1, 1)], exact: Math.exp },
    { what: 'Logarithm', limit: 2, ranges: [magnitudes(false), spread(0.5, 2)], exact: Math.log },
    {
      what: 'Sigmoid',
      limit: 3,
      ranges: [spread(-87, 87), spread(-4, 4), magnitudes(true).map((x) => Math.max(-87, x))],
      exact: (x: number) => 1 / (1 + Math.exp(-x)),
    },
    { what: 'Tanh', limit: 3, ranges: [spread(-10, 10), spread(-0.7, 0.7), magnitudes(true)], exact: Math.tanh },
  ] as const)('$what is within $limit units of the last place', async ({ what, limit, ranges, exact }) => {
    runtime = await SimdRuntime.open({ threads: 1, ...variant });
    for (const x of ranges) expect(worstUlps(x, await valuesOf(UnaryOp[what], x), exact)).toBeLessThan(limit);
  });

  it('keeps ends, zeros and NaN', async () => {
    runtime = await SimdRuntime.open({ threads: 1, ...variant });
    const x = Float32Array.of(-Infinity, -1e30, -0, 0, 1e30, Infinity, Number.NaN);
    const [tanh, sigmoid, exponential] = [
      await valuesOf(UnaryOp.Tanh, x),
      await valuesOf(UnaryOp.Sigmoid, x),
      await valuesOf(UnaryOp.Exponential, x),
    ];
    expect([...tanh].map((value) => value + 0)).toEqual([-1, -1, 0, 0, 1, 1, Number.NaN]);
    expect(Array.from(sigmoid.subarray(2))).toEqual([0.5, 0.5, 1, 1, Number.NaN]);
    // held at the smallest normal number: of a softmax that is as good as zero
    expect(sigmoid[0]).toBeLessThan(1e-37);
    expect(Array.from(exponential.subarray(2, 4))).toEqual([1, 1]);
    expect(exponential[0]).toBeLessThan(1.2e-38);
    expect(exponential[5]).toBeGreaterThan(2e38);
    expect(exponential[6]).toBeNaN();
  });
});
