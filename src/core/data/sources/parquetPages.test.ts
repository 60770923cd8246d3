import { parquetMetadata, type ColumnMetaData } from 'hyparquet';
import { describe, expect, it } from 'vitest';
import { parquetOf } from './archives.fixture.ts';
import { requireSoundPages } from './parquetPages.ts';
import { endOfStruct } from './thrift.ts';

/** A page of the format's first version, not compressed: its header in Thrift's compact protocol. */
function pageOf(count: number, body: readonly number[], but: { readonly size?: number } = {}): Uint8Array {
  const zigzag = (value: number): number[] => {
    const bytes: number[] = [];
    for (let left = value * 2; ; left = Math.floor(left / 128)) {
      if (left < 128) return [...bytes, left];
      bytes.push((left % 128) + 128);
    }
  };
  const [DATA_PAGE, RLE_DICTIONARY, RLE] = [0, 8, 3];
  const field = (value: number) => [0x15, ...zigzag(value)];
  const dataPage = [count, RLE_DICTIONARY, RLE, RLE].flatMap(field);
  const header = [DATA_PAGE, but.size ?? body.length, body.length].flatMap(field).concat(0x2c, dataPage, 0, 0);
  return Uint8Array.from([...header, ...body]);
}

const column = (count: number): Pick<ColumnMetaData, 'codec' | 'num_values'> => ({
  codec: 'UNCOMPRESSED',
  num_values: BigInt(count),
});
const FLAT = { repetition: 0, definition: 1 };
/** A run of `count` ones, as levels with their length before it, and as numbers of a dictionary with their width. */
const LEVELS = [2, 0, 0, 0, 3 << 1, 1];
const NUMBERS = [1, 3 << 1, 1];

describe('requireSoundPages', () => {
  it('takes the pages of a whole file', () => {
    const bytes = parquetOf(Array.from({ length: 40 }, (_, i) => ['<s>', 'x', `y${i % 3}`, '</s>']));
    const columns = parquetMetadata(bytes).row_groups.flatMap((group) =>
      group.columns.flatMap(({ meta_data: meta }) => (meta?.path_in_schema[0] === 'code' ? [meta] : [])),
    );
    expect(columns.length).toBeGreaterThan(0);
    for (const meta of columns) {
      const start = Number(meta.dictionary_page_offset || meta.data_page_offset);
      const chunk = bytes.subarray(start, start + Number(meta.total_compressed_size));
      expect(() => requireSoundPages(chunk, meta, { repetition: 1, definition: 3 })).not.toThrow();
    }
  });

  it('takes runs, with levels and without', () => {
    expect(() => requireSoundPages(pageOf(3, [...LEVELS, ...NUMBERS]), column(3), FLAT)).not.toThrow();
    expect(() => requireSoundPages(pageOf(3, NUMBERS), column(3), { repetition: 0, definition: 0 })).not.toThrow();
  });

  it.each<[string, Uint8Array, number, RegExp]>([
    ['a run of 500 million', pageOf(3, [...LEVELS, 1, 0xfe, 0xff, 0xff, 0xff, 0x03, 1]), 3, /run has more values/],
    ['packed runs of four billion', pageOf(3, [...LEVELS, 1, 0xff, 0xff, 0xff, 0xff, 0x0f]), 3, /run has more values/],
    ['a run without end', pageOf(3, [...LEVELS, 1, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]), 3, /run has no end/],
    ['levels longer than the page', pageOf(3, [255, 0, 0, 0, 6, 1]), 3, /levels are longer/],
    ['levels that end too early', pageOf(3, [2, 0, 0, 0, 1 << 1, 1, ...NUMBERS]), 3, /levels end too early/],
    ['more values than the column', pageOf(2 ** 30, [...LEVELS, ...NUMBERS]), 3, /more values than the column/],
    ['a claim of two gigabytes', pageOf(3, [...LEVELS, ...NUMBERS], { size: 2 ** 30 - 1 }), 3, /claims to unpack/],
    ['numbers of 64 bits', pageOf(3, [...LEVELS, 64, 6, 1]), 3, /more than 32 bits/],
    ['a page cut off', pageOf(3, [...LEVELS, ...NUMBERS]).subarray(0, 20), 3, /ends too early|more bytes/],
  ])('refuses %s', (_, chunk, count, why) => {
    expect(() => requireSoundPages(chunk, column(count), FLAT)).toThrow(why);
  });
});

describe('endOfStruct', () => {
  it.each([
    ['a list of two billion', [0x19, 0xf5, 0xff, 0xff, 0xff, 0xff, 0x07], /list in it is longer/],
    ['a number without end', [0x16, ...Array.from({ length: 100 }, () => 0x80)], /number in it has no end/],
    ['a text longer than the bytes', [0x18, 0x7f, 1], /ends too early/],
    ['structs without end', Array.from({ length: 1_000 }, () => 0x1c), /nested too deeply/],
    ['lists without end', [0x19, ...Array.from({ length: 1_000 }, () => 0x19)], /nested too deeply/],
    ['nothing', [], /ends too early/],
    ['an unknown type', [0x1d, 0], /unknown type/],
  ])('refuses %s', (_, bytes, why) => {
    expect(() => endOfStruct(Uint8Array.from(bytes), 0)).toThrow(why);
  });
});
