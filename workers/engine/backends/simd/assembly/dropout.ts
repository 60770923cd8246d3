/** Dropout by a counter-based mask: the bits of src/core/random/dropout.ts. Without a mask it adds and copies. */
import { splat } from './math';
import { Opcode } from './opcodes';
import { begin, Header, submit, wordsOf } from './queue';
import { loadPart, storePart } from './vectors';

/** Values that a piece takes. */
const VALUES: i32 = 16 * 1024;

// @ts-ignore: decorator
@unmanaged
class Dropout {
  x: usize;
  /** Added to x under the mask; 0 for none. */
  inside: usize;
  /** Added to the result; 0 for none. */
  outside: usize;
  to: usize;
  count: i32;
  key: u32;
  threshold: u32;
  kept: f32;
  /** Values of a step here, and in the whole batch, and those before the first row in it. */
  together: u32;
  stride: u32;
  first: u32;
}

/**
 * to = mask x (x + inside) + outside, value by value.
 * @param threshold bits below it drop a value; 0 drops none
 * @param kept factor of the others
 * @param together values of a step: the mask is drawn for value i at (i / together) stride + first + i % together
 */
export function dropout(
  x: usize,
  inside: usize,
  outside: usize,
  to: usize,
  count: i32,
  key: u32,
  threshold: u32,
  kept: f32,
  together: u32,
  stride: u32,
  first: u32,
): void {
  const command = begin(Opcode.Dropout, 1, 16 * <f64>count);
  const words = wordsOf<Dropout>(command);
  words.x = x;
  words.inside = inside;
  words.outside = outside;
  words.to = to;
  words.count = count;
  words.key = key;
  words.threshold = threshold;
  words.kept = kept;
  words.together = together;
  words.stride = stride;
  words.first = first;
  submit();
}

export function piecesOfDropout(command: Header): i32 {
  return (wordsOf<Dropout>(command).count + VALUES - 1) / VALUES;
}

export function runDropout(command: Header, piece: i32): void {
  const words = wordsOf<Dropout>(command);
  const end = min((piece + 1) * VALUES, words.count);
  const masked = words.threshold != 0;
  for (let i = piece * VALUES; i < end; i += 4) {
    const place = <usize>i << 2;
    const count = words.count - i;
    let value = loadPart(words.x + place, count);
    if (words.inside != 0) value = f32x4.add(value, loadPart(words.inside + place, count));
    if (masked) value = f32x4.mul(value, factorsAt(words, i));
    if (words.outside != 0) value = f32x4.add(value, loadPart(words.outside + place, count));
    storePart(words.to + place, value, count);
  }
}

/** Factors of four values from position i on: 0 for a dropped one, the scale for the others. */
// @ts-ignore: decorator
@inline
function factorsAt(words: Dropout, i: i32): v128 {
  const drawn = lowbias32(v128.xor(lowbias32(countersAt(words, <u32>i)), i32x4.splat(words.key)));
  const dropped = i32x4.lt_u(drawn, i32x4.splat(words.threshold));
  return v128.andnot(splat(words.kept), dropped);
}

// @ts-ignore: decorator
@inline
function countersAt(words: Dropout, i: u32): v128 {
  const together = words.together;
  if (i % together + 4 <= together) {
    return i32x4.add(i32x4.splat(counterAt(words, i)), i32x4(0, 1, 2, 3));
  }
  let counters = i32x4.splat(counterAt(words, i));
  counters = i32x4.replace_lane(counters, 1, counterAt(words, i + 1));
  counters = i32x4.replace_lane(counters, 2, counterAt(words, i + 2));
  return i32x4.replace_lane(counters, 3, counterAt(words, i + 3));
}

// @ts-ignore: decorator
@inline
function counterAt(words: Dropout, i: u32): u32 {
  return (i / words.together) * words.stride + words.first + (i % words.together);
}

/** The integer hash of hash-prospector, `mix` in src/core/random/dropout.ts. */
// @ts-ignore: decorator
@inline
function lowbias32(x: v128): v128 {
  let h = i32x4.mul(v128.xor(x, i32x4.shr_u(x, 16)), i32x4.splat(0x7feb352d));
  h = i32x4.mul(v128.xor(h, i32x4.shr_u(h, 15)), i32x4.splat(0x846ca68b));
  return v128.xor(h, i32x4.shr_u(h, 16));
}
