/** The few elementwise operations that a graph of the lab's ops needs between them. */
import { exp, log, sigmoid, splat, tanh } from './math';
import { Opcode } from './opcodes';
import { begin, Header, submit, wordsOf } from './queue';
import { loadPart, storePart } from './vectors';

/** Values that a piece takes. */
const VALUES: i32 = 16 * 1024;

export enum BinaryOp {
  Add,
  Subtract,
  Multiply,
}

// @ts-ignore: decorator
@unmanaged
class Binary {
  op: BinaryOp;
  a: usize;
  b: usize;
  to: usize;
  count: i32;
  /** Values after which an operand begins again; as many as there are where it does not. */
  periodA: i32;
  periodB: i32;
}

/**
 * to[i] = a[i % periodA] op b[i % periodB]: broadcasting where one shape is the end of the other.
 */
export function binary(
  op: BinaryOp,
  a: usize,
  b: usize,
  to: usize,
  count: i32,
  periodA: i32,
  periodB: i32,
): void {
  const command = begin(Opcode.Binary, 1, 8 * <f64>count);
  const words = wordsOf<Binary>(command);
  words.op = op;
  words.a = a;
  words.b = b;
  words.to = to;
  words.count = count;
  words.periodA = periodA;
  words.periodB = periodB;
  submit();
}

export function piecesOfBinary(command: Header): i32 {
  return (wordsOf<Binary>(command).count + VALUES - 1) / VALUES;
}

export function runBinary(command: Header, piece: i32): void {
  const words = wordsOf<Binary>(command);
  const end = min((piece + 1) * VALUES, words.count);
  for (let i = piece * VALUES; i < end; i += 4) {
    const count = end - i;
    const a = operand(words.a, words.periodA, i, count, words.count);
    const b = operand(words.b, words.periodB, i, count, words.count);
    storePart(words.to + (<usize>i << 2), applyBinary(words.op, a, b), count);
  }
}

// @ts-ignore: decorator
@inline
function operand(from: usize, period: i32, i: i32, count: i32, all: i32): v128 {
  if (period == all) return loadPart(from + (<usize>i << 2), count);
  return repeated(from, period, i);
}

function repeated(from: usize, period: i32, i: i32): v128 {
  if (period == 1) return splat(load<f32>(from));
  const first = i % period;
  if (first + 4 <= period) return v128.load(from + (<usize>first << 2));
  let x = splat(load<f32>(from + (<usize>first << 2)));
  x = f32x4.replace_lane(x, 1, load<f32>(from + (<usize>((i + 1) % period) << 2)));
  x = f32x4.replace_lane(x, 2, load<f32>(from + (<usize>((i + 2) % period) << 2)));
  return f32x4.replace_lane(x, 3, load<f32>(from + (<usize>((i + 3) % period) << 2)));
}

// @ts-ignore: decorator
@inline
function applyBinary(op: BinaryOp, a: v128, b: v128): v128 {
  if (op == BinaryOp.Add) return f32x4.add(a, b);
  if (op == BinaryOp.Subtract) return f32x4.sub(a, b);
  return f32x4.mul(a, b);
}

export enum UnaryOp {
  Exponential,
  Logarithm,
  Sigmoid,
  Tanh,
  /** From int32. */
  ToFloat,
  /** To int32, towards zero. */
  ToInteger,
}

// @ts-ignore: decorator
@unmanaged
class Unary {
  op: UnaryOp;
  x: usize;
  to: usize;
  count: i32;
}

/** to[i] = op(x[i]) */
export function unary(op: UnaryOp, x: usize, to: usize, count: i32): void {
  const command = begin(Opcode.Unary, 1, 24 * <f64>count);
  const words = wordsOf<Unary>(command);
  words.op = op;
  words.x = x;
  words.to = to;
  words.count = count;
  submit();
}

export function piecesOfUnary(command: Header): i32 {
  return (wordsOf<Unary>(command).count + VALUES - 1) / VALUES;
}

export function runUnary(command: Header, piece: i32): void {
  const words = wordsOf<Unary>(command);
  const end = min((piece + 1) * VALUES, words.count);
  for (let i = piece * VALUES; i < end; i += 4) {
    const place = <usize>i << 2;
    storePart(words.to + place, applyUnary(words.op, loadPart(words.x + place, end - i)), end - i);
  }
}

// @ts-ignore: decorator
@inline
function applyUnary(op: UnaryOp, x: v128): v128 {
  switch (op) {
    case UnaryOp.Exponential:
      return exp(x);
    case UnaryOp.Sigmoid:
      return sigmoid(x);
    case UnaryOp.Tanh:
      return tanh(x);
    case UnaryOp.ToFloat:
      return f32x4.convert_i32x4_s(x);
    case UnaryOp.ToInteger:
      return i32x4.trunc_sat_f32x4_s(x);
    default: {
      let y = splat(log(f32x4.extract_lane(x, 0)));
      y = f32x4.replace_lane(y, 1, log(f32x4.extract_lane(x, 1)));
      y = f32x4.replace_lane(y, 2, log(f32x4.extract_lane(x, 2)));
      return f32x4.replace_lane(y, 3, log(f32x4.extract_lane(x, 3)));
    }
  }
}

// @ts-ignore: decorator
@unmanaged
class Copy {
  from: usize;
  to: usize;
  bytes: usize;
}

export function copy(from: usize, to: usize, bytes: usize): void {
  const command = begin(Opcode.Copy, 1, <f64>bytes);
  const words = wordsOf<Copy>(command);
  words.from = from;
  words.to = to;
  words.bytes = bytes;
  submit();
}

export function runCopy(command: Header): void {
  const words = wordsOf<Copy>(command);
  memory.copy(words.to, words.from, words.bytes);
}

// @ts-ignore: decorator
@unmanaged
class Fill {
  to: usize;
  count: i32;
  value: f32;
}

export function fill(to: usize, count: i32, value: f32): void {
  const command = begin(Opcode.Fill, 1, 4 * <f64>count);
  const words = wordsOf<Fill>(command);
  words.to = to;
  words.count = count;
  words.value = value;
  submit();
}

export function piecesOfFill(command: Header): i32 {
  return (wordsOf<Fill>(command).count + VALUES - 1) / VALUES;
}

export function runFill(command: Header, piece: i32): void {
  const words = wordsOf<Fill>(command);
  const end = min((piece + 1) * VALUES, words.count);
  const value = splat(words.value);
  for (let i = piece * VALUES; i < end; i += 4) storePart(words.to + (<usize>i << 2), value, end - i);
}

// @ts-ignore: decorator
@unmanaged
class SumAll {
  from: usize;
  count: i32;
  to: usize;
}

/** The sum of all values, in order, in float64. */
export function sumAll(from: usize, count: i32, to: usize): void {
  const command = begin(Opcode.SumAll, 1, 0);
  const words = wordsOf<SumAll>(command);
  words.from = from;
  words.count = count;
  words.to = to;
  submit();
}

export function runSumAll(command: Header): void {
  const words = wordsOf<SumAll>(command);
  let sum: f64 = 0;
  for (let i = 0; i < words.count; i++) sum += <f64>load<f32>(words.from + (<usize>i << 2));
  store<f32>(words.to, <f32>sum);
}

// @ts-ignore: decorator
@unmanaged
class Swap {
  from: usize;
  to: usize;
  outer: i32;
  inner: i32;
  width: i32;
}

/** Swaps the first two axes of [outer, inner, width]. */
export function swapAxes(from: usize, to: usize, outer: i32, inner: i32, width: i32): void {
  const command = begin(Opcode.SwapAxes, 1, 8 * <f64>outer * <f64>inner * <f64>width);
  const words = wordsOf<Swap>(command);
  words.from = from;
  words.to = to;
  words.outer = outer;
  words.inner = inner;
  words.width = width;
  submit();
}

export function piecesOfSwap(command: Header): i32 {
  return wordsOf<Swap>(command).inner;
}

export function runSwap(command: Header, piece: i32): void {
  const words = wordsOf<Swap>(command);
  const bytes = <usize>words.width << 2;
  let to = words.to + <usize>(piece * words.outer) * bytes;
  let from = words.from + <usize>piece * bytes;
  for (let i = 0; i < words.outer; i++) {
    memory.copy(to, from, bytes);
    to += bytes;
    from += <usize>words.inner * bytes;
  }
}
