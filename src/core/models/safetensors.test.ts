import { describe, expect, it } from 'vitest';
import { readSafetensors, type Tensor, writeSafetensors } from './safetensors.ts';

const weights: [string, Tensor][] = [
  ['rnn.weight', { dtype: 'F32', shape: [2, 3], data: Float32Array.of(1, -2, 3.5, 0, 1e-30, -0) }],
  ['batch.x', { dtype: 'I32', shape: [3], data: Int32Array.of(-1, 0, 2_147_483_647) }],
  ['scalar', { dtype: 'F32', shape: [], data: Float32Array.of(7) }],
  ['empty', { dtype: 'F32', shape: [0, 4], data: new Float32Array(0) }],
];

/** A file with the given header text and data, its length field optionally a lie. */
function file(header: string | Uint8Array, data: ArrayLike<number> = [], claimed?: bigint): Uint8Array {
  const json = typeof header === 'string' ? new TextEncoder().encode(header) : header;
  const bytes = new Uint8Array(8 + json.length + data.length);
  new DataView(bytes.buffer).setBigUint64(0, claimed ?? BigInt(json.length), true);
  bytes.set(json, 8);
  bytes.set(Uint8Array.from(data), 8 + json.length);
  return bytes;
}

const entry = (dtype: string, shape: unknown, offsets: unknown) => ({ dtype, shape, data_offsets: offsets });
const read = (header: object, data?: ArrayLike<number>) => readSafetensors(file(JSON.stringify(header), data));

describe('writeSafetensors', () => {
  it('gives back what was written, names, shapes, bits and metadata', () => {
    const metadata = { config: '{"seed":42}', 'übung "quoted"': 'line\nbreak' };
    const back = readSafetensors(writeSafetensors(new Map(weights), metadata));
    expect([...back.tensors]).toEqual(weights);
    expect(back.metadata).toEqual(metadata);
  });

  it('starts the data at a multiple of eight, after spaces', () => {
    for (const name of ['a', 'ab', 'abc', 'abcdefghijk']) {
      const bytes = writeSafetensors(new Map([[name, weights[0]![1]]]), {});
      const header = Number(new DataView(bytes.buffer).getBigUint64(0, true));
      expect(header % 8).toBe(0);
      expect(bytes.length).toBe(8 + header + 24);
      expect(new TextDecoder().decode(bytes.subarray(8, 8 + header))).toMatch(/^\{.*\} *$/);
    }
  });

  it('writes only the window a view shows', () => {
    const data = Float32Array.of(9, 1, 2, 9).subarray(1, 3);
    const back = readSafetensors(writeSafetensors(new Map([['w', { dtype: 'F32', shape: [2], data }]]), {}));
    expect(back.tensors.get('w')?.data).toEqual(Float32Array.of(1, 2));
  });

  it('refuses a shape that its data do not fill, and the reserved name', () => {
    const tensor: Tensor = { dtype: 'F32', shape: [3], data: new Float32Array(2) };
    expect(() => writeSafetensors(new Map([['w', tensor]]), {})).toThrow(/"w" of shape \[3\] with 2 values/);
    expect(() => writeSafetensors(new Map([['__metadata__', weights[0]![1]]]), {})).toThrow(/cannot be written/);
  });

  it('writes F16 where halves are wanted: the nearest, of two as near the even one', () => {
    const values = Float32Array.of(
      1,
      -2,
      0,
      -0,
      1 / 3,
      65504,
      65519.996,
      65520,
      2 ** -24,
      2 ** -25,
      3 * 2 ** -25,
      1e-30,
    );
    const edges = Float32Array.of(1 + 2 ** -11, 1 + 3 * 2 ** -11, 2 - 2 ** -12, 2 ** -14 - 2 ** -26, NaN, -Infinity);
    const tensors = new Map<string, Tensor>([
      ['v', { dtype: 'F32', shape: [12], data: values }],
      ['e', { dtype: 'F32', shape: [2, 3], data: edges }],
      ['i', { dtype: 'I32', shape: [1], data: Int32Array.of(7) }],
    ]);
    const bytes = writeSafetensors(tensors, {}, { half: true });
    const back = readSafetensors(bytes).tensors;
    const third = 1365 / 4096;
    expect([...back.get('v')!.data]).toEqual([1, -2, 0, -0, third, 65504, 65504, Infinity, 2 ** -24, 0, 2 ** -23, 0]);
    expect([...back.get('e')!.data]).toEqual([1, 1 + 2 ** -9, 2, 2 ** -14, NaN, -Infinity]);
    expect(back.get('i')).toEqual(tensors.get('i'));
  });

  it('writes any F16 as it was read', () => {
    const halves = Uint16Array.from({ length: 0x7c01 }, (_, bits) => bits);
    const { tensors } = read(
      { h: entry('F16', [halves.length], [0, 2 * halves.length]) },
      new Uint8Array(halves.buffer),
    );
    const bytes = writeSafetensors(tensors, {}, { half: true });
    expect(bytes.subarray(-2 * halves.length)).toEqual(new Uint8Array(halves.buffer));
  });

  it('keeps a tensor named __proto__', () => {
    const back = readSafetensors(writeSafetensors(new Map([['__proto__', weights[0]![1]]]), {}));
    expect([...back.tensors.keys()]).toEqual(['__proto__']);
  });
});

describe('readSafetensors', () => {
  it('reads from an unaligned window of a larger buffer', () => {
    const bytes = writeSafetensors(new Map(weights), {});
    const shifted = new Uint8Array(bytes.length + 3);
    shifted.set(bytes, 3);
    expect([...readSafetensors(shifted.subarray(3)).tensors]).toEqual(weights);
  });

  it('reads from a Buffer of Node, whose slice() is a view', () => {
    const buffer = Buffer.concat([Buffer.from('some'), writeSafetensors(new Map(weights), {})]).subarray(4);
    expect([...readSafetensors(buffer).tensors]).toEqual(weights);
  });

  it('reads a header that is not padded', () => {
    const { tensors } = read({ w: entry('F32', [1], [0, 4]) }, [0, 0, 128, 63]);
    expect(tensors.get('w')?.data).toEqual(Float32Array.of(1));
  });

  it('widens BF16, and rounds F64', () => {
    const bits = Uint16Array.of(0x3f80, 0xc000, 0x7f80, 0x0001);
    const doubles = Float64Array.of(1 / 3, -2e300);
    const data = new Uint8Array(24);
    data.set(new Uint8Array(bits.buffer), 0);
    data.set(new Uint8Array(doubles.buffer), 8);
    const { tensors } = read({ b: entry('BF16', [4], [0, 8]), d: entry('F64', [2], [8, 24]) }, data);
    expect([...tensors.get('b')!.data]).toEqual([1, -2, Infinity, 2 ** -133]);
    expect([...tensors.get('d')!.data]).toEqual([Math.fround(1 / 3), -Infinity]);
  });

  it('widens F16: normal, subnormal, infinite, not a number', () => {
    const halves = [0x3c00, 0xc000, 0x3555, 0x0001, 0x8000, 0x7bff, 0x7c00, 0xfc00, 0x7e00];
    const { tensors } = read({ h: entry('F16', [9], [0, 18]) }, new Uint8Array(Uint16Array.from(halves).buffer));
    expect(tensors.get('h')?.dtype).toBe('F32');
    expect([...tensors.get('h')!.data]).toEqual([1, -2, 0.333251953125, 2 ** -24, -0, 65504, Infinity, -Infinity, NaN]);
  });

  // https://github.com/huggingface/safetensors, enum Dtype
  it.each([
    ...([
      ['BOOL', 8],
      ['U8', 8],
      ['I8', 8],
      ['F8_E4M3', 8],
      ['F8_E5M2', 8],
      ['F8_E8M0', 8],
      ['F8_E4M3FNUZ', 8],
    ] as const),
    ...([
      ['F8_E5M2FNUZ', 8],
      ['U16', 16],
      ['I16', 16],
      ['U32', 32],
      ['U64', 64],
      ['I64', 64],
      ['C64', 64],
    ] as const),
    ...([
      ['F4', 4],
      ['F6_E2M3', 6],
      ['F6_E3M2', 6],
    ] as const),
  ])('lists %s tensors without their values, and reads those beside them', (dtype, bits) => {
    const size = bits; // eight values, in bytes
    const { tensors, infos } = read({ x: entry(dtype, [2, 4], [0, size]), w: entry('F32', [], [size, size + 4]) }, [
      ...Array<number>(size).fill(255),
      0,
      0,
      128,
      63,
    ]);
    expect(infos).toEqual([
      { name: 'x', dtype, shape: [2, 4] },
      { name: 'w', dtype: 'F32', shape: [] },
    ]);
    expect([...tensors]).toEqual([['w', { dtype: 'F32', shape: [], data: Float32Array.of(1) }]]);
  });

  it.each<[string, Uint8Array, RegExp]>([
    ['nothing', new Uint8Array(0), /0 bytes/],
    ['a truncated length', new Uint8Array(7), /7 bytes/],
    ['a header beyond the file', file('{}', [], 3n), /claims 3 bytes, but only 2 follow/],
    ['a header of 2^64 - 1 bytes', file('{}', [], 0xffff_ffff_ffff_ffffn), /claims 18446744073709551615 bytes/],
    ['a header that is not JSON', file('{"a"'), /not JSON/],
    ['a header that is not UTF-8', file(Uint8Array.of(0x7b, 0x22, 0xff, 0x22)), /not JSON in UTF-8/],
    ['a header that is a list', file('[]'), /not an object/],
    ['a header that is null', file('null'), /not an object/],
    ['bytes after the last tensor', file('{}', [1]), /take 0 bytes, but 1 follow/],
  ])('rejects %s', (_, bytes, message) => {
    expect(() => readSafetensors(bytes)).toThrow(message);
  });

  const four = [0, 0, 0, 0];
  it.each<[string, object, ArrayLike<number>, RegExp]>([
    ['offsets beyond the data', { w: entry('F32', [2], [0, 8]) }, four, /bytes 0 to 8 of 4/],
    ['offsets in the wrong order', { w: entry('F32', [1], [4, 0]) }, four, /bytes 4 to 0/],
    ['negative offsets', { w: entry('F32', [1], [-4, 0]) }, four, /"w" lacks/],
    ['a fraction in the shape', { w: entry('F32', [1.5], [0, 4]) }, four, /"w" lacks/],
    ['a negative length in the shape', { w: entry('F32', [-1], [0, 4]) }, four, /"w" lacks/],
    ['a product beyond 2^64', { w: entry('F32', Array(40).fill(2 ** 40), [0, 4]) }, four, /needs Infinity bytes/],
    ['a shape that is smaller than its bytes', { w: entry('F32', [1], [0, 8]) }, [...four, ...four], /needs 4 bytes/],
    ['overlap', { a: entry('F32', [1], [0, 4]), b: entry('F32', [1], [0, 4]) }, four, /"b" starts at byte 0/],
    ['a gap', { a: entry('F32', [1], [4, 8]) }, [...four, ...four], /"a" starts at byte 4 instead of 0/],
    ['a type that the format does not have', { w: entry('I24', [1], [0, 3]) }, [0, 0, 0], /the type I24/],
    ['a count of bits that fills no byte', { w: entry('F4', [3], [0, 1]) }, [0], /needs 1.5 bytes/],
    ['a type named like a method', { w: entry('toString', [2], [0, 4]) }, four, /toString/],
    ['an entry that is a number', { w: 3 }, four, /"w" lacks/],
    ['metadata that are not text', { __metadata__: { a: 1 } }, [], /metadata/],
    ['metadata that are no object', { __metadata__: 'a' }, [], /metadata/],
  ])('rejects %s', (_, header, data, message) => {
    expect(() => read(header, data)).toThrow(message);
  });
});
