/**
 * A continuous cache: sums by text of the softmax over earlier states, and the logits it needs.
 * Formulas: ../../../ops/cacheMasses/, ../../../ops/textLogits/.
 */
import { exp, splat } from './math';
import { Opcode } from './opcodes';
import { begin, Header, submit, wordsOf } from './queue';
import { loadPart, storePart } from './vectors';

/** Positions of a piece. */
const POSITIONS: i32 = 4;

// @ts-ignore: decorator
@unmanaged
class CacheMasses {
  likeness: usize;
  ld: i32;
  first: i32;
  count: i32;
  slots: usize;
  rows: i32;
  row: i32;
  to: usize;
  texts: i32;
  theta: f32;
}

/**
 * What a cache gives at some positions of one row of a batch.
 * @param likeness [count, first + count]: products of each position's state with those of all up to it, rows `ld` values apart; written over
 * @param first step of the first position
 * @param count positions
 * @param slots [steps, rows] int32: slot of each position's target, negative where there is none
 * @param rows of the batch
 * @param row which one
 * @param to [steps, rows, texts]
 */
export function cacheMasses(
  likeness: usize,
  ld: i32,
  first: i32,
  count: i32,
  slots: usize,
  rows: i32,
  row: i32,
  to: usize,
  texts: i32,
  theta: f32,
): void {
  const command = begin(Opcode.CacheMasses, 1, 20 * <f64>count * <f64>(first + count));
  const words = wordsOf<CacheMasses>(command);
  words.likeness = likeness;
  words.ld = ld;
  words.first = first;
  words.count = count;
  words.slots = slots;
  words.rows = rows;
  words.row = row;
  words.to = to;
  words.texts = texts;
  words.theta = theta;
  submit();
}

export function piecesOfCacheMasses(command: Header): i32 {
  return (wordsOf<CacheMasses>(command).count + POSITIONS - 1) / POSITIONS;
}

export function runCacheMasses(command: Header, piece: i32): void {
  const words = wordsOf<CacheMasses>(command);
  const end = min((piece + 1) * POSITIONS, words.count);
  for (let position = piece * POSITIONS; position < end; position++) massesOf(words, position);
}

function massesOf(words: CacheMasses, position: i32): void {
  const step = words.first + position;
  const texts = words.texts;
  const likeness = words.likeness + ((<usize>(position * words.ld)) << 2);
  const to = words.to + (((<usize>(step * words.rows + words.row)) * texts) << 2);
  memory.fill(to, 0, (<usize>texts) << 2);
  if (step == 0) return;
  const largest = splat(largestOf(likeness, step));
  const theta = splat(words.theta);
  for (let i = 0; i < step; i += 4) {
    const place = likeness + ((<usize>i) << 2);
    storePart(place, exp(f32x4.mul(theta, f32x4.sub(loadPart(place, step - i), largest))), step - i);
  }
  let sum: f64 = 0;
  let slot = words.slots + ((<usize>words.row) << 2);
  const stride = (<usize>words.rows) << 2;
  for (let i = 0; i < step; i++) {
    const weight = load<f32>(likeness + ((<usize>i) << 2));
    const text = load<i32>(slot);
    slot += stride;
    sum += <f64>weight;
    if (text < 0) continue;
    const place = to + ((<usize>text) << 2);
    store<f32>(place, load<f32>(place) + weight);
  }
  const factor = splat(<f32>(1 / sum));
  for (let i = 0; i < texts; i += 4) {
    const place = to + ((<usize>i) << 2);
    storePart(place, f32x4.mul(loadPart(place, texts - i), factor), texts - i);
  }
}

function largestOf(values: usize, count: i32): f32 {
  let largest = load<f32>(values);
  for (let i = 1; i < count; i++) largest = max(largest, load<f32>(values + ((<usize>i) << 2)));
  return largest;
}

// @ts-ignore: decorator
@unmanaged
class TextLogits {
  logits: usize;
  ld: i32;
  tokens: i32;
  first: i32;
  count: i32;
  ids: usize;
  rows: i32;
  texts: i32;
  to: usize;
  largest: usize;
  kept: i32;
}

/**
 * For each position of a slice of logits: the logits of the texts of its row, and the largest logit.
 * @param logits [count, tokens], rows `ld` values apart
 * @param first position of the slice's first row; position p is of row p % rows of the batch
 * @param count positions
 * @param ids [rows, texts] int32
 * @param to [positions, texts]
 * @param largest [positions, kept], falling
 * @param kept at most as many as there are tokens
 */
export function textLogits(
  logits: usize,
  ld: i32,
  tokens: i32,
  first: i32,
  count: i32,
  ids: usize,
  rows: i32,
  texts: i32,
  to: usize,
  largest: usize,
  kept: i32,
): void {
  const command = begin(Opcode.TextLogits, 1, <f64>count * (2 * <f64>tokens + 8 * <f64>texts));
  const words = wordsOf<TextLogits>(command);
  words.logits = logits;
  words.ld = ld;
  words.tokens = tokens;
  words.first = first;
  words.count = count;
  words.ids = ids;
  words.rows = rows;
  words.texts = texts;
  words.to = to;
  words.largest = largest;
  words.kept = kept;
  submit();
}

export function piecesOfTextLogits(command: Header): i32 {
  return (wordsOf<TextLogits>(command).count + POSITIONS - 1) / POSITIONS;
}

export function runTextLogits(command: Header, piece: i32): void {
  const words = wordsOf<TextLogits>(command);
  const end = min((piece + 1) * POSITIONS, words.count);
  for (let row = piece * POSITIONS; row < end; row++) {
    const position = words.first + row;
    const logits = words.logits + ((<usize>(row * words.ld)) << 2);
    const texts = words.texts;
    const ids = words.ids + (((<usize>(position % words.rows)) * texts) << 2);
    const to = words.to + (((<usize>position) * texts) << 2);
    for (let text = 0; text < texts; text++) {
      const at = (<usize>text) << 2;
      store<f32>(to + at, load<f32>(logits + ((<usize>load<i32>(ids + at)) << 2)));
    }
    keepLargest(logits, words.tokens, words.largest + (((<usize>position) * words.kept) << 2), words.kept);
  }
}

/** Keeps the largest values. Most values are not among them, and are skipped four at a time. */
function keepLargest(values: usize, count: i32, kept: usize, most: i32): void {
  for (let i = 0; i < most; i++) store<f32>(kept + ((<usize>i) << 2), -Infinity);
  const last = kept + ((<usize>(most - 1)) << 2);
  const whole = count & ~3;
  let bar = splat(-Infinity);
  for (let i = 0; i < whole; i += 4) {
    const place = values + ((<usize>i) << 2);
    if (!v128.any_true(f32x4.gt(v128.load(place), bar))) continue;
    for (let lane: usize = 0; lane < 16; lane += 4) insert(load<f32>(place + lane), kept, most);
    bar = splat(load<f32>(last));
  }
  for (let i = whole; i < count; i++) insert(load<f32>(values + ((<usize>i) << 2)), kept, most);
}

function insert(value: f32, kept: usize, most: i32): void {
  let at = most - 1;
  if (!(value > load<f32>(kept + ((<usize>at) << 2)))) return;
  while (at > 0 && value > load<f32>(kept + ((<usize>(at - 1)) << 2))) {
    store<f32>(kept + ((<usize>at) << 2), load<f32>(kept + ((<usize>(at - 1)) << 2)));
    at--;
  }
  store<f32>(kept + ((<usize>at) << 2), value);
}
