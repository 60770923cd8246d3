import { assert, constantFrom, double, integer, property, tuple } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countingAxis, niceAxis, zoomedAxis, zoomedCountingAxis, type Axis } from './axes.ts';
import { countTicks, numberTicks, percentTicks, pointTicks, type TickFormat } from './ticks.ts';

const SUPERSCRIPTS = '⁰¹²³⁴⁵⁶⁷⁸⁹';
const LETTERS: Readonly<Record<string, number>> = { '': 1, k: 1e3, M: 1e6, B: 1e9 };

/** What a label says, read as a reader would. */
function read(text: string): number {
  const parts = /^(−?)(?:([\d,.]+)(×)?)?(?:10(⁻?)([⁰¹²³⁴⁵⁶⁷⁸⁹]+))?([kMB]?)%?$/.exec(text);
  if (!parts) throw new Error(`unreadable: ${text}`);
  const [, minus, mantissa, , negative, power, letter = ''] = parts;
  const exponent = (power ?? '').replaceAll(/./g, (digit) => String(SUPERSCRIPTS.indexOf(digit)));
  const size = mantissa === undefined ? 1 : Number(mantissa.replaceAll(',', ''));
  // one parse, so that no intermediate product overflows
  const value = Number(`${size}e${negative ? '-' : ''}${exponent === '' ? 0 : exponent}`) * LETTERS[letter]!;
  return minus ? -value : value;
}

const texts = (axis: Axis, format: TickFormat) => axis.ticks.map(format(axis.ticks));

/** Every label is short, unlike the others, and says where it stands. */
function expectReadable(axis: Axis, format: TickFormat, scale = 1): void {
  const all = texts(axis, format);
  expect(new Set(all).size).toBe(all.length);
  const gap = Math.min(...axis.ticks.slice(1).map((tick, i) => tick - axis.ticks[i]!));
  for (const [i, text] of all.entries()) {
    expect(text.length).toBeLessThanOrEqual(14);
    expect(Math.abs(read(text) - axis.ticks[i]! * scale)).toBeLessThanOrEqual((gap * scale) / 10);
  }
}

describe('ticks of what is measured', () => {
  it('have the digits that tell them apart', () => {
    expect(texts(niceAxis(1.83, 4.2, 'linear'), numberTicks)).toEqual([
      '1.5',
      '2.0',
      '2.5',
      '3.0',
      '3.5',
      '4.0',
      '4.5',
    ]);
    expect(texts(niceAxis(2.3461, 2.3467, 'linear'), numberTicks)).toEqual([
      '2.3461',
      '2.3462',
      '2.3463',
      '2.3464',
      '2.3465',
      '2.3466',
      '2.3467',
    ]);
    expect(texts(niceAxis(0, 5_400, 'linear'), numberTicks)).toEqual([
      '0',
      '1,000',
      '2,000',
      '3,000',
      '4,000',
      '5,000',
      '6,000',
    ]);
  });

  it('are short where values are very large or very small', () => {
    expect(texts(niceAxis(0, 5.2e8, 'linear'), numberTicks)).toEqual([
      '0',
      '100M',
      '200M',
      '300M',
      '400M',
      '500M',
      '600M',
    ]);
    expect(texts(niceAxis(0, 3.1e12, 'linear'), numberTicks)).toEqual(['0', '10¹²', '2×10¹²', '3×10¹²', '4×10¹²']);
    expect(texts(niceAxis(0, 5.5e-8, 'linear'), numberTicks)).toEqual([
      '0',
      '10⁻⁸',
      '2×10⁻⁸',
      '3×10⁻⁸',
      '4×10⁻⁸',
      '5×10⁻⁸',
      '6×10⁻⁸',
    ]);
    expect(texts(niceAxis(0, 1.7e308, 'linear'), numberTicks)).toEqual(['0', '0.5×10³⁰⁸', '1.0×10³⁰⁸', '1.5×10³⁰⁸']);
  });

  it('of a log axis have each their own', () => {
    expect(texts(niceAxis(9.3, 214, 'log'), numberTicks)).toEqual(['10', '20', '50', '100', '200']);
    expect(texts(niceAxis(0.0002, 900, 'log'), numberTicks)).toEqual(['0.01', '1', '100']);
    expect(texts(niceAxis(11, 5.2e8, 'log'), numberTicks)).toEqual(['100', '10,000', '10⁶', '10⁸']);
    expect(texts(niceAxis(1e-8, 1e308, 'log'), numberTicks)).toEqual(['1', '10¹⁰⁰', '10²⁰⁰', '10³⁰⁰']);
  });

  it('of negative values have a minus sign', () => {
    expect(texts(niceAxis(-0.4, 0.5, 'linear'), numberTicks)).toEqual(['−0.4', '−0.2', '0', '0.2', '0.4', '0.6']);
    expect(texts(niceAxis(-3e12, -1e12, 'linear'), numberTicks)[0]).toBe('−3.0×10¹²');
  });

  it('are readable at any size', () => {
    const size = integer({ min: -300, max: 306 });
    const mantissa = double({ min: 1, max: 10, noNaN: true });
    const value = tuple(constantFrom(1, -1), mantissa, size).map(([sign, m, e]) => sign * Number(`${m}e${e}`));
    assert(
      property(value, value, constantFrom('linear', 'log'), (a, b, scale) => {
        const [low, high] = scale === 'log' ? [Math.abs(a), Math.abs(b)] : [a, b];
        const axis = niceAxis(Math.min(low, high), Math.max(low, high), scale);
        expect(axis.ticks.length).toBeGreaterThanOrEqual(2);
        expect(axis.ticks.length).toBeLessThanOrEqual(10);
        expectReadable(axis, numberTicks);
      }),
      { numRuns: 500 },
    );
  });

  it('are readable where values hardly differ', () => {
    assert(
      property(
        double({ min: 1e-6, max: 1e6, noNaN: true }),
        double({ min: 0, max: 1e-4, noNaN: true }),
        constantFrom('linear', 'log'),
        (low, share, scale) => expectReadable(niceAxis(low, low * (1 + share), scale), numberTicks),
      ),
    );
  });
});

describe('ticks of what is counted', () => {
  it('are whole, with a letter for thousands, millions and billions', () => {
    expect(texts(countingAxis(1, 7, 30), countTicks)).toEqual(['1', '2', '4', '6', '8']);
    // of a log axis
    expect([10, 100, 1_000, 10_000].map(countTicks([10, 100, 1_000, 10_000]))).toEqual(['10', '100', '1,000', '10k']);
    expect(texts(countingAxis(0, 5_850, null), countTicks)).toEqual(['0', '2k', '4k', '6k', '8k', '10k']);
    expect(texts(countingAxis(0, 123_457, 0), countTicks)).toEqual(['0', '25k', '50k', '75k', '100k', '123k']);
    expect(texts(countingAxis(0, 940_000_000, null), countTicks)).toEqual([
      '0',
      '0.2B',
      '0.4B',
      '0.6B',
      '0.8B',
      '1.0B',
    ]);
  });

  it('are readable up to a thousand million, also where zoomed to', () => {
    assert(
      property(integer({ min: 1, max: 1e9 }), double({ min: 0, max: 1, noNaN: true }), (last, from) => {
        expectReadable(countingAxis(0, last, 0), countTicks);
        const low = last * from * 0.9;
        const axis = zoomedCountingAxis(low, low + last * 0.1);
        expect(axis.ticks.length).toBeGreaterThanOrEqual(1);
        if (axis.ticks.length > 1) expectReadable(axis, countTicks);
      }),
    );
  });

  it('lie on whole numbers where a zoom has some', () => {
    expect(zoomedCountingAxis(36.8, 47.3).ticks).toEqual([38, 40, 42, 44, 46]);
    expect(zoomedCountingAxis(37.2, 37.6).ticks.length).toBeGreaterThanOrEqual(2);
  });
});

describe('ticks of fractions', () => {
  it('are per cent, with the digits that tell them apart', () => {
    expect(texts(niceAxis(0.61, 0.79, 'linear'), percentTicks)).toEqual(['60%', '65%', '70%', '75%', '80%']);
    expect(texts(niceAxis(0.701, 0.704, 'linear'), percentTicks)).toEqual([
      '70.10%',
      '70.15%',
      '70.20%',
      '70.25%',
      '70.30%',
      '70.35%',
      '70.40%',
    ]);
    expectReadable(niceAxis(0, 1e-7, 'linear'), percentTicks, 100);
  });

  it('of differences have a sign', () => {
    expect(texts(niceAxis(-0.004, 0.012, 'linear', 4), pointTicks)).toEqual(['−0.5', '0', '+0.5', '+1.0', '+1.5']);
  });
});

it('a zoom has round ticks within it', () => {
  const { low, high, ticks } = zoomedAxis(1.23, 1.91, 'linear');
  expect([low, high]).toEqual([1.23, 1.91]);
  expect(ticks.every((tick) => tick >= low && tick <= high)).toBe(true);
  expect(ticks.length).toBeGreaterThanOrEqual(3);
});
