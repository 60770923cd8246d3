/** Rows of a table by their ids, and the gradient of the table. */
import { Opcode } from './opcodes';
import { begin, Header, submit, wordsOf } from './queue';

const PAD: i32 = 0;
/** Positions that a piece looks up. */
const POSITIONS: i32 = 64;
/** Columns that a piece adds up: a line of the cache. */
const COLUMNS: i32 = 16;

// @ts-ignore: decorator
@unmanaged
class Embedding {
  /** Table, or gradient of what was looked up. */
  from: usize;
  ids: usize;
  to: usize;
  positions: i32;
  tokens: i32;
  width: i32;
}

function write(opcode: Opcode, from: usize, ids: usize, to: usize, positions: i32, tokens: i32, width: i32): void {
  const values = opcode == Opcode.LookUp ? positions : positions + tokens;
  const command = begin(opcode, 1, 8 * <f64>values * <f64>width);
  const words = wordsOf<Embedding>(command);
  words.from = from;
  words.ids = ids;
  words.to = to;
  words.positions = positions;
  words.tokens = tokens;
  words.width = width;
  submit();
}

/** @param to [positions, width] */
export function lookUp(table: usize, ids: usize, to: usize, positions: i32, width: i32): void {
  write(Opcode.LookUp, table, ids, to, positions, 0, width);
}

/** Adds up the rows of each token in the order of their positions; PAD gets zeros. @param to [tokens, width] */
export function sumByToken(gradient: usize, ids: usize, to: usize, positions: i32, tokens: i32, width: i32): void {
  write(Opcode.SumByToken, gradient, ids, to, positions, tokens, width);
}

export function piecesOfLookUp(command: Header): i32 {
  return (wordsOf<Embedding>(command).positions + POSITIONS - 1) / POSITIONS;
}

export function runLookUp(command: Header, piece: i32): void {
  const words = wordsOf<Embedding>(command);
  const bytes = (<usize>words.width) << 2;
  const end = min((piece + 1) * POSITIONS, words.positions);
  for (let position = piece * POSITIONS; position < end; position++) {
    const id = load<i32>(words.ids + ((<usize>position) << 2));
    memory.copy(words.to + <usize>position * bytes, words.from + <usize>id * bytes, bytes);
  }
}

export function piecesOfSumByToken(command: Header): i32 {
  return (wordsOf<Embedding>(command).width + COLUMNS - 1) / COLUMNS;
}

export function runSumByToken(command: Header, piece: i32): void {
  const words = wordsOf<Embedding>(command);
  const width = words.width;
  const first = piece * COLUMNS;
  const columns = min(COLUMNS, width - first);
  for (let token = 0; token < words.tokens; token++) {
    memory.fill(words.to + ((<usize>(token * width + first)) << 2), 0, (<usize>columns) << 2);
  }
  const whole = columns & ~3;
  for (let position = 0; position < words.positions; position++) {
    const id = load<i32>(words.ids + ((<usize>position) << 2));
    if (id == PAD) continue;
    const from = words.from + ((<usize>(position * width + first)) << 2);
    const to = words.to + ((<usize>(id * width + first)) << 2);
    for (let column: usize = 0; column < (<usize>whole) << 2; column += 16) {
      v128.store(to + column, f32x4.add(v128.load(to + column), v128.load(from + column)));
    }
    for (let column = (<usize>whole) << 2; column < (<usize>columns) << 2; column += 4) {
      store<f32>(to + column, load<f32>(to + column) + load<f32>(from + column));
    }
  }
}
