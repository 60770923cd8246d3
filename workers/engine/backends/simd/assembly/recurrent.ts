/**
 * The steps of a recurrent layer, forward and back through time. A phase is a step, a piece eight units of it: their part of the
 * product with the state of the step before, and all that follows from it. Formulas are in ../../ops/recurrent-layer/.
 *
 * Sequences are [steps, rows, ...]; the gates of an LSTM are stacked i, f, g, o.
 */
import { multiplyAdd, sigmoid, splat, tanh } from './math';
import { scratch } from './memory';
import { PANEL, panelBytes, panelsOf, rowsByPanel, Start } from './product';
import { begin, Header, submit, wordsOf } from './queue';
import { loadPart, storePart } from './vectors';
import { Opcode } from './opcodes';

export enum Cell {
  Tanh,
  Relu,
  Lstm,
}

/** Rows that a piece takes at a time, so that its part of the gates stays in the first-level cache. */
const ROWS_AT_ONCE: i32 = 64;

// @ts-ignore: decorator
@unmanaged
class Steps {
  cell: Cell;
  steps: i32;
  rows: i32;
  hidden: i32;
  /** Recurrent weight, packed: forward its transpose, gate by gate; backward as it is. */
  packed: usize;
  /** LSTM: projected inputs, then gates, then their gradients. RNN: projected inputs, then states; backward the gradients of the pre-activations. */
  preActivations: usize;
  states: usize;
  cells: usize;
  /** Backward: of the states, from above. */
  gradient: usize;
  /** Backward, LSTM: of the cells, [rows, hidden], from one step to the one before. */
  carry: usize;
  /** Forward: states, and cells, of a step before the first lie in front of theirs. */
  hasInitialState: i32;
}

/** Bytes of a recurrent weight packed gate by gate. */
function gateBytes(hidden: i32): usize {
  return <usize>panelsOf(hidden) * panelBytes(hidden);
}

// @ts-ignore: decorator
@inline
function gatesOf(cell: Cell): i32 {
  return cell == Cell.Lstm ? 4 : 1;
}

/** Operations of all steps. */
function operationsOf(cell: Cell, steps: i32, rows: i32, hidden: i32): f64 {
  return 2 * <f64>steps * <f64>rows * <f64>hidden * <f64>(hidden * gatesOf(cell));
}

function write(
  opcode: Opcode,
  cell: Cell,
  steps: i32,
  rows: i32,
  hidden: i32,
  packed: usize,
  preActivations: usize,
  states: usize,
  cells: usize,
  gradient: usize,
  carry: usize,
  hasInitialState: i32,
): void {
  const command = begin(opcode, steps, operationsOf(cell, steps, rows, hidden));
  const words = wordsOf<Steps>(command);
  words.cell = cell;
  words.steps = steps;
  words.rows = rows;
  words.hidden = hidden;
  words.packed = packed;
  words.preActivations = preActivations;
  words.states = states;
  words.cells = cells;
  words.gradient = gradient;
  words.carry = carry;
  words.hasInitialState = hasInitialState;
  submit();
}

/**
 * @param packed transpose of each gate's [hidden, hidden] block, packed, one after the other
 * @param preActivations LSTM: [steps, rows, 4 hidden] projected inputs, replaced by the gates; RNN: the states
 * @param states [steps, rows, hidden], written
 * @param cells LSTM: as the states, written
 * @param hasInitialState 1 where a sequence goes on: the [rows, hidden] in front of the states, and of the cells, are those of the step
 *   before the first; 0 where it begins, with zeros
 */
export function recurrentForward(
  cell: Cell,
  steps: i32,
  rows: i32,
  hidden: i32,
  packed: usize,
  preActivations: usize,
  states: usize,
  cells: usize,
  hasInitialState: i32,
): void {
  write(Opcode.RecurrentForward, cell, steps, rows, hidden, packed, preActivations, states, cells, 0, 0, hasInitialState);
}

/**
 * @param packed [gates x hidden, hidden], packed
 * @param preActivations LSTM: the gates, replaced by their gradients; RNN: [steps, rows, hidden], written
 * @param states RNN: as forward left them
 * @param cells LSTM: as forward left them
 * @param gradient [steps, rows, hidden] of the states, from above
 * @param carry LSTM: [rows, hidden] of scratch
 */
export function recurrentBackward(
  cell: Cell,
  steps: i32,
  rows: i32,
  hidden: i32,
  packed: usize,
  preActivations: usize,
  states: usize,
  cells: usize,
  gradient: usize,
  carry: usize,
): void {
  write(Opcode.RecurrentBackward, cell, steps, rows, hidden, packed, preActivations, states, cells, gradient, carry, 0);
}

export function piecesOfSteps(command: Header): i32 {
  return panelsOf(wordsOf<Steps>(command).hidden);
}

// @ts-ignore: decorator
@inline
function at(base: usize, index: i32): usize {
  return base + (<usize>index << 2);
}

// @ts-ignore: decorator
@inline
function activate(cell: Cell, x: v128): v128 {
  return cell == Cell.Relu ? f32x4.max(x, splat(0)) : tanh(x);
}

/** Step `phase`, units `piece` x 8 and on. */
export function runForward(command: Header, phase: i32, piece: i32): void {
  const words = wordsOf<Steps>(command);
  const hidden = words.hidden;
  const gates = gatesOf(words.cell);
  const unit = piece * PANEL;
  const units = min(PANEL, hidden - unit);
  const rows = words.rows;
  const hasBefore = phase > 0 || words.hasInitialState != 0;
  for (let first = 0; first < rows; first += ROWS_AT_ONCE) {
    const count = min(ROWS_AT_ONCE, rows - first);
    const row = phase * rows + first;
    if (hasBefore) {
      for (let gate = 0; gate < gates; gate++) {
        const panel = words.packed + <usize>gate * gateBytes(hidden) + <usize>piece * panelBytes(hidden);
        const sum = at(words.preActivations, row * gates * hidden + gate * hidden + unit);
        const before = at(words.states, (row - rows) * hidden);
        rowsByPanel(before, hidden, panel, hidden, sum, gates * hidden, count, units, Start.Present, 0);
      }
    }
    for (let i = row; i < row + count; i++) {
      if (gates == 4) lstmForward(words, i, unit, units, hasBefore);
      else rnnForward(words, i, unit, units);
    }
  }
}

function rnnForward(words: Steps, row: i32, unit: i32, units: i32): void {
  for (let v = 0; v < units; v += 4) {
    const count = units - v;
    const place = at(words.states, row * words.hidden + unit + v);
    storePart(place, activate(words.cell, loadPart(place, count)), count);
  }
}

/** Turns the pre-activations of one row's gates into gates, in place. */
function lstmForward(words: Steps, row: i32, unit: i32, units: i32, hasBefore: bool): void {
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

/** The step `phase` from the last one, units `piece` x 8 and on. */
export function runBackward(command: Header, phase: i32, piece: i32): void {
  const words = wordsOf<Steps>(command);
  const hidden = words.hidden;
  const stacked = gatesOf(words.cell) * hidden;
  const unit = piece * PANEL;
  const units = min(PANEL, hidden - unit);
  const rows = words.rows;
  const step = words.steps - 1 - phase;
  const panel = words.packed + <usize>piece * panelBytes(stacked);
  for (let first = 0; first < rows; first += ROWS_AT_ONCE) {
    const count = min(ROWS_AT_ONCE, rows - first);
    const row = step * rows + first;
    if (phase > 0) {
      const after = at(words.preActivations, (row + rows) * stacked);
      rowsByPanel(after, stacked, panel, stacked, scratch, PANEL, count, PANEL, Start.Zero, 0);
    }
    for (let i = 0; i < count; i++) {
      for (let v = 0; v < units; v += 4) {
        const place = <usize>((row + i) * hidden + unit + v) << 2;
        let dh = loadPart(words.gradient + place, units - v);
        if (phase > 0) dh = f32x4.add(dh, v128.load(at(scratch, i * PANEL + v)));
        if (words.cell == Cell.Lstm) lstmBackward(words, dh, first + i, row + i, unit + v, units - v, step, phase > 0);
        else rnnBackward(words, dh, place, units - v);
      }
    }
  }
}

function rnnBackward(words: Steps, dh: v128, place: usize, count: i32): void {
  const h = loadPart(words.states + place, count);
  const slope =
    words.cell == Cell.Relu
      ? v128.and(f32x4.gt(h, splat(0)), splat(1))
      : f32x4.sub(splat(1), f32x4.mul(h, h));
  storePart(words.preActivations + place, f32x4.mul(dh, slope), count);
}

/** Turns the gates of up to four units of a row into the gradients of their pre-activations, in place. */
function lstmBackward(
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
