import { describe, expect, it } from 'vitest';
import { goodnessOf, rampColour } from './ramp.ts';
import { drawableValues, layOut, placeOn, type ValueAxis } from './valueAxis.ts';

const rate: ValueAxis = { name: 'rate', scale: 'log', names: [], format: String };

describe('layOut', () => {
  it('puts few values at ticks of their own, evenly where they double', () => {
    const laidOut = layOut(rate, [0.004, 0.001, 0.002, 0.001]);
    expect(laidOut.axis.ticks).toEqual([0.001, 0.002, 0.004]);
    expect(laidOut.formatTicks([])(0.002)).toBe('0.002');
    const [a, b, c] = laidOut.axis.ticks.map((tick) => placeOn(laidOut, tick));
    expect(b! - a!).toBeCloseTo(c! - b!);
  });

  it('has round ticks for many', () => {
    const many = Array.from({ length: 20 }, (_, i) => 0.001 * 1.3 ** i);
    expect(layOut(rate, many).axis.ticks.length).toBeLessThan(10);
  });

  it('gives every name as much room', () => {
    const laidOut = layOut({ ...rate, scale: 'names', names: ['adam', 'sgd'] }, [0, 1]);
    expect(laidOut.axis.ticks.map((tick) => placeOn(laidOut, tick))).toEqual([0.25, 0.75]);
    expect(laidOut.formatTicks([])(1)).toBe('sgd');
  });

  it('stands a single value on an axis with width', () => {
    for (const scale of ['log', 'linear', 'names'] as const) {
      const laidOut = layOut({ ...rate, scale, names: ['adam'] }, [scale === 'names' ? 0 : 0.004]);
      const place = placeOn(laidOut, scale === 'names' ? 0 : 0.004);
      expect(place, scale).toBeGreaterThanOrEqual(0);
      expect(place, scale).toBeLessThanOrEqual(1);
    }
  });
});

describe('drawableValues', () => {
  it('leaves out what has no place', () => {
    expect(drawableValues([0, 1, Number.NaN, Infinity], 'log')).toEqual([1]);
    expect(drawableValues([0, 1, Number.NaN, Infinity], 'names')).toEqual([0, 1]);
  });
});

describe('goodnessOf', () => {
  it('is 1 for the best by either sense, and where all are alike', () => {
    expect([2, 3, 4].map(goodnessOf([2, 3, 4], 'less'))).toEqual([1, 0.5, 0]);
    expect([2, 3, 4].map(goodnessOf([2, 3, 4], 'more'))).toEqual([0, 0.5, 1]);
    expect(goodnessOf([2, Infinity], 'less')(2)).toBe(1);
    expect(goodnessOf([2, 3], 'less')(Infinity)).toBeNaN();
    expect(rampColour(0.5, 'cell')).toBe('color-mix(in oklab, var(--cell-better) 50%, var(--cell-worse))');
  });
});
