/**
 * The steps of a recurrent layer, forward and back through time. A phase is a step, a piece eight units of it: their part of the
 * product with the state of the step before, and all that follows from it (cells.ts).
 *
 * Sequences are [steps, rows, ...]; gates are stacked as PyTorch does it.
 */
import {
  at,
  blocksOf,
  Cell,
  gatesOf,
  gruBackward,
  gruForward,
  lstmBackward,
  lstmForward,
  rnnBackward,
  rnnForward,
  Steps,
} from './cells';
import { scratch } from './memory';
import { panelsOf } from './product';
import { begin, Header, PIECES_A_THREAD, submit, threadsComputing, wordsOf } from './queue';
import { PANEL, panelBytes, panelsAtOnce, rowsByPanels, Start } from './tiles';
import { loadPart } from './vectors';
import { Opcode } from './opcodes';

/** Rows that a piece takes at a time, so that its part of the gates stays in the first-level cache. */
const ROWS_AT_ONCE: i32 = 64;

/** Bytes of a recurrent weight packed gate by gate. */
function gateBytes(hidden: i32): usize {
  return <usize>panelsOf(hidden) * panelBytes(hidden);
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
  words.panels = panelsOfPiece(rows, hidden);
  submit();
}

/**
 * As many panels as one pass over so few rows takes, and two at least: values of two panels fill a line of the cache, which two threads
 * would otherwise take from each other again and again. Fewer where not every thread would have its pieces.
 */
function panelsOfPiece(rows: i32, hidden: i32): i32 {
  return max(1, min(max(2, panelsAtOnce(rows)), panelsOf(hidden) / (PIECES_A_THREAD * threadsComputing())));
}

/**
 * @param packed transpose of each gate's [hidden, hidden] block, packed, one after the other
 * @param preActivations LSTM and GRU: [steps, rows, 4 hidden] projected inputs, replaced by the gates; RNN: the states
 * @param states [steps, rows, hidden], written
 * @param cells LSTM: as the states, written
 * @param hasInitialState 1: the [rows, hidden] values before `states`, and before `cells`, are the initial state; 0: it is zero
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
 * @param preActivations LSTM and GRU: the gates, replaced by their gradients; RNN: [steps, rows, hidden], written
 * @param states RNN and GRU: as forward left them
 * @param cells LSTM: as forward left them
 * @param gradient [steps, rows, hidden] of the states, from above
 * @param carry LSTM and GRU: [rows, hidden] of scratch
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
  const words = wordsOf<Steps>(command);
  return (panelsOf(words.hidden) + words.panels - 1) / words.panels;
}

/** Step `phase`, units of some panels. */
export function runForward(command: Header, phase: i32, piece: i32): void {
  const words = wordsOf<Steps>(command);
  const hidden = words.hidden;
  const gates = gatesOf(words.cell);
  const lead = blocksOf(words.cell) * hidden;
  const unit = piece * words.panels * PANEL;
  const units = min(words.panels * PANEL, hidden - unit);
  const rows = words.rows;
  const hasBefore = phase > 0 || words.hasInitialState != 0;
  const panels = panelsOf(units);
  for (let first = 0; first < rows; first += ROWS_AT_ONCE) {
    const count = min(ROWS_AT_ONCE, rows - first);
    const row = phase * rows + first;
    if (hasBefore) {
      const before = at(words.states, (row - rows) * hidden);
      const panel = words.packed + <usize>(unit / PANEL) * panelBytes(hidden);
      const sums = at(words.preActivations, row * lead + unit);
      if (gates == 1) {
        const last = units - (panels - 1) * PANEL;
        rowsByPanels(before, hidden, panel, panelBytes(hidden), panels, hidden, sums, PANEL * 4, lead, count, PANEL, last, Start.Present);
      } else {
        // Panels of the gates of the same units lie a gate apart, and so do their sums.
        for (let p = 0; p < panels; p++) {
          const columns = min(PANEL, units - p * PANEL);
          rowsByPanels(
            before,
            hidden,
            panel + <usize>p * panelBytes(hidden),
            gateBytes(hidden),
            gates,
            hidden,
            at(sums, p * PANEL),
            <usize>hidden << 2,
            lead,
            count,
            columns,
            columns,
            Start.Present,
          );
        }
      }
    }
    for (let i = row; i < row + count; i++) {
      if (words.cell == Cell.Lstm) lstmForward(words, i, unit, units, hasBefore);
      else if (words.cell == Cell.Gru) gruForward(words, i, unit, units, hasBefore);
      else rnnForward(words, i, unit, units);
    }
  }
}

/** The step `phase` from the last one, units of some panels. */
export function runBackward(command: Header, phase: i32, piece: i32): void {
  const words = wordsOf<Steps>(command);
  const hidden = words.hidden;
  const stacked = gatesOf(words.cell) * hidden;
  const lead = blocksOf(words.cell) * hidden;
  const unit = piece * words.panels * PANEL;
  const units = min(words.panels * PANEL, hidden - unit);
  const panels = panelsOf(units);
  const width = panels * PANEL;
  const rows = words.rows;
  const step = words.steps - 1 - phase;
  const panel = words.packed + <usize>(unit / PANEL) * panelBytes(stacked);
  for (let first = 0; first < rows; first += ROWS_AT_ONCE) {
    const count = min(ROWS_AT_ONCE, rows - first);
    const row = step * rows + first;
    if (phase > 0) {
      const after = at(words.preActivations, (row + rows) * lead);
      rowsByPanels(after, lead, panel, panelBytes(stacked), panels, stacked, scratch, PANEL * 4, width, count, PANEL, PANEL, Start.Zero);
    }
    for (let i = 0; i < count; i++) {
      for (let v = 0; v < units; v += 4) {
        const place = <usize>((row + i) * hidden + unit + v) << 2;
        let dh = loadPart(words.gradient + place, units - v);
        if (phase > 0) dh = f32x4.add(dh, v128.load(at(scratch, i * width + v)));
        if (words.cell == Cell.Lstm) lstmBackward(words, dh, first + i, row + i, unit + v, units - v, step, phase > 0);
        else if (words.cell == Cell.Gru)
          gruBackward(words, dh, first + i, row + i, unit + v, units - v, step, phase > 0);
        else rnnBackward(words, dh, place, units - v);
      }
    }
  }
}
