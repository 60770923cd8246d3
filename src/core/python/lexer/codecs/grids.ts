/** Multi-byte codecs without a state: each code is one byte, or a cell of a grid. Based on CPython's `Modules/cjkcodecs`. */
import { ALL_READ, type Decoder, type Units } from './decoder.ts';
import { type Grid, PAIR } from './unpack.ts';

/** Writes the character at `at` and returns its length in bytes, or `REFUSED`. */
export type ReadCode = (bytes: Uint8Array, at: number, units: Units) => number;

/** What `ReadCode` returns for a code that the codec does not have. */
export const REFUSED = 0;

type Grids = ReadonlyMap<string, Grid>;

export function gridNamed(grids: Grids, name: string): Grid {
  const grid = grids.get(name);
  if (grid === undefined) throw new RangeError(`No grid ${name}.`);
  return grid;
}

/** Reads one code after the other. */
export function decoderOf(read: ReadCode): Decoder {
  return (bytes, units) => {
    for (let at = 0; at < bytes.length;) {
      const width = read(bytes, at, units);
      if (width === REFUSED) return at;
      at += width;
    }
    return ALL_READ;
  };
}

/** Writes a cell. @returns false if the cell is empty or outside the grid */
export function pushCell(grid: Grid, row: number, column: number, units: Units): boolean {
  if (!(row >= 0 && column >= 0 && column < grid.columns)) return false;
  const cell = grid.cells[row * grid.columns + column];
  if (cell === undefined || cell === 0) return false;
  if (cell >= PAIR) units.pushText(grid.pairs[cell - PAIR]!);
  else units.push(cell);
  return true;
}

/** ASCII, and pairs of bytes that begin at `lead` and `trail` for everything else: the Chinese codecs, CP949 and Johab. */
export function plainGrid(grid: Grid, lead: number, trail: number): ReadCode {
  return (bytes, at, units) => {
    const first = bytes[at]!;
    if (first < 0x80) return pushSingle(first, units);
    return pushCell(grid, first - lead, bytes[at + 1]! - trail, units) ? 2 : REFUSED;
  };
}

function pushSingle(code: number, units: Units): number {
  units.push(code);
  return 1;
}

const HALF_WIDTH_KATAKANA = 0xff61;
const SS2 = 0x8e;
const SS3 = 0x8f;

/** EUC-JP and its extensions: two bytes; SS2 introduces half-width katakana, and SS3 the second plane. */
function eucJapanese(plane1: Grid, plane2: Grid): ReadCode {
  return (bytes, at, units) => {
    const first = bytes[at]!;
    const second = bytes[at + 1]!;
    if (first < 0x80) return pushSingle(first, units);
    if (first === SS2) {
      if (!(second >= 0xa1 && second <= 0xdf)) return REFUSED;
      units.push(second - 0xa1 + HALF_WIDTH_KATAKANA);
      return 2;
    }
    if (first === SS3) return pushCell(plane2, second - 0xa1, bytes[at + 2]! - 0xa1, units) ? 3 : REFUSED;
    return pushCell(plane1, first - 0xa1, second - 0xa1, units) ? 2 : REFUSED;
  };
}

/** Shift JIS: a lead byte selects two rows of 94. @param single characters of single bytes, by byte; 0 for none */
function shiftJis(grid: Grid, single: Uint16Array): ReadCode {
  return (bytes, at, units) => {
    const first = bytes[at]!;
    const alone = single[first]!;
    if (alone !== 0 || first === 0) return pushSingle(alone, units);
    const trail = bytes[at + 1]!;
    if (trail === 0x7f || first === 0xa0) return REFUSED;
    const row = 2 * (first < 0xe0 ? first - 0x81 : first - 0xc1);
    if (trail >= 0x9f) return pushCell(grid, row + 1, trail - 0x9f, units) ? 2 : REFUSED;
    return pushCell(grid, row, trail < 0x7f ? trail - 0x40 : trail - 0x41, units) ? 2 : REFUSED;
  };
}

function singleBytesOf(exceptions: Readonly<Record<number, number>>): Uint16Array {
  const single = new Uint16Array(256);
  for (let byte = 0; byte < 0x80; byte++) single[byte] = byte;
  for (let byte = 0xa1; byte <= 0xdf; byte++) single[byte] = byte - 0xa1 + HALF_WIDTH_KATAKANA;
  for (const [byte, code] of Object.entries(exceptions)) single[Number(byte)] = code;
  return single;
}

const SHIFT_JIS_BYTES = singleBytesOf({});
/** JIS X 0201 has a yen sign and an overline at these bytes. */
const SHIFT_JIS_2004_BYTES = singleBytesOf({ 0x5c: 0xa5, 0x7e: 0x203e });
const CP932_BYTES = singleBytesOf({ 0x80: 0x80, 0xa0: 0xf8f0, 0xfd: 0xf8f1, 0xfe: 0xf8f2, 0xff: 0xf8f3 });

const JAMO_FIRST = 0xa4;
const JAMO_FILLER = 0xd4;
/** Consonants in KS X 1001's row of jamo, from 0xa1 on, as indices of leading or trailing consonants; -1 for none. */
const LEADING = [
  0, 1, -1, 2, -1, -1, 3, 4, 5, -1, -1, -1, -1, -1, -1, -1, 6, 7, 8, -1, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18,
];
const TRAILING = [
  1, 2, 3, 4, 5, 6, 7, -1, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, -1, 18, 19, 20, 21, 22, -1, 23, 24, 25, 26, 27,
];

/** EUC-KR: its grid, and syllables spelled in four codes: a filler, then leading consonant, vowel and trailing consonant. */
function eucKorean(grid: Grid): ReadCode {
  const plain = plainGrid(grid, 0x81, 0x40);
  return (bytes, at, units) => {
    if (bytes[at] !== JAMO_FIRST || bytes[at + 1] !== JAMO_FILLER) return plain(bytes, at, units);
    for (const lead of [2, 4, 6]) if (bytes[at + lead] !== JAMO_FIRST) return REFUSED;
    const leading = LEADING[bytes[at + 3]! - 0xa1] ?? -1;
    const vowel = bytes[at + 5]! - 0xbf;
    const trailing = bytes[at + 7] === JAMO_FILLER ? 0 : (TRAILING[bytes[at + 7]! - 0xa1] ?? -1);
    if (!(leading >= 0 && vowel >= 0 && vowel <= 20 && trailing >= 0)) return REFUSED;
    units.push(0xac00 + (leading * 21 + vowel) * 28 + trailing);
    return 8;
  };
}

/** Index of U+10000 among the four-byte codes of GB 18030, counted from 81 30 81 30. */
const SUPPLEMENTARY = 189_000;

function gb18030(two: Grid, four: Grid): ReadCode {
  const plain = plainGrid(two, 0x81, 0x40);
  return (bytes, at, units) => {
    const second = bytes[at + 1]!;
    if (bytes[at]! < 0x81 || !(second >= 0x30 && second <= 0x39)) return plain(bytes, at, units);
    const third = bytes[at + 2]! - 0x81;
    const fourth = bytes[at + 3]! - 0x30;
    if (!(third >= 0 && third < 126 && fourth >= 0 && fourth < 10)) return REFUSED;
    const row = (bytes[at]! - 0x81) * 10 + second - 0x30;
    const column = third * 10 + fourth;
    const code = 0x10000 + row * 1260 + column - SUPPLEMENTARY;
    if (code < 0x10000) return pushCell(four, row, column, units) ? 4 : REFUSED;
    if (code > 0x10ffff) return REFUSED;
    units.push(code);
    return 4;
  };
}

/** Readers of the codecs without a state, by Python's name of the codec. */
export const GRID_CODECS: Readonly<Record<string, (grids: Grids) => ReadCode>> = {
  big5: (grids) => plainGrid(gridNamed(grids, 'big5'), 0x81, 0x40),
  cp950: (grids) => plainGrid(gridNamed(grids, 'cp950'), 0x81, 0x40),
  big5hkscs: (grids) => plainGrid(gridNamed(grids, 'big5hkscs'), 0x81, 0x40),
  gb2312: (grids) => plainGrid(gridNamed(grids, 'gb2312'), 0x81, 0x40),
  gbk: (grids) => plainGrid(gridNamed(grids, 'gbk'), 0x81, 0x40),
  gb18030: (grids) => gb18030(gridNamed(grids, 'gb18030'), gridNamed(grids, 'gb18030_4')),
  cp949: (grids) => plainGrid(gridNamed(grids, 'cp949'), 0x81, 0x40),
  euc_kr: (grids) => eucKorean(gridNamed(grids, 'euc_kr')),
  johab: (grids) => plainGrid(gridNamed(grids, 'johab'), 0x81, 0x31),
  euc_jp: (grids) => eucJapanese(gridNamed(grids, 'euc_jp'), gridNamed(grids, 'euc_jp_8f')),
  euc_jisx0213: (grids) => eucJapanese(gridNamed(grids, 'euc_jisx0213'), gridNamed(grids, 'euc_jisx0213_8f')),
  euc_jis_2004: (grids) => eucJapanese(gridNamed(grids, 'euc_jis_2004'), gridNamed(grids, 'euc_jis_2004_8f')),
  shift_jis: (grids) => shiftJis(gridNamed(grids, 'shift_jis'), SHIFT_JIS_BYTES),
  shift_jisx0213: (grids) => shiftJis(gridNamed(grids, 'shift_jisx0213'), SHIFT_JIS_2004_BYTES),
  shift_jis_2004: (grids) => shiftJis(gridNamed(grids, 'shift_jis_2004'), SHIFT_JIS_2004_BYTES),
  cp932: (grids) => shiftJis(gridNamed(grids, 'cp932'), CP932_BYTES),
};
