import { describe, expect, it } from 'vitest';
import { Mt19937 } from './mt19937.ts';
import { RandomStream, streamFor } from './stream.ts';

const COUNT = 100_000;
const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

describe('streamFor', () => {
  it('repeats itself for one seed and name, and differs for any other', () => {
    const first = (seed: number, name: string) => {
      const stream = streamFor(seed, name);
      return [stream.u32(), stream.u32()].join(' ');
    };
    expect(first(42, 'order/1')).toBe(first(42, 'order/1'));
    const keys = [first(42, 'order/1'), first(43, 'order/1'), first(42, 'order/2'), first(42, 'order'), first(42, '')];
    expect(new Set(keys).size).toBe(keys.length);
  });

  it('gives streams that do not follow each other', () => {
    const a = streamFor(1, 'a');
    const b = streamFor(1, 'b');
    const products = Array.from({ length: COUNT }, () => (a.uniform() - 0.5) * (b.uniform() - 0.5) * 12);
    expect(Math.abs(mean(products))).toBeLessThan(5 / Math.sqrt(COUNT));
  });
});

describe('RandomStream', () => {
  it('draws uniform floats as Python does from the same generator', () => {
    // random.Random(42).random(), which seeds MT19937 with the one word 42
    expect(new RandomStream(Mt19937.fromKey([42])).uniform()).toBe(0.6394267984578837);
  });

  it('draws uniform floats in [0, 1) with the right mean and variance', () => {
    const stream = streamFor(7, 'uniform');
    const values = Array.from({ length: COUNT }, () => stream.uniform());
    expect(values.every((value) => value >= 0 && value < 1)).toBe(true);
    expect(mean(values)).toBeCloseTo(0.5, 2);
    expect(mean(values.map((value) => (value - 0.5) ** 2))).toBeCloseTo(1 / 12, 2);
  });

  it('draws normal values: mean 0, variance 1, kurtosis 3', () => {
    const stream = streamFor(7, 'normal');
    const values = Array.from({ length: COUNT }, () => stream.normal());
    expect(Math.abs(mean(values))).toBeLessThan(0.015);
    expect(Math.abs(mean(values.map((value) => value ** 2)) - 1)).toBeLessThan(0.02);
    expect(Math.abs(mean(values.map((value) => value ** 4)) - 3)).toBeLessThan(0.2);
  });

  it('draws whole numbers below a bound, each about as often', () => {
    const stream = streamFor(7, 'below');
    const counts = [0, 0, 0];
    for (let i = 0; i < 30_000; i++) counts[stream.below(3)]!++;
    for (const count of counts) expect(Math.abs(count - 10_000)).toBeLessThan(400);
    expect(stream.below(1)).toBe(0);
  });

  it('shuffles in place, all orders about as often', () => {
    const stream = streamFor(7, 'shuffle');
    const orders = new Map<string, number>();
    for (let i = 0; i < 6_000; i++) {
      const order = stream.shuffle([1, 2, 3]).join('');
      orders.set(order, (orders.get(order) ?? 0) + 1);
    }
    expect(orders.size).toBe(6);
    for (const count of orders.values()) expect(Math.abs(count - 1_000)).toBeLessThan(150);
    const same = new Int32Array([5]);
    expect(stream.shuffle(same)).toBe(same);
    expect(stream.shuffle([])).toEqual([]);
  });
});
