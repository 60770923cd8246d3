/**
 * Decoders by CPython's name of the codec. Each is loaded when a file first declares it. Their tables are separate files, so a
 * page that only reads UTF-8 never downloads them.
 */
import { fail } from '../../../failure.ts';
import { ALL_READ, type Decoder } from './decoder.ts';
import { decoderOf, GRID_CODECS } from './grids.ts';
import { hzDecoder } from './hz.ts';
import { iso2022Decoder } from './iso2022.ts';
import { type Grid, type PackedGrids, unpackGrids } from './unpack.ts';
import { utf7Decoder } from './utf7.ts';

/** Names of the table files. */
type Family = 'japanese' | 'korean' | 'simplifiedChinese' | 'traditionalChinese';

const FAMILIES: Readonly<Record<Family, () => Promise<{ readonly GRIDS: PackedGrids }>>> = {
  japanese: () => import('./tables/japanese.ts'),
  korean: () => import('./tables/korean.ts'),
  simplifiedChinese: () => import('./tables/simplifiedChinese.ts'),
  traditionalChinese: () => import('./tables/traditionalChinese.ts'),
};

/** The table files that each multi-byte codec needs. */
const FAMILIES_OF: Readonly<Record<string, readonly Family[]>> = {
  big5: ['traditionalChinese'],
  cp950: ['traditionalChinese'],
  big5hkscs: ['traditionalChinese'],
  gb2312: ['simplifiedChinese'],
  gbk: ['simplifiedChinese'],
  gb18030: ['simplifiedChinese'],
  hz: ['simplifiedChinese'],
  cp949: ['korean'],
  euc_kr: ['korean'],
  johab: ['korean'],
  iso2022_kr: ['korean'],
  euc_jp: ['japanese'],
  euc_jisx0213: ['japanese'],
  euc_jis_2004: ['japanese'],
  shift_jis: ['japanese'],
  shift_jisx0213: ['japanese'],
  shift_jis_2004: ['japanese'],
  cp932: ['japanese'],
  iso2022_jp: ['japanese'],
  iso2022_jp_1: ['japanese'],
  iso2022_jp_2: ['japanese', 'korean', 'simplifiedChinese'],
  iso2022_jp_3: ['japanese'],
  iso2022_jp_2004: ['japanese'],
  iso2022_jp_ext: ['japanese'],
};

const grids = new Map<Family, Promise<ReadonlyMap<string, Grid>>>();
const decoders = new Map<string, Decoder>([['utf_7', utf7Decoder]]);

/**
 * Returns the decoder of a loaded codec.
 * @throws LabError `internal` if `loadDecoder` has not loaded it
 */
export function loadedDecoder(codec: string): Decoder {
  return (
    decoders.get(codec) ?? fail('internal', `The tables of the encoding ${codec} are not loaded.`, 'Please report it.')
  );
}

export function isLoaded(codec: string): boolean {
  return decoders.has(codec);
}

/**
 * Loads a decoder for `loadedDecoder`.
 * @param codec one of `READ_CODECS` that needs a table
 * @throws LabError `network` if a table file cannot be loaded
 */
export async function loadDecoder(codec: string): Promise<void> {
  if (isLoaded(codec)) return;
  try {
    decoders.set(codec, await decoderNamed(codec));
  } catch (cause) {
    fail(
      'network',
      `The tables of the encoding ${codec} could not be loaded.`,
      'Check the connection and try again.',
      cause,
    );
  }
}

async function decoderNamed(codec: string): Promise<Decoder> {
  const families = FAMILIES_OF[codec];
  if (families !== undefined) {
    const loaded = await Promise.all(families.map(gridsOf));
    const grids = new Map(loaded.flatMap((of) => [...of]));
    const read = GRID_CODECS[codec];
    if (read !== undefined) return decoderOf(read(grids));
    return codec === 'hz' ? hzDecoder(grids) : iso2022Decoder(codec, grids);
  }
  const { SINGLE_BYTE } = await import('./tables/singleByte.ts');
  const characters = SINGLE_BYTE[codec];
  if (characters === undefined) throw new RangeError(`There is no table of ${codec}.`);
  return singleByteDecoder(characters);
}

function gridsOf(family: Family): Promise<ReadonlyMap<string, Grid>> {
  const known = grids.get(family);
  if (known !== undefined) return known;
  const loading = FAMILIES[family]().then(({ GRIDS }) => unpackGrids(GRIDS));
  grids.set(family, loading);
  // a failed load is tried again at the next request
  loading.catch(() => grids.delete(family));
  return loading;
}

/** @param characters characters of the last bytes, as in tables/singleByte.ts */
function singleByteDecoder(characters: string): Decoder {
  const first = 256 - characters.length;
  return (bytes, units) => {
    for (let at = 0; at < bytes.length; at++) {
      const byte = bytes[at]!;
      const unit = byte < first ? byte : characters.charCodeAt(byte - first);
      if (unit === 0xfffd) return at;
      units.push(unit);
    }
    return ALL_READ;
  };
}
