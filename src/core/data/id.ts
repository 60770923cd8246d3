/** Ids of data sets: they name folders on any system, parts of addresses, and rows of a database. */
import { hashText } from '../random/hash.ts';

const MAX_LENGTH = 64;
const ID = /^[a-z0-9][a-z0-9-]{0,63}$/;
/** Windows opens devices under these names, whatever the folder. */
const DEVICES = /^(con|prn|aux|nul|com\d|lpt\d)$/;

/** Hexadecimal digits of the hash, and the hyphen before them. */
const HASH_LENGTH = 9;

/** Lower-case letters, digits and hyphens, at most 64, the first no hyphen, and no name that Windows keeps for devices. */
export function isDatasetId(text: string): boolean {
  return ID.test(text) && !DEVICES.test(text);
}

/**
 * An id from a name that the user chose. Accents are removed. If a name is long, or has symbols or other letters than ASCII, a hash is
 * added: `项目甲` and `项目乙` get different ids, and each the same one everywhere.
 */
export function idFrom(name: string): string {
  const plain = name
    .normalize('NFKD')
    .replace(/\p{Mn}/gu, '')
    .toLowerCase();
  const words = plain.replace(/[^a-z0-9]+/g, '-').replace(/^-+|-+$/g, '');
  const isLossy = words === '' || words.length > MAX_LENGTH || /[^\p{ASCII}\p{P}\p{Z}\p{C}]/u.test(plain);
  if (!isLossy) return DEVICES.test(words) ? `${words}-data` : words;
  const hash = hashText(name.normalize('NFC'))
    .toString(16)
    .padStart(HASH_LENGTH - 1, '0');
  const kept = words.slice(0, MAX_LENGTH - HASH_LENGTH).replace(/-+$/, '');
  return `${kept === '' ? 'dataset' : kept}-${hash}`;
}
