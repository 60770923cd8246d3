/** Cross-entropy and ranks of a slice of logits, and the gradient of the logits in their place. Formulas: ../../../ops/linearCrossEntropy/. */
import { exp, log, splat } from './math';
import { Opcode } from './opcodes';
import { begin, Header, submit, wordsOf } from './queue';
import { loadPart, storePart, sumOf } from './vectors';

const PAD: i32 = 0;
/** Rows that a piece scores. */
const ROWS: i32 = 4;
/** Columns that a piece adds up. */
const COLUMNS: i32 = 64;

// @ts-ignore: decorator
@unmanaged
class Scores {
  logits: usize;
  targets: usize;
  losses: usize;
  ranks: usize;
  rows: i32;
  tokens: i32;
  ld: i32;
  /** Factor of each loss's gradient; 0 leaves the logits as they are. */
  scale: f32;
}

/**
 * @param logits [rows, tokens], rows `ld` values apart; with a scale other than 0 they become their gradient
 * @param targets [rows] int32
 * @param losses [rows], and the ranks: zeros at PAD
 */
export function scores(
  logits: usize,
  targets: usize,
  losses: usize,
  ranks: usize,
  rows: i32,
  tokens: i32,
  ld: i32,
  scale: f32,
): void {
  const command = begin(Opcode.Scores, 1, 40 * <f64>rows * <f64>tokens);
  const words = wordsOf<Scores>(command);
  words.logits = logits;
  words.targets = targets;
  words.losses = losses;
  words.ranks = ranks;
  words.rows = rows;
  words.tokens = tokens;
  words.ld = ld;
  words.scale = scale;
  submit();
}

export function piecesOfScores(command: Header): i32 {
  return (wordsOf<Scores>(command).rows + ROWS - 1) / ROWS;
}

export function runScores(command: Header, piece: i32): void {
  const words = wordsOf<Scores>(command);
  const end = min((piece + 1) * ROWS, words.rows);
  for (let row = piece * ROWS; row < end; row++) scoreRow(words, row);
}

function scoreRow(words: Scores, row: i32): void {
  const tokens = words.tokens;
  const logits = words.logits + ((<usize>(row * words.ld)) << 2);
  const target = load<i32>(words.targets + ((<usize>row) << 2));
  const loss = words.losses + ((<usize>row) << 2);
  const rank = words.ranks + ((<usize>row) << 2);
  if (target == PAD) {
    store<f32>(loss, 0);
    store<f32>(rank, 0);
    if (words.scale != 0) memory.fill(logits, 0, (<usize>tokens) << 2);
    return;
  }
  const own = load<f32>(logits + ((<usize>target) << 2));
  const largest = largestOf(logits, tokens, own, rank);
  const sum = sumOfExponentials(logits, tokens, largest, words.scale != 0);
  // Both logarithms are of numbers that a float holds well: the sum is from 1 to the number of tokens.
  store<f32>(loss, log(sum) + (largest - own));
  if (words.scale == 0) return;
  const factor = splat(words.scale / sum);
  for (let i = 0; i < tokens; i += 4) {
    const place = logits + ((<usize>i) << 2);
    storePart(place, f32x4.mul(loadPart(place, tokens - i), factor), tokens - i);
  }
  const place = logits + ((<usize>target) << 2);
  store<f32>(place, load<f32>(place) - words.scale);
}

/** The largest logit; writes how many are greater than the target's own. */
function largestOf(logits: usize, tokens: i32, own: f32, rank: usize): f32 {
  const whole = tokens & ~3;
  let most = splat(own);
  let greater = i32x4.splat(0);
  const bound = splat(own);
  for (let i = 0; i < whole; i += 4) {
    const x = v128.load(logits + ((<usize>i) << 2));
    most = f32x4.pmax(most, x);
    greater = i32x4.sub(greater, f32x4.gt(x, bound));
  }
  let largest = max(
    max(f32x4.extract_lane(most, 0), f32x4.extract_lane(most, 1)),
    max(f32x4.extract_lane(most, 2), f32x4.extract_lane(most, 3)),
  );
  let count =
    i32x4.extract_lane(greater, 0) +
    i32x4.extract_lane(greater, 1) +
    i32x4.extract_lane(greater, 2) +
    i32x4.extract_lane(greater, 3);
  for (let i = whole; i < tokens; i++) {
    const x = load<f32>(logits + ((<usize>i) << 2));
    largest = max(largest, x);
    if (x > own) count++;
  }
  store<f32>(rank, <f32>count);
  return largest;
}

/** Sum of exp(logit - largest); with `keep` the exponentials replace the logits. */
function sumOfExponentials(logits: usize, tokens: i32, largest: f32, keep: bool): f32 {
  const whole = tokens & ~3;
  const shift = splat(largest);
  let sum = splat(0);
  for (let i = 0; i < whole; i += 4) {
    const place = logits + ((<usize>i) << 2);
    const e = exp(f32x4.sub(v128.load(place), shift));
    sum = f32x4.add(sum, e);
    if (keep) v128.store(place, e);
  }
  let total = sumOf(sum);
  for (let i = whole; i < tokens; i++) {
    const place = logits + ((<usize>i) << 2);
    const e = f32x4.extract_lane(exp(splat(load<f32>(place) - largest)), 0);
    total += e;
    if (keep) store<f32>(place, e);
  }
  return total;
}

// @ts-ignore: decorator
@unmanaged
class MeanLoss {
  losses: usize;
  targets: usize;
  to: usize;
  count: i32;
  scale: f32;
}

/** to = scale x the sum of the losses of targets other than PAD, added up in float64. */
export function meanLoss(losses: usize, targets: usize, to: usize, count: i32, scale: f32): void {
  const command = begin(Opcode.MeanLoss, 1, 0);
  const words = wordsOf<MeanLoss>(command);
  words.losses = losses;
  words.targets = targets;
  words.to = to;
  words.count = count;
  words.scale = scale;
  submit();
}

export function runMeanLoss(command: Header): void {
  const words = wordsOf<MeanLoss>(command);
  let sum: f64 = 0;
  for (let i = 0; i < words.count; i++) {
    const place = (<usize>i) << 2;
    if (load<i32>(words.targets + place) != PAD) sum += <f64>load<f32>(words.losses + place);
  }
  store<f32>(words.to, <f32>(sum * <f64>words.scale));
}

// @ts-ignore: decorator
@unmanaged
class ColumnSums {
  from: usize;
  rows: i32;
  columns: i32;
  ld: i32;
  to: usize;
  accumulate: i32;
}

/**
 * Sums of the columns of a matrix, rows in order.
 * @param accumulate 1 adds to what is there
 */
export function columnSums(from: usize, rows: i32, columns: i32, ld: i32, to: usize, accumulate: i32): void {
  const command = begin(Opcode.ColumnSums, 1, 4 * <f64>rows * <f64>columns);
  const words = wordsOf<ColumnSums>(command);
  words.from = from;
  words.rows = rows;
  words.columns = columns;
  words.ld = ld;
  words.to = to;
  words.accumulate = accumulate;
  submit();
}

export function piecesOfColumnSums(command: Header): i32 {
  return (wordsOf<ColumnSums>(command).columns + COLUMNS - 1) / COLUMNS;
}

export function runColumnSums(command: Header, piece: i32): void {
  const words = wordsOf<ColumnSums>(command);
  const end = min((piece + 1) * COLUMNS, words.columns);
  const step = (<usize>words.ld) << 2;
  let column = piece * COLUMNS;
  // Four vectors at a time: a line of the cache, and additions that need not wait for each other.
  for (; column + 16 <= end; column += 16) {
    let from = words.from + ((<usize>column) << 2);
    const to = words.to + ((<usize>column) << 2);
    let a = words.accumulate != 0 ? v128.load(to) : splat(0);
    let b = words.accumulate != 0 ? v128.load(to, 16) : splat(0);
    let c = words.accumulate != 0 ? v128.load(to, 32) : splat(0);
    let d = words.accumulate != 0 ? v128.load(to, 48) : splat(0);
    for (let row = 0; row < words.rows; row++) {
      a = f32x4.add(a, v128.load(from));
      b = f32x4.add(b, v128.load(from, 16));
      c = f32x4.add(c, v128.load(from, 32));
      d = f32x4.add(d, v128.load(from, 48));
      from += step;
    }
    v128.store(to, a);
    v128.store(to, b, 16);
    v128.store(to, c, 32);
    v128.store(to, d, 48);
  }
  for (; column < end; column += 4) {
    const count = end - column;
    let from = words.from + ((<usize>column) << 2);
    const to = words.to + ((<usize>column) << 2);
    let sum = words.accumulate != 0 ? loadPart(to, count) : splat(0);
    for (let row = 0; row < words.rows; row++) {
      sum = f32x4.add(sum, loadPart(from, count));
      from += step;
    }
    storePart(to, sum, count);
  }
}
