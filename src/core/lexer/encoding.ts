/**
 * Bytes of a Python source file to text, as `tokenize.detect_encoding` of CPython 3.11 does it: UTF-8 unless a byte order
 * mark or a coding cookie (PEP 263) in the first two lines says otherwise, decoded strictly.
 * Codecs that no Python source is written in (EBCDIC, UTF-7, `rot13`) are reported as unknown.
 */
import { CODEC_ALIASES } from './codecAliases.ts';
import type { LexFailure } from './result.ts';
import { SINGLE_BYTE } from './singleByte.ts';
import { isAscii } from './utf8.ts';

const NEWLINE = 0x0a;

export type Decoded = { readonly text: string } | LexFailure;

type Codec =
  | { readonly kind: 'utf-8' | 'ascii' | 'latin-1' }
  | { readonly kind: 'table'; readonly upper: string }
  | { readonly kind: 'web'; readonly label: string };

/** Python's multi-byte codecs, and what the web calls them: the same for what the two both accept. */
const MULTI_BYTE: Readonly<Record<string, string>> = {
  gbk: 'gbk',
  gb2312: 'gbk',
  gb18030: 'gb18030',
  big5: 'big5',
  big5hkscs: 'big5',
  cp950: 'big5',
  shift_jis: 'shift_jis',
  cp932: 'shift_jis',
  euc_jp: 'euc-jp',
  euc_kr: 'euc-kr',
  cp949: 'euc-kr',
  iso2022_jp: 'iso-2022-jp',
  utf_16_le: 'utf-16le',
  utf_16_be: 'utf-16be',
};

const CODEC_OF_ALIAS: ReadonlyMap<string, string> = new Map(
  Object.entries(CODEC_ALIASES).flatMap(([codec, names]) => names.map((name) => [name, codec] as const)),
);

// `.` of Python's `re` is anything but a line feed.
const COOKIE = /^[ \t\f]*#[^\n]*?coding[:=][ \t]*([-\w.]+)/;
const BLANK = /^[ \t\f]*(?:[#\r\n]|$)/;

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Text of a source file, without its byte order mark; or the line and reason for which CPython refuses it. */
export function decodeSource(bytes: Uint8Array): Decoded {
  const marked = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
  const body = marked ? bytes.subarray(3) : bytes;
  const declared = declaredCodec(body, marked);
  return 'reason' in declared ? declared : decode(body, declared);
}

/** The same as UTF-8: bytes of `bytes` itself where they are that already. */
export function sourceAsUtf8(bytes: Uint8Array): { readonly utf8: Uint8Array } | LexFailure {
  const marked = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
  const body = marked ? bytes.subarray(3) : bytes;
  const declared = declaredCodec(body, marked);
  if ('reason' in declared) return declared;
  const ascii = isAscii(body);
  if ((declared.kind === 'ascii' || declared.kind === 'utf-8' || declared.kind === 'latin-1') && ascii)
    return { utf8: body };
  const decoded = decode(body, declared);
  if ('reason' in decoded) return decoded;
  return { utf8: declared.kind === 'utf-8' ? body : new TextEncoder().encode(decoded.text) };
}

function declaredCodec(bytes: Uint8Array, marked: boolean): Codec | LexFailure {
  let start = 0;
  for (let line = 1; line <= 2 && start < bytes.length; line++) {
    const newline = bytes.indexOf(NEWLINE, start);
    const end = newline < 0 ? bytes.length : newline + 1;
    const text = decodeStrictly(utf8, bytes.subarray(start, end));
    if (text === null) return { line, reason: 'not UTF-8, and no other encoding is declared before it' };
    const name = COOKIE.exec(text)?.[1];
    if (name !== undefined) return codecNamed(name, marked, line);
    if (!BLANK.test(text)) break;
    start = end;
  }
  return { kind: 'utf-8' };
}

function codecNamed(name: string, marked: boolean, line: number): Codec | LexFailure {
  const usual = usualName(name);
  if (marked && usual !== 'utf-8') {
    return { line, reason: `declares the encoding ${name}, but begins with the byte order mark of UTF-8` };
  }
  return lookUp(usual) ?? { line, reason: `unknown encoding: ${name}` };
}

/** CPython's `_get_normal_name`. */
function usualName(name: string): string {
  const start = name.slice(0, 12).toLowerCase().replaceAll('_', '-');
  if (start === 'utf-8' || start.startsWith('utf-8-')) return 'utf-8';
  if (/^(latin-1|iso-8859-1|iso-latin-1)(-|$)/.test(start)) return 'iso-8859-1';
  return name;
}

/** CPython's `codecs.lookup`: normalise, then aliases, then the codec's own name. */
function lookUp(name: string): Codec | null {
  const normal = name
    .toLowerCase()
    .replace(/[^a-z0-9.]+/g, '_')
    .replace(/^_|_$/g, '');
  const codec = CODEC_OF_ALIAS.get(normal) ?? CODEC_OF_ALIAS.get(normal.replaceAll('.', '_')) ?? normal;
  if (codec === 'utf_8' || codec === 'utf_8_sig') return { kind: 'utf-8' };
  if (codec === 'ascii') return { kind: 'ascii' };
  if (codec === 'latin_1') return { kind: 'latin-1' };
  const upper = Object.hasOwn(SINGLE_BYTE, codec) ? SINGLE_BYTE[codec] : undefined;
  if (upper !== undefined) return { kind: 'table', upper };
  const label = Object.hasOwn(MULTI_BYTE, codec) ? MULTI_BYTE[codec] : undefined;
  return label === undefined ? null : { kind: 'web', label };
}

function decode(bytes: Uint8Array, codec: Codec): Decoded {
  switch (codec.kind) {
    case 'utf-8': {
      const text = decodeStrictly(utf8, bytes);
      return text === null ? { line: firstBadLine(bytes, utf8), reason: 'not valid UTF-8' } : { text };
    }
    case 'ascii': {
      const bad = bytes.findIndex((byte) => byte > 127);
      if (bad >= 0) return { line: lineAt(bytes, bad), reason: 'not valid ASCII' };
      return { text: fromUnits(bytes) };
    }
    case 'latin-1':
      return { text: fromUnits(bytes) };
    case 'table':
      return decodeByTable(bytes, codec.upper);
    case 'web':
      return decodeByLines(bytes, codec.label);
    default:
      return codec satisfies never;
  }
}

function decodeByTable(bytes: Uint8Array, upper: string): Decoded {
  const first = 256 - upper.length;
  const units = new Uint16Array(bytes.length);
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i]!;
    const unit = byte < first ? byte : upper.charCodeAt(byte - first);
    if (unit === 0xfffd) return { line: lineAt(bytes, i), reason: 'a byte that its declared encoding does not have' };
    units[i] = unit;
  }
  return { text: fromUnits(units) };
}

/** Line by line, as CPython does: a stateful encoding starts afresh on each. */
function decodeByLines(bytes: Uint8Array, label: string): Decoded {
  let decoder: InstanceType<typeof TextDecoder>;
  try {
    decoder = new TextDecoder(label, { fatal: true, ignoreBOM: true });
  } catch {
    return { line: 1, reason: `the encoding ${label} is not available here` };
  }
  let text = '';
  let line = 0;
  for (let start = 0; start < bytes.length;) {
    line++;
    const newline = bytes.indexOf(NEWLINE, start);
    const end = newline < 0 ? bytes.length : newline + 1;
    const decoded = decodeStrictly(decoder, bytes.subarray(start, end));
    if (decoded === null) return { line, reason: `not valid ${label}` };
    text += decoded;
    start = end;
  }
  return { text };
}

function decodeStrictly(decoder: InstanceType<typeof TextDecoder>, bytes: Uint8Array): string | null {
  try {
    return decoder.decode(bytes);
  } catch {
    return null; // a fatal decoder throws on nothing but bytes it cannot read
  }
}

function firstBadLine(bytes: Uint8Array, decoder: InstanceType<typeof TextDecoder>): number {
  let line = 1;
  for (let start = 0; start < bytes.length; line++) {
    const newline = bytes.indexOf(NEWLINE, start);
    const end = newline < 0 ? bytes.length : newline + 1;
    if (decodeStrictly(decoder, bytes.subarray(start, end)) === null) return line;
    start = end;
  }
  return line;
}

function lineAt(bytes: Uint8Array, offset: number): number {
  let line = 1;
  for (let i = 0; i < offset; i++) if (bytes[i] === NEWLINE) line++;
  return line;
}

/** UTF-16 code units to a string, in slices that fit an argument list. */
function fromUnits(units: Uint8Array | Uint16Array): string {
  const slice = 8_192;
  let text = '';
  for (let i = 0; i < units.length; i += slice) text += String.fromCharCode(...units.subarray(i, i + slice));
  return text;
}
