/** Stochastic gradient descent with momentum, after clipping by the global norm. The formula is in ../../../ops/sgd/reference.ts. */
import { clipFactor, partsOf, VALUES } from './adam';
import { splat } from './math';
import { Opcode } from './opcodes';
import { begin, Header, submit, wordsOf } from './queue';
import { loadPart, storePart } from './vectors';

// @ts-ignore: decorator
@unmanaged
class Sgd {
  gradient: usize;
  norm: usize;
  first: usize;
  variable: usize;
  count: i32;
  rate: f32;
  momentum: f32;
  clip: f32;
}

/**
 * One variable and its momentum, in place.
 * @param clip largest norm; 0 does not clip
 */
export function sgd(
  gradient: usize,
  norm: usize,
  first: usize,
  variable: usize,
  count: i32,
  rate: f32,
  momentum: f32,
  clip: f32,
): void {
  const command = begin(Opcode.Sgd, 1, 20 * <f64>count);
  const words = wordsOf<Sgd>(command);
  words.gradient = gradient;
  words.norm = norm;
  words.first = first;
  words.variable = variable;
  words.count = count;
  words.rate = rate;
  words.momentum = momentum;
  words.clip = clip;
  submit();
}

export function piecesOfSgd(command: Header): i32 {
  return partsOf(wordsOf<Sgd>(command).count);
}

export function runSgd(command: Header, piece: i32): void {
  const words = wordsOf<Sgd>(command);
  const scale = splat(clipFactor(words.norm, words.clip));
  const rate = splat(words.rate);
  const momentum = splat(words.momentum);
  const end = min((piece + 1) * VALUES, words.count);
  for (let i = piece * VALUES; i < end; i += 4) {
    const count = end - i;
    const place = <usize>i << 2;
    const g = f32x4.mul(loadPart(words.gradient + place, count), scale);
    const m = f32x4.add(f32x4.mul(momentum, loadPart(words.first + place, count)), g);
    storePart(words.first + place, m, count);
    storePart(words.variable + place, f32x4.sub(loadPart(words.variable + place, count), f32x4.mul(rate, m)), count);
  }
}
