/** Adam and AdamW, after clipping by the global norm. The formula is in ../../../ops/adam/reference.ts. */
import { splat } from './math';
import { Opcode } from './opcodes';
import { begin, Header, submit, wordsOf } from './queue';
import { loadPart, storePart } from './vectors';

/** Values that a piece takes; the sum of the squares of as many is one partial sum, whoever adds it up. */
export const VALUES: i32 = 16 * 1024;

// @ts-ignore: decorator
@inline
export function partsOf(count: i32): i32 {
  return (count + VALUES - 1) / VALUES;
}

// @ts-ignore: decorator
@unmanaged
class Squares {
  from: usize;
  count: i32;
  to: usize;
}

/** Partial sums, in float64, that a gradient's squares take. */
export function partialsOf(count: i32): i32 {
  return partsOf(count);
}

/** @param to `partialsOf` float64 */
export function squares(from: usize, count: i32, to: usize): void {
  const command = begin(Opcode.Squares, 1, 4 * <f64>count);
  const words = wordsOf<Squares>(command);
  words.from = from;
  words.count = count;
  words.to = to;
  submit();
}

export function piecesOfSquares(command: Header): i32 {
  return partsOf(wordsOf<Squares>(command).count);
}

export function runSquares(command: Header, piece: i32): void {
  const words = wordsOf<Squares>(command);
  const end = min((piece + 1) * VALUES, words.count);
  let low = f64x2.splat(0);
  let high = f64x2.splat(0);
  for (let i = piece * VALUES; i < end; i += 4) {
    const x = loadPart(words.from + (<usize>i << 2), end - i);
    const a = f64x2.promote_low_f32x4(x);
    const b = f64x2.promote_low_f32x4(v128.shuffle<f64>(x, x, 1, 0));
    low = f64x2.add(low, f64x2.mul(a, a));
    high = f64x2.add(high, f64x2.mul(b, b));
  }
  const sum = f64x2.add(low, high);
  store<f64>(words.to + (<usize>piece << 3), f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1));
}

// @ts-ignore: decorator
@unmanaged
class Norm {
  from: usize;
  count: i32;
  to: usize;
}

/** The root of the sum of float64 partial sums, as a float32. */
export function norm(from: usize, count: i32, to: usize): void {
  const command = begin(Opcode.Norm, 1, 0);
  const words = wordsOf<Norm>(command);
  words.from = from;
  words.count = count;
  words.to = to;
  submit();
}

export function runNorm(command: Header): void {
  const words = wordsOf<Norm>(command);
  let sum: f64 = 0;
  for (let i = 0; i < words.count; i++) sum += load<f64>(words.from + (<usize>i << 3));
  store<f32>(words.to, <f32>Math.sqrt(sum));
}

// @ts-ignore: decorator
@unmanaged
class Adam {
  gradient: usize;
  norm: usize;
  first: usize;
  second: usize;
  variable: usize;
  count: i32;
  rate: f32;
  correction: f32;
  clip: f32;
  shrink: f32;
  beta1: f32;
  beta2: f32;
  rest1: f32;
  rest2: f32;
  epsilon: f32;
}

/**
 * One variable and its moments, in place.
 * @param rate learning rate / (1 - beta1^step)
 * @param correction 1 / sqrt(1 - beta2^step)
 * @param clip largest norm; 0 does not clip
 * @param shrink what is left of a weight: 1 - rate * decay, of the uncorrected rate
 * @param rest1 1 - beta1, and `rest2` 1 - beta2, rounded once: from a rounded beta they would be some 1e-5 off
 */
export function adam(
  gradient: usize,
  norm: usize,
  first: usize,
  second: usize,
  variable: usize,
  count: i32,
  rate: f32,
  correction: f32,
  clip: f32,
  shrink: f32,
  beta1: f32,
  beta2: f32,
  rest1: f32,
  rest2: f32,
  epsilon: f32,
): void {
  const command = begin(Opcode.Adam, 1, 40 * <f64>count);
  const words = wordsOf<Adam>(command);
  words.gradient = gradient;
  words.norm = norm;
  words.first = first;
  words.second = second;
  words.variable = variable;
  words.count = count;
  words.rate = rate;
  words.correction = correction;
  words.clip = clip;
  words.shrink = shrink;
  words.beta1 = beta1;
  words.beta2 = beta2;
  words.rest1 = rest1;
  words.rest2 = rest2;
  words.epsilon = epsilon;
  submit();
}

/** What a gradient is scaled by. @param norm address of the global norm @param clip largest norm; 0 does not clip */
export function clipFactor(norm: usize, clip: f32): f32 {
  if (!(clip > 0)) return 1;
  // NaN must reach the weights, so that it is seen: min would hide it in some engines.
  const wanted = clip / (load<f32>(norm) + <f32>1e-6);
  return wanted > 1 ? 1 : wanted;
}

export function piecesOfAdam(command: Header): i32 {
  return partsOf(wordsOf<Adam>(command).count);
}

export function runAdam(command: Header, piece: i32): void {
  const words = wordsOf<Adam>(command);
  const scale = splat(clipFactor(words.norm, words.clip));
  const beta1 = splat(words.beta1);
  const beta2 = splat(words.beta2);
  const rest1 = splat(words.rest1);
  const rest2 = splat(words.rest2);
  const rate = splat(words.rate);
  const shrink = splat(words.shrink);
  const correction = splat(words.correction);
  const epsilon = splat(words.epsilon);
  const end = min((piece + 1) * VALUES, words.count);
  for (let i = piece * VALUES; i < end; i += 4) {
    const count = end - i;
    const place = <usize>i << 2;
    const g = f32x4.mul(loadPart(words.gradient + place, count), scale);
    const m = f32x4.add(f32x4.mul(beta1, loadPart(words.first + place, count)), f32x4.mul(rest1, g));
    const v = f32x4.add(
      f32x4.mul(beta2, loadPart(words.second + place, count)),
      f32x4.mul(rest2, f32x4.mul(g, g)),
    );
    const below = f32x4.add(f32x4.mul(f32x4.sqrt(v), correction), epsilon);
    const change = f32x4.div(f32x4.mul(rate, m), below);
    storePart(words.first + place, m, count);
    storePart(words.second + place, v, count);
    storePart(words.variable + place, f32x4.sub(f32x4.mul(shrink, loadPart(words.variable + place, count)), change), count);
  }
}
