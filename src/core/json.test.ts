import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { anyNumber, parseJson, writeJson } from './json.ts';

const numbers = z.array(anyNumber);
const NUMBERS = [0, -1.5, Number.MAX_VALUE, Infinity, -Infinity, Number.NaN];

describe('JSON of the lab', () => {
  it('keeps every number, in plain JSON', () => {
    const text = writeJson(NUMBERS);
    expect(text).toBe('[0,-1.5,1.7976931348623157e+308,"Infinity","-Infinity",null]');
    expect(numbers.parse(JSON.parse(text))).toEqual(NUMBERS);
    expect(numbers.parse(NUMBERS)).toEqual(NUMBERS);
    expect(writeJson({ a: [Infinity] }, 2)).toBe('{\n  "a": [\n    "Infinity"\n  ]\n}');
  });

  it('reads what Python writes by default', () => {
    expect(numbers.parse(parseJson('[NaN, Infinity, -Infinity, 1, 1e999]'))).toEqual([
      Number.NaN,
      Infinity,
      -Infinity,
      1,
      Infinity,
    ]);
  });

  it('leaves text alone that holds such words', () => {
    const text = String.raw`{"NaN": [NaN, "Infinity, NaN", "a \" Infinity", "\\"], "x": "-Infinity"}`;
    expect(parseJson(text)).toEqual({ NaN: [null, 'Infinity, NaN', 'a " Infinity', '\\'], x: '-Infinity' });
  });

  it('refuses everything else as before', () => {
    for (const text of ['', '[Infinity', '{"a": nan}', '["NaN', '[infinity]', 'Infinityx', '[NaNs]']) {
      expect(() => parseJson(text), text).toThrow(SyntaxError);
    }
    for (const value of ['1', 'infinity', undefined, true, {}, 1n]) {
      expect(anyNumber.safeParse(value).success, typeof value).toBe(false);
    }
    const long = `["${String.raw`\"Infinity `.repeat(300_000)}`;
    expect(() => parseJson(long)).toThrow(SyntaxError);
  });
});
