/**
 * Converts the bytes of a Python source file to UTF-8, with the rules of CPython 3.11. A file is UTF-8 unless one of its first two
 * lines declares another encoding (PEP 263). It is decoded strictly by the codec that `codecs.lookup` finds. UTF-8, ASCII and Latin-1
 * are always available; `loadCodecOf` must load the tables of other codecs first.
 *
 * A Python file can be in any of CPython's single-byte codecs except EBCDIC, and in big5, big5hkscs, cp932, cp949, cp950,
 * euc_jis_2004, euc_jisx0213, euc_jp, euc_kr, gb18030, gb2312, gbk, hz, iso2022_*, johab, shift_jis, shift_jis_2004,
 * shift_jisx0213 and utf_7. It cannot be in UTF-16, UTF-32 or EBCDIC, since their coding line would not be ASCII. `python3 FILE`
 * rejects these too. `idna` and the two `unicode_escape` codecs are not implemented, since source is not written in them.
 */
import { ALL_READ, Units } from './codecs/decoder.ts';
import { isLoaded, loadDecoder, loadedDecoder } from './codecs/load.ts';
import { codecNamed, normalName, refusalOf } from './codecs/names.ts';
import { endOfLine, lineAt, type SourceReading, withUniversalNewlines } from './reading.ts';
import type { LexFailure } from './result.ts';
import { isAscii } from './utf8.ts';

export type Utf8 = { readonly utf8: Uint8Array };

// In Python's `re`, `.` matches everything except a line feed, so `[^\n]` replaces it.
const COOKIE = /^[ \t\f]*#[^\n]*?coding[:=][ \t]*([-\w.]+)/;
const BLANK = /^[ \t\f]*(?:[#\r\n]|$)/;

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * Loads the tables that `sourceAsUtf8` needs for a file.
 * @returns undefined if it needs none, or if they are loaded already
 * @throws LabError `network` if they cannot be loaded
 */
export function loadCodecOf(bytes: Uint8Array, reading: SourceReading): Promise<void> | undefined {
  const declared = declaredCodec(bytes, reading);
  if (typeof declared !== 'string' || isBuiltIn(declared) || isLoaded(declared)) return undefined;
  return loadDecoder(declared);
}

/**
 * Converts a source file to UTF-8 without a byte order mark.
 * @returns the UTF-8, as a view of `bytes` if nothing changes, or the line and the reason why CPython rejects the file
 * @throws LabError `internal` if the file needs tables that `loadCodecOf` has not loaded
 */
export function sourceAsUtf8(bytes: Uint8Array, reading: SourceReading): Utf8 | LexFailure {
  if (reading === 'bytes') return decoded(bytes, reading);
  if (reading === 'utf8-text') {
    if (isUtf8(bytes)) return decoded(withUniversalNewlines(bytes), 'bytes');
    return { line: firstBadLine(bytes, reading), reason: 'not UTF-8, as which CodeXGLUE reads every file' };
  }
  const read = decoded(bytes, reading);
  return 'reason' in read ? read : { utf8: withUniversalNewlines(read.utf8) };
}

/** CPython's name of the codec that a file declares. */
function declaredCodec(bytes: Uint8Array, reading: SourceReading): string | LexFailure {
  const body = withoutMark(bytes);
  for (let line = 1, start = 0; line <= 2 && start < body.length; line++) {
    const end = endOfLine(body, start, reading);
    const utf8 = textOf(body.subarray(start, end));
    // tokenize decodes a line before it looks for a declaration, but python3 decodes it afterwards
    const text = utf8 ?? (reading === 'text' ? decodeLatin1(body.subarray(start, end)) : '');
    const name = COOKIE.exec(text)?.[1];
    if (name !== undefined) return codecOnLine(name, line, body !== bytes);
    if (utf8 === null) return { line, reason: 'not UTF-8, and no other encoding is declared before it' };
    if (!BLANK.test(utf8)) break;
    start = end;
  }
  return 'utf_8';
}

function codecOnLine(name: string, line: number, marked: boolean): string | LexFailure {
  const normal = normalName(name);
  if (marked && normal !== 'utf-8') {
    return { line, reason: `declares the encoding ${name}, but begins with the byte order mark of UTF-8` };
  }
  const codec = codecNamed(normal);
  const reason = refusalOf(codec, name);
  return reason === null ? codec : { line, reason };
}

/** Codecs that need no table. Python's charmap without a map is Latin-1. */
function isBuiltIn(codec: string): boolean {
  return ['utf_8', 'utf_8_sig', 'ascii', 'latin_1', 'charmap'].includes(codec);
}

function decoded(bytes: Uint8Array, reading: SourceReading): Utf8 | LexFailure {
  const codec = declaredCodec(bytes, reading);
  if (typeof codec !== 'string') return codec;
  const body = withoutMark(bytes);
  switch (codec) {
    case 'utf_8':
    case 'utf_8_sig':
      return isUtf8(body) ? { utf8: body } : { line: firstBadLine(body, reading), reason: 'not valid UTF-8' };
    case 'ascii': {
      const bad = body.findIndex((byte) => byte > 127);
      return bad < 0 ? { utf8: body } : { line: lineAt(body, bad, reading), reason: 'not valid ASCII' };
    }
    case 'latin_1':
    case 'charmap':
      return { utf8: isAscii(body) ? body : encoder.encode(decodeLatin1(body)) };
    default:
      return byTables(body, codec, reading);
  }
}

function decodeLatin1(bytes: Uint8Array): string {
  const units = new Units(bytes.length);
  for (let i = 0; i < bytes.length; i++) units.push(bytes[i]!);
  return units.toString();
}

/** Decodes with a table. A codec with a state resets on each line for the reading `bytes`, and keeps its state for `text`. */
function byTables(bytes: Uint8Array, codec: string, reading: SourceReading): Utf8 | LexFailure {
  const decode = loadedDecoder(codec);
  const units = new Units(bytes.length);
  for (let start = 0; start < bytes.length;) {
    const end = reading === 'bytes' ? endOfLine(bytes, start, reading) : bytes.length;
    const bad = decode(bytes.subarray(start, end), units);
    if (bad !== ALL_READ) return { line: lineAt(bytes, start + bad, reading), reason: `not valid ${codec}` };
    start = end;
  }
  return { utf8: encoder.encode(units.toString()) };
}

/** The bytes without the byte order mark; `bytes` itself if there is none. */
function withoutMark(bytes: Uint8Array): Uint8Array {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? bytes.subarray(3) : bytes;
}

function isUtf8(bytes: Uint8Array): boolean {
  return textOf(bytes) !== null;
}

/** Decodes UTF-8; null if the bytes are not valid. */
function textOf(bytes: Uint8Array): string | null {
  try {
    return decoder.decode(bytes);
  } catch {
    return null; // a fatal decoder throws only on bytes that it cannot read
  }
}

function firstBadLine(bytes: Uint8Array, reading: SourceReading): number {
  let line = 1;
  for (let start = 0; start < bytes.length; line++) {
    const end = endOfLine(bytes, start, reading);
    if (!isUtf8(bytes.subarray(start, end))) return line;
    start = end;
  }
  return line;
}
