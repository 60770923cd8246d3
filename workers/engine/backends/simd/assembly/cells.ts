/**
 * What each cell computes of up to four units of a row in a time step, forward and back. Formulas are in
 * ../../../ops/recurrentStack/cells/; so is the layout of the blocks beside the states.
 */
import { multiplyAdd, sigmoid, splat, tanh } from './math';
import { loadPart, storePart } from './vectors';

export enum Cell {
  Tanh,
  Relu,
  Lstm,
  Gru,
}

// @ts-ignore: decorator
@unmanaged
export class Steps {
  cell: Cell;
  steps: i32;
  rows: i32;
  hidden: i32;
  /** Recurrent weight, packed: forward its transpose, gate by gate; backward as it is. */
  packed: usize;
  /** LSTM and GRU: projected inputs, then gates, then their gradients. RNN: projected inputs, then states; backward gradients of the preActivations. */
  preActivations: usize;
  states: usize;
  cells: usize;
  /** Backward: of the states, from above. */
  gradient: usize;
  /** Backward, [rows, hidden] from one step to the one before: of an LSTM's cells, of a GRU's states past its gates. */
  carry: usize;
  /** Forward: states, and cells, of a step before the first lie in front of theirs. */
  hasInitialState: i32;
  /** Panels of units in a piece. */
  panels: i32;
}

// @ts-ignore: decorator
@inline
export function gatesOf(cell: Cell): i32 {
  if (cell == Cell.Gru) return 3;
  return cell == Cell.Lstm ? 4 : 1;
}

/** Blocks of `hidden` values a position in the preActivations: a GRU has one more than gates. */
// @ts-ignore: decorator
@inline
export function blocksOf(cell: Cell): i32 {
  return cell == Cell.Gru ? 4 : gatesOf(cell);
}

// @ts-ignore: decorator
@inline
export function at(base: usize, index: i32): usize {
  return base + (<usize>index << 2);
}

// @ts-ignore: decorator
@inline
function activate(cell: Cell, x: v128): v128 {
  return cell == Cell.Relu ? f32x4.max(x, splat(0)) : tanh(x);
}

export function rnnForward(words: Steps, row: i32, unit: i32, units: i32): void {
  for (let v = 0; v < units; v += 4) {
    const count = units - v;
    const place = at(words.states, row * words.hidden + unit + v);
    storePart(place, activate(words.cell, loadPart(place, count)), count);
  }
}

/** Turns the pre-activations of one row's gates into gates, in place. */
export function lstmForward(words: Steps, row: i32, unit: i32, units: i32, hasBefore: bool): void {
  const hidden = words.hidden;
  const gate = <usize>hidden << 2;
  const back = <usize>(words.rows * hidden) << 2;
  for (let v = 0; v < units; v += 4) {
    const count = units - v;
    const preActivations = at(words.preActivations, row * 4 * hidden + unit + v);
    const place = <usize>(row * hidden + unit + v) << 2;
    const i = sigmoid(loadPart(preActivations, count));
    const f = sigmoid(loadPart(preActivations + gate, count));
    const g = tanh(loadPart(preActivations + 2 * gate, count));
    const o = sigmoid(loadPart(preActivations + 3 * gate, count));
    const before = hasBefore ? loadPart(words.cells + place - back, count) : splat(0);
    const c = multiplyAdd(f, before, f32x4.mul(i, g));
    storePart(preActivations, i, count);
    storePart(preActivations + gate, f, count);
    storePart(preActivations + 2 * gate, g, count);
    storePart(preActivations + 3 * gate, o, count);
    storePart(words.cells + place, c, count);
    storePart(words.states + place, f32x4.mul(o, tanh(c)), count);
  }
}

/** Turns r and z's pre-activations, q's and the projected input of n into r, z, q and n of one row, in place. */
export function gruForward(words: Steps, row: i32, unit: i32, units: i32, hasBefore: bool): void {
  const hidden = words.hidden;
  const gate = <usize>hidden << 2;
  const back = <usize>(words.rows * hidden) << 2;
  for (let v = 0; v < units; v += 4) {
    const count = units - v;
    const preActivations = at(words.preActivations, row * 4 * hidden + unit + v);
    const place = at(words.states, row * hidden + unit + v);
    const r = sigmoid(loadPart(preActivations, count));
    const z = sigmoid(loadPart(preActivations + gate, count));
    const q = loadPart(preActivations + 2 * gate, count);
    const n = tanh(multiplyAdd(r, q, loadPart(preActivations + 3 * gate, count)));
    const before = hasBefore ? loadPart(place - back, count) : splat(0);
    storePart(preActivations, r, count);
    storePart(preActivations + gate, z, count);
    storePart(preActivations + 3 * gate, n, count);
    storePart(place, multiplyAdd(z, f32x4.sub(before, n), n), count);
  }
}

export function rnnBackward(words: Steps, dh: v128, place: usize, count: i32): void {
  const h = loadPart(words.states + place, count);
  const slope =
    words.cell == Cell.Relu
      ? v128.and(f32x4.gt(h, splat(0)), splat(1))
      : f32x4.sub(splat(1), f32x4.mul(h, h));
  storePart(words.preActivations + place, f32x4.mul(dh, slope), count);
}

/** Turns the gates of up to four units of a row into the gradients of their pre-activations, in place. */
export function lstmBackward(
  words: Steps,
  dh: v128,
  carryRow: i32,
  row: i32,
  unit: i32,
  count: i32,
  step: i32,
  hasAfter: bool,
): void {
  const hidden = words.hidden;
  const gate = <usize>hidden << 2;
  const preActivations = at(words.preActivations, row * 4 * hidden + unit);
  const cell = at(words.cells, row * hidden + unit);
  const carried = at(words.carry, carryRow * hidden + unit);
  const one = splat(1);
  const i = loadPart(preActivations, count);
  const f = loadPart(preActivations + gate, count);
  const g = loadPart(preActivations + 2 * gate, count);
  const o = loadPart(preActivations + 3 * gate, count);
  const tanhC = tanh(loadPart(cell, count));
  const before = step > 0 ? loadPart(cell - (<usize>(words.rows * hidden) << 2), count) : splat(0);
  let dc = f32x4.mul(f32x4.mul(dh, o), f32x4.sub(one, f32x4.mul(tanhC, tanhC)));
  if (hasAfter) dc = f32x4.add(loadPart(carried, count), dc);
  storePart(carried, f32x4.mul(dc, f), count);
  storePart(preActivations, f32x4.mul(f32x4.mul(dc, g), f32x4.mul(i, f32x4.sub(one, i))), count);
  storePart(preActivations + gate, f32x4.mul(f32x4.mul(dc, before), f32x4.mul(f, f32x4.sub(one, f))), count);
  storePart(preActivations + 2 * gate, f32x4.mul(f32x4.mul(dc, i), f32x4.sub(one, f32x4.mul(g, g))), count);
  storePart(preActivations + 3 * gate, f32x4.mul(f32x4.mul(dh, tanhC), f32x4.mul(o, f32x4.sub(one, o))), count);
}

/** Turns r, z, q and n of up to four units of a row into the gradients of r and z's pre-activations, of q and of n's, in place. */
export function gruBackward(
  words: Steps,
  dh: v128,
  carryRow: i32,
  row: i32,
  unit: i32,
  count: i32,
  step: i32,
  hasAfter: bool,
): void {
  const hidden = words.hidden;
  const gate = <usize>hidden << 2;
  const preActivations = at(words.preActivations, row * 4 * hidden + unit);
  const state = at(words.states, row * hidden + unit);
  const carried = at(words.carry, carryRow * hidden + unit);
  const one = splat(1);
  const r = loadPart(preActivations, count);
  const z = loadPart(preActivations + gate, count);
  const q = loadPart(preActivations + 2 * gate, count);
  const n = loadPart(preActivations + 3 * gate, count);
  const before = step > 0 ? loadPart(state - (<usize>(words.rows * hidden) << 2), count) : splat(0);
  if (hasAfter) dh = f32x4.add(loadPart(carried, count), dh);
  const dn = f32x4.mul(f32x4.mul(dh, f32x4.sub(one, z)), f32x4.sub(one, f32x4.mul(n, n)));
  storePart(carried, f32x4.mul(dh, z), count);
  storePart(preActivations, f32x4.mul(f32x4.mul(dn, q), f32x4.mul(r, f32x4.sub(one, r))), count);
  storePart(preActivations + gate, f32x4.mul(f32x4.mul(dh, f32x4.sub(before, n)), f32x4.mul(z, f32x4.sub(one, z))), count);
  storePart(preActivations + 2 * gate, f32x4.mul(dn, r), count);
  storePart(preActivations + 3 * gate, dn, count);
}
