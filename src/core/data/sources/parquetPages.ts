/**
 * Checks the pages of a column before hyparquet 1.31 decodes them, since it trusts sizes and counts: with one changed byte in the length of
 * a run it fills the memory for minutes. Only values that cost time or memory are checked; hyparquet finds other wrong values itself.
 * (https://parquet.apache.org/docs/file-format/data-pages/encodings/)
 */
import type { ColumnMetaData, Compressors, PageHeader } from 'hyparquet';
import { parquetHeader } from 'hyparquet/src/column.js';
import { compressors, decompressZstd } from 'hyparquet-compressors';
import { fail } from '../../failure.ts';
import { MAX_RATIO, RATIO_FROM_BYTES } from './budget.ts';
import { endOfStruct } from './thrift.ts';

/** The largest repetition and definition level that the column's place in the schema allows. */
export interface Levels {
  readonly repetition: number;
  readonly definition: number;
}

/** By itself Zstandard's reserves as much as a page's own header claims. */
export const UNPACK: Compressors = {
  ...compressors,
  ZSTD: (packed, length) => decompressZstd(packed, new Uint8Array(length)),
};

/** Encodings of text columns. The format's others are for numbers, or hardly ever written. */
const ENCODINGS: ReadonlySet<string> = new Set([
  'PLAIN',
  'PLAIN_DICTIONARY',
  'RLE_DICTIONARY',
  'DELTA_LENGTH_BYTE_ARRAY',
]);
/** A run of packed values is filled up to a multiple of eight, by some writers to more. */
const SLACK = 512;
const MAX_RUN_HEADER_BYTES = 5;
const LENGTH_BYTES = 4;

/**
 * @param chunk all pages of the column in a row group
 * @throws Error with what is wrong, and LabError `bad-input` for an encoding that the lab leaves out
 */
export function requireSoundPages(
  chunk: Uint8Array,
  { codec, num_values }: Pick<ColumnMetaData, 'codec' | 'num_values'>,
  levels: Levels,
): void {
  const view = new DataView(chunk.buffer, chunk.byteOffset, chunk.byteLength);
  let left = Number(num_values);
  // hyparquet leaves a last single byte alone
  for (let at = 0; at < chunk.length - 1;) {
    const reader = { view, offset: at };
    at = endOfStruct(chunk, at);
    const header = parquetHeader(reader);
    const size = sizeOf(header.compressed_page_size, chunk.length - at, 'a page has more bytes than the column');
    const page = { header, packed: chunk.subarray(at, at + size), codec };
    left -= header.type === 'DICTIONARY_PAGE' ? requireSoundDictionary(page) : requireSoundPage(page, levels, left);
    at += size;
  }
}

interface Page {
  readonly header: PageHeader;
  readonly packed: Uint8Array;
  readonly codec: ColumnMetaData['codec'];
}

/** @returns the number of column values in the page, which is 0 */
function requireSoundDictionary({ header, packed, codec }: Page): 0 {
  const page = unpacked(packed, header.uncompressed_page_size, codec);
  sizeOf(
    header.dictionary_page_header?.num_values,
    page.length / LENGTH_BYTES,
    'a dictionary has more words than bytes',
  );
  return 0;
}

/** @param most values that it may have @returns those it has */
function requireSoundPage({ header, packed, codec }: Page, levels: Levels, most: number): number {
  const one = header.data_page_header;
  const two = header.data_page_header_v2;
  if (header.type === 'DATA_PAGE' && one) {
    const count = sizeOf(one.num_values, most, 'a page has more values than the column');
    const page = unpacked(packed, header.uncompressed_page_size, codec);
    let at = 0;
    for (const level of [levels.repetition, levels.definition]) {
      if (level === 0) continue;
      const length = page.length < at + LENGTH_BYTES ? -1 : viewOf(page).getUint32(at, true);
      at += LENGTH_BYTES + sizeOf(length, page.length - at - LENGTH_BYTES, 'its levels are longer than the page');
      requireRuns(page, at - length, widthOf(level), count, true);
    }
    requireSoundValues(page.subarray(at), one.encoding, count);
    return count;
  }
  if (header.type === 'DATA_PAGE_V2' && two) {
    const count = sizeOf(two.num_values, most, 'a page has more values than the column');
    sizeOf(two.num_nulls, count, 'a page has more gaps than values');
    sizeOf(two.num_rows, count, 'a page has more rows than values');
    let at = 0;
    for (const [level, bytes] of [
      [levels.repetition, two.repetition_levels_byte_length],
      [levels.definition, two.definition_levels_byte_length],
    ] as const) {
      const length = sizeOf(bytes, packed.length - at, 'its levels are longer than the page');
      if (level > 0) requireRuns(packed, at, widthOf(level), count, true);
      // hyparquet continues where the existing levels end
      if (level > 0) at += length;
    }
    const size = header.uncompressed_page_size - at;
    const values = packed.subarray(at);
    requireSoundValues(two.is_compressed === false ? values : unpacked(values, size, codec), two.encoding, count);
    return count;
  }
  throw new Error('it has a page of an unknown kind');
}

function requireSoundValues(values: Uint8Array, encoding: string | undefined, count: number): void {
  if (encoding === undefined || !ENCODINGS.has(encoding)) {
    fail(
      'bad-input',
      `A column of tokens has an encoding that the lab cannot read: ${encoding ?? 'unknown'}.`,
      `Write the file again with one of ${[...ENCODINGS].join(', ')}.`,
    );
  }
  if (!encoding.endsWith('_DICTIONARY') || values.length === 0) return;
  const width = values[0]!;
  if (width > 32) throw new Error('a word’s number has more than 32 bits');
  // where values are missing there are fewer numbers than values, and they end with the page
  if (width > 0) requireRuns(values, 1, width, count, false);
}

/**
 * Runs of equal values and of packed ones, as hyparquet goes through them: until there are `count` values.
 * @param complete whether they have to be all there; otherwise they may end with the bytes
 */
function requireRuns(bytes: Uint8Array, start: number, width: number, count: number, complete: boolean): void {
  let at = start;
  let seen = 0;
  while (seen < count && at < bytes.length) {
    let header = 0;
    let length = 0;
    for (let byte = 0x80; byte >= 0x80; length++) {
      if (length === MAX_RUN_HEADER_BYTES) throw new Error('the length of a run has no end');
      byte = bytes[at + length] ?? 0;
      header += (byte & 0x7f) * 2 ** (7 * length);
    }
    at += length;
    const packed = header % 2 === 1;
    const values = Math.floor(header / 2) * (packed ? 8 : 1);
    if (values > count - seen + SLACK) throw new Error('a run has more values than its page');
    // hyparquet reads a byte of an empty run, too
    at += packed ? Math.max(1, (values / 8) * width) : Math.ceil(width / 8);
    seen += values;
  }
  if (complete && seen < count) throw new Error('its levels end too early');
}

function unpacked(packed: Uint8Array, size: number, codec: ColumnMetaData['codec']): Uint8Array {
  const most = Math.max(RATIO_FROM_BYTES, packed.length * MAX_RATIO);
  const length = sizeOf(size, most, 'a page claims to unpack to far more bytes than it has');
  if (codec === 'UNCOMPRESSED') return packed;
  const unpack = UNPACK[codec];
  if (!unpack) throw new Error(`its pages are compressed as ${codec}, which the lab cannot unpack`);
  return unpack(packed, length);
}

/** Bits of a level. */
function widthOf(level: number): number {
  return 32 - Math.clz32(level);
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function sizeOf(size: number | undefined, most: number, why: string): number {
  if (size === undefined || !(size >= 0 && size <= most)) throw new Error(why);
  return size;
}
