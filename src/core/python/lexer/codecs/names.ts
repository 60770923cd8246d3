/** From the name in a coding line to CPython's name of the codec. */
import { CODEC_ALIASES, READ_CODECS, REFUSED_CODECS } from './aliases.ts';

const CODEC_OF_ALIAS: ReadonlyMap<string, string> = new Map(
  Object.entries(CODEC_ALIASES).flatMap(([codec, names]) => names.map((name) => [name, codec] as const)),
);

const READ: ReadonlySet<string> = new Set(READ_CODECS);
const REFUSED: ReadonlySet<string> = new Set(REFUSED_CODECS);
/** Refused codecs in which CPython can read ASCII source. The lab does not implement them. */
const NOT_IMPLEMENTED: ReadonlySet<string> = new Set(['idna', 'raw_unicode_escape', 'unicode_escape']);

/** `_get_normal_name` of CPython's `tokenize`. */
export function normalName(name: string): string {
  const start = name.slice(0, 12).toLowerCase().replaceAll('_', '-');
  if (start === 'utf-8' || start.startsWith('utf-8-')) return 'utf-8';
  if (/^(latin-1|iso-8859-1|iso-latin-1)(-|$)/.test(start)) return 'iso-8859-1';
  return name;
}

/** CPython's `codecs.lookup`: normalizes the name and resolves aliases. The result may not be a codec. */
export function codecNamed(name: string): string {
  const normal = name
    .toLowerCase()
    .replace(/[^a-z0-9.]+/g, '_')
    .replace(/^_|_$/g, '');
  return CODEC_OF_ALIAS.get(normal) ?? CODEC_OF_ALIAS.get(normal.replaceAll('.', '_')) ?? normal;
}

/** Why a codec is refused; null if it can be read. @param name the name in the file */
export function refusalOf(codec: string, name: string): string | null {
  if (READ.has(codec)) return null;
  if (!REFUSED.has(codec)) return `unknown encoding: ${name}`;
  return NOT_IMPLEMENTED.has(codec)
    ? `the lab does not read the encoding ${codec}`
    : `Python source cannot be in the encoding ${codec}, in which its coding line would not read as ASCII`;
}
