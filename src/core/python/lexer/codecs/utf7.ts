/** UTF-7 (RFC 2152): `+` begins UTF-16 in base64. Based on CPython 3.11's `PyUnicode_DecodeUTF7Stateful`. */
import { ALL_READ, type Decoder } from './decoder.ts';

const PLUS = 0x2b;
const MINUS = 0x2d;

const BASE64 = new Int8Array(256).fill(-1);
for (const [value, letter] of Array.from(
  'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/',
).entries()) {
  BASE64[letter.charCodeAt(0)] = value;
}

/** Also rejects unpaired surrogates. CPython decodes them, but cannot compile source that contains one. */
export const utf7Decoder: Decoder = (bytes, units) => {
  let shifted = false;
  /** Bits of UTF-16 read so far. */
  let bits = 0;
  let buffer = 0;
  let high = 0;
  let shiftedAt = 0;
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at]!;
    if (shifted && BASE64[byte]! >= 0) {
      buffer = (buffer << 6) | BASE64[byte]!;
      bits += 6;
      if (bits < 16) continue;
      bits -= 16;
      const unit = buffer >>> bits;
      buffer &= (1 << bits) - 1;
      const low = unit >= 0xdc00 && unit <= 0xdfff;
      if (low !== (high !== 0)) return shiftedAt;
      high = unit >= 0xd800 && unit <= 0xdbff ? unit : 0;
      units.push(unit);
    } else if (shifted) {
      if (bits >= 6 || buffer !== 0 || high !== 0) return shiftedAt;
      shifted = false;
      if (byte !== MINUS) at--; // the character that ends the base64 is read again as plain text
    } else if (byte === PLUS) {
      const next = bytes[at + 1];
      if (next === MINUS) {
        units.push(PLUS);
        at++;
      } else if (next !== undefined && BASE64[next]! < 0) {
        return at;
      } else {
        shifted = true;
        shiftedAt = at;
        bits = buffer = 0;
      }
    } else if (byte < 0x80) {
      units.push(byte);
    } else {
      return at;
    }
  }
  return shifted && (bits >= 6 || buffer !== 0 || high !== 0) ? shiftedAt : ALL_READ;
};
