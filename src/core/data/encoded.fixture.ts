/** A data set of files in many encodings and with all line ends, for page and Node to come to the same hash. */
import { bytesOfHex } from '../python/lexer/codecs/codes.fixture.ts';
import { memoryFiles } from './corpus.fixture.ts';
import { importDataset } from './import.ts';
import type { Manifest } from './manifest.ts';
import { folderSource } from './sources/folder.ts';

/** Codecs, each with names and strings that contain characters in which codecs with similar names differ. */
const CONTENTS: Readonly<Record<string, string>> = {
  big5: '78203d20226b657074a145a14e220a', // x = "kept•﹐"
  cp949: 'c164203d20310d94ee203d20c1640d', // 햏 = 1, 뷁 = 햏
  euc_jp: 'a4a2203d2022a1c1a1c08fa2b7220d0a', // あ = "〜＼~"
  shift_jis: '82a0203d20228160815c81ca220a',
  cp932: '82a0203d20228160815cfc4b220a',
  gb18030: 'c4e3203d202281308436953282360a220d',
  euc_kr: 'b0a1203d2022a4d4a4a4a4c4a4a1220a',
  iso2022_jp: '1b244224221b2842203d20221b244221411b2842220a',
  hz: '7e7b44637e7d203d20310a',
  'utf-7': '2b414f6b2d203d20310a',
  cp1252: 'e9203d202280220d',
  'koi8-r': 'd1203d20310d0d0a',
};

const encoder = new TextEncoder();

/** SHA-256 of the data set, in every environment. */
export const ENCODED_SHA256 = '7078499d6c1a4b141ec28df339f6b740866a2c418bf90c15aec9feab2fac40b2';

/** Each file many times, so that the split for training has them all. */
const COPIES = 8;

export function encodedDataset(): Promise<Manifest> {
  const files = Object.entries(CONTENTS).flatMap(([codec, hex]) => {
    const bytes = Uint8Array.from([...encoder.encode(`# coding: ${codec}\r`), ...bytesOfHex(hex)]);
    return Array.from({ length: COPIES }, (_, i): [string, Uint8Array] => [`${codec}/${i}.py`, bytes]);
  });
  const source = folderSource('Encoded', memoryFiles(Object.fromEntries(files)));
  return importDataset(source, { length: 16 }, () => Promise.resolve());
}
