/**
 * The ISO 2022 codecs. Escape sequences designate character sets as G0, G1 or G2, and bytes are read with the current set. Based on
 * CPython 3.11's `Modules/cjkcodecs/_codecs_iso2022.c`, which passes other escape sequences through.
 */
import { ALL_READ, type Decoder, type Units } from './decoder.ts';
import { gridNamed, pushCell } from './grids.ts';
import type { Grid } from './unpack.ts';

const LF = 0x0a;
const SO = 0x0e;
const SI = 0x0f;
const ESC = 0x1b;
const AT = 0x40;
/** Maximum length of an escape sequence. */
const MAX_ESCAPE = 16;
/** Added to a set's final byte if its characters have two bytes. */
const TWO = 0x80;

const ASCII = 0x42;
const LATIN_1 = 0x41;
const GREEK = 0x46;

/** A character set. `push` writes the character at a position and returns whether there is one. */
interface CharacterSet {
  readonly width: 1 | 2;
  push(bytes: Uint8Array, at: number, units: Units): boolean;
}

/** A two-byte set in a grid. @param first row and column of the byte 0x21 */
function inGrid(grid: Grid, first: { readonly row: number; readonly column: number }): CharacterSet {
  return {
    width: 2,
    push: (bytes, at, units) => {
      const [lead, trail] = [bytes[at]!, bytes[at + 1]!];
      // wide grids have cells before the first one of this set
      if (lead < 0x21 || trail < 0x21 || trail > 0x7e) return false;
      return pushCell(grid, lead - 0x21 + first.row, trail - 0x21 + first.column, units);
    },
  };
}

/** A set that is only used through SS2, never as G0 or G1. */
const ONLY_G2: CharacterSet = { width: 1, push: () => false };

const JIS_ROMAN: CharacterSet = {
  width: 1,
  push: (bytes, at, units) => {
    const byte = bytes[at]!;
    units.push(byte === 0x5c ? 0xa5 : byte === 0x7e ? 0x203e : byte);
    return byte < 0x80;
  },
};

const JIS_KATAKANA: CharacterSet = {
  width: 1,
  push: (bytes, at, units) => {
    const byte = bytes[at]!;
    if (!(byte >= 0x21 && byte <= 0x5f)) return false;
    units.push(byte - 0x21 + 0xff61);
    return true;
  },
};

/** Final byte of the escape sequence for each set, with `TWO` for two-byte sets. */
const MARKS: Readonly<Record<string, number>> = {
  jisx0208: 0x42 | TWO,
  jisx0208_1978: 0x40 | TWO,
  jisx0201_roman: 0x4a,
  jisx0201_katakana: 0x49,
  jisx0212: 0x44 | TWO,
  jisx0213_2000_1: 0x4f | TWO,
  jisx0213_1: 0x51 | TWO,
  jisx0213_2: 0x50 | TWO,
  ksx1001: 0x43 | TWO,
  gb2312: 0x41 | TWO,
  latin_1: LATIN_1,
  greek: GREEK,
};

function characterSet(name: string, grids: ReadonlyMap<string, Grid>): CharacterSet {
  const jis = { row: 0, column: 0 };
  const wide = { row: 0x20, column: 0x61 };
  switch (name) {
    case 'jisx0208':
    case 'jisx0208_1978':
      return inGrid(gridNamed(grids, 'euc_jp'), jis);
    case 'jisx0212':
      return inGrid(gridNamed(grids, 'euc_jp_8f'), jis);
    case 'jisx0201_roman':
      return JIS_ROMAN;
    case 'jisx0201_katakana':
      return JIS_KATAKANA;
    case 'ksx1001':
    case 'gb2312':
      return inGrid(gridNamed(grids, name), wide);
    case 'latin_1':
    case 'greek':
      return ONLY_G2;
    default:
      return inGrid(gridNamed(grids, name), jis);
  }
}

interface Variant {
  readonly sets: readonly string[];
  /** Whether SO and SI switch to G1 and G0. */
  readonly shifts: boolean;
  /** Whether SS2 selects G2 for one character. */
  readonly g2: boolean;
  /** Whether `ESC & @ ESC $ B` designates JIS X 0208 of 1990. */
  readonly revised: boolean;
}

const JAPANESE = ['jisx0208', 'jisx0201_roman', 'jisx0208_1978'];
const variant = (sets: readonly string[], more: Partial<Variant> = {}): Variant => ({
  sets,
  shifts: false,
  g2: false,
  revised: true,
  ...more,
});

/** By Python's name of the codec. */
const VARIANTS: Readonly<Record<string, Variant>> = {
  iso2022_jp: variant(JAPANESE),
  iso2022_jp_1: variant([...JAPANESE, 'jisx0212']),
  iso2022_jp_2: variant([...JAPANESE, 'jisx0212', 'ksx1001', 'gb2312', 'latin_1', 'greek'], { g2: true }),
  iso2022_jp_3: variant(['jisx0208', 'jisx0213_2000_1', 'jisx0213_2']),
  iso2022_jp_2004: variant(['jisx0208', 'jisx0213_1', 'jisx0213_2']),
  iso2022_jp_ext: variant([...JAPANESE, 'jisx0212', 'jisx0201_katakana']),
  iso2022_kr: variant(['ksx1001'], { shifts: true, revised: false }),
};

export function iso2022Decoder(codec: string, grids: ReadonlyMap<string, Grid>): Decoder {
  const variant = VARIANTS[codec]!;
  const sets = new Map(variant.sets.map((name) => [MARKS[name]!, characterSet(name, grids)]));
  return (bytes, units) => new Iso2022(variant, sets, bytes, units).run();
}

class Iso2022 {
  readonly #variant: Variant;
  readonly #sets: ReadonlyMap<number, CharacterSet>;
  readonly #bytes: Uint8Array;
  readonly #units: Units;
  /** Marks of the sets in G0, G1 and G2. */
  readonly #called = [ASCII, ASCII, ASCII];
  #shifted = false;
  /** Whether the position is in an escape sequence that is passed through. */
  #passing = false;

  constructor(variant: Variant, sets: ReadonlyMap<number, CharacterSet>, bytes: Uint8Array, units: Units) {
    this.#variant = variant;
    this.#sets = sets;
    this.#bytes = bytes;
    this.#units = units;
  }

  run(): number {
    for (let at = 0; at < this.#bytes.length;) {
      const width = this.#passing ? this.#passOn(at) : this.#read(at);
      if (width === 0) return at;
      at += width;
    }
    return ALL_READ;
  }

  #passOn(at: number): number {
    const byte = this.#bytes[at]!;
    this.#units.push(byte);
    if (endsEscape(byte)) this.#passing = false;
    return 1;
  }

  /** Reads the character or control sequence at a position. @returns its length in bytes, 0 if it is rejected */
  #read(at: number): number {
    const byte = this.#bytes[at]!;
    if (byte === ESC) return this.#escape(at);
    if ((byte === SO || byte === SI) && this.#variant.shifts) {
      this.#shifted = byte === SO;
      return 1;
    }
    if (byte === LF) this.#shifted = false;
    if (byte >= 0x80) return 0;
    const mark = this.#called[this.#shifted ? 1 : 0]!;
    if (byte < 0x20 || mark === ASCII) {
      this.#units.push(byte);
      return 1;
    }
    const set = this.#sets.get(mark)!;
    return set.push(this.#bytes, at, this.#units) ? set.width : 0;
  }

  #escape(at: number): number {
    const second = this.#bytes[at + 1];
    if (second === undefined) return 0;
    if ('()$.&'.includes(String.fromCharCode(second))) return this.#call(at);
    if (this.#variant.g2 && second === 0x4e) return this.#fromG2(at);
    this.#units.push(ESC);
    this.#passing = true;
    return 1;
  }

  /** Designates the set that an escape sequence names. @returns the length of the sequence, 0 if it is rejected */
  #call(at: number): number {
    const length = this.#lengthOfEscape(at);
    const text = String.fromCharCode(...this.#bytes.subarray(at + 1, at + length));
    const [, prefix = '', final = ''] = /^(\(|\)|\.|\$[()]?)(.)$/s.exec(text) ?? [];
    const revised = this.#variant.revised && length === 6 && text.endsWith('\x1b$B');
    if (prefix === '' && !revised) return 0;
    if (prefix === '.' && !this.#variant.g2) return 0;
    const two = prefix.startsWith('$');
    const mark = revised ? ASCII | TWO : final.charCodeAt(0) | (two ? TWO : 0);
    if (mark !== ASCII && !this.#sets.has(mark)) return 0;
    this.#called[prefix.endsWith(')') ? 1 : prefix === '.' ? 2 : 0] = mark;
    return length;
  }

  /** Length of the escape sequence at a position, 0 if it does not end within `MAX_ESCAPE`. */
  #lengthOfEscape(at: number): number {
    const bytes = this.#bytes;
    for (let i = 1; i < MAX_ESCAPE && at + i < bytes.length; i++) {
      if (endsEscape(bytes[at + i]!)) return i + 1;
      if (this.#variant.revised && bytes[at + i] === 0x26 && bytes[at + i + 1] === AT) i += 2;
    }
    return 0;
  }

  /** Reads one character of G2, after SS2. @returns its length with SS2, 0 if it is rejected */
  #fromG2(at: number): number {
    const byte = this.#bytes[at + 2];
    if (byte === undefined) return 0;
    const mark = this.#called[2];
    const code = mark === GREEK ? greek(byte ^ 0x80) : byte >= 0x80 ? NONE : mark === LATIN_1 ? byte + 0x80 : byte;
    if (code === NONE) return 0;
    this.#units.push(code);
    return 3;
  }
}

function endsEscape(byte: number): boolean {
  return (byte >= 0x41 && byte <= 0x5a) || byte === AT;
}

const NONE = -1;

/** ISO 8859-7 as in CPython's codec; `NONE` for a code that it lacks. */
function greek(code: number): number {
  if (code < 0xa0) return code;
  if (code < 0xc0 && (0x288f3bc9 >>> (code - 0xa0)) & 1) return code;
  if (code >= 0xb4 && code <= 0xfe && (code >= 0xd4 || (0xbffffd77 >>> (code - 0xb4)) & 1)) return 0x2d0 + code;
  return code === 0xa1 ? 0x2018 : code === 0xa2 ? 0x2019 : code === 0xaf ? 0x2015 : NONE;
}
