/** HZ: `~{` begins GB 2312 in seven bits, `~}` ends it. Based on CPython 3.11's `Modules/cjkcodecs/_codecs_cn.c`. */
import { ALL_READ, type Decoder } from './decoder.ts';
import { gridNamed, pushCell } from './grids.ts';
import type { Grid } from './unpack.ts';

const LF = 0x0a;
const TILDE = 0x7e;
const OPEN = 0x7b;
const CLOSE = 0x7d;

export function hzDecoder(grids: ReadonlyMap<string, Grid>): Decoder {
  const gb2312 = gridNamed(grids, 'gb2312');
  return (bytes, units) => {
    let chinese = false;
    for (let at = 0; at < bytes.length;) {
      const first = bytes[at]!;
      const second = bytes[at + 1];
      if (first === TILDE) {
        if (chinese ? second !== CLOSE : second !== TILDE && second !== OPEN && second !== LF) return at;
        // a tilde before a line feed continues the line
        if (second === TILDE) units.push(TILDE);
        else if (second !== LF) chinese = second === OPEN;
        at += 2;
      } else if (first >= 0x80) {
        return at;
      } else if (chinese) {
        if (second === undefined || second < 0x21 || second > 0x7e) return at;
        if (!pushCell(gb2312, (first | 0x80) - 0x81, (second | 0x80) - 0x40, units)) return at;
        at += 2;
      } else {
        units.push(first);
        at++;
      }
    }
    return ALL_READ;
  };
}
