/**
 * The innermost loops of every product: a few rows of the left operand by panels of the packed right one (product.ts). Eight sums
 * are under way at a time, as many as keep a processor's adders busy: those of four rows by one panel, of two rows by two panels,
 * or of one row by four.
 *
 * Each value is summed in order of k in one accumulator whichever way it is computed, so the ways agree to the bit.
 */
import { multiplyAdd, splat } from './math';
import { loadPart, storePart } from './vectors';

/** Columns of a panel. */
export const PANEL: i32 = 8;
/** Rows of a tile. */
export const ROWS: i32 = 4;
/** Most k of one part of a sum: a panel of as many rows stays in the first-level cache. */
export const DEPTH: i32 = 512;

/** What a product is added to. */
export enum Start {
  Zero,
  /** What is there. */
  Present,
  /** A row of values, the same for every row. */
  Bias,
}

/** Bytes of a panel of k rows. */
// @ts-ignore: decorator
@inline
export function panelBytes(k: i32): usize {
  return <usize>k * PANEL * 4;
}

/**
 * Up to four rows by one panel: c = start + a x b, over `k` values.
 * @param a first row; the others follow `lda` values apart
 * @param b panel, from its first row of this part on
 * @param c place of the first value; rows `ldc` values apart
 * @param rows 1 to 4
 * @param columns of the panel that c has, 1 to 8
 * @param bias of these columns, for Start.Bias
 */
export function tile(
  a: usize,
  lda: i32,
  b: usize,
  k: i32,
  c: usize,
  ldc: i32,
  rows: i32,
  columns: i32,
  start: Start,
  bias: usize,
): void {
  const step = <usize>lda << 2;
  // Rows beyond the last are computed as copies of it, and not written.
  let a0 = a;
  let a1 = rows > 1 ? a0 + step : a0;
  let a2 = rows > 2 ? a1 + step : a1;
  let a3 = rows > 3 ? a2 + step : a2;
  let c00 = splat(0);
  let c01 = splat(0);
  let c10 = splat(0);
  let c11 = splat(0);
  let c20 = splat(0);
  let c21 = splat(0);
  let c30 = splat(0);
  let c31 = splat(0);
  const end = a0 + (<usize>k << 2);
  // Not unrolled: that was slower, in Chromium 156.
  while (a0 < end) {
    const b0 = v128.load(b);
    const b1 = v128.load(b, 16);
    let x = v128.load32_splat(a0);
    c00 = multiplyAdd(x, b0, c00);
    c01 = multiplyAdd(x, b1, c01);
    x = v128.load32_splat(a1);
    c10 = multiplyAdd(x, b0, c10);
    c11 = multiplyAdd(x, b1, c11);
    x = v128.load32_splat(a2);
    c20 = multiplyAdd(x, b0, c20);
    c21 = multiplyAdd(x, b1, c21);
    x = v128.load32_splat(a3);
    c30 = multiplyAdd(x, b0, c30);
    c31 = multiplyAdd(x, b1, c31);
    a0 += 4;
    a1 += 4;
    a2 += 4;
    a3 += 4;
    b += PANEL * 4;
  }
  const stepC: usize = start == Start.Bias ? 0 : <usize>ldc << 2;
  let from = start == Start.Bias ? bias : c;
  writeRow(c, c00, c01, columns, start, from);
  if (rows == 1) return;
  from += stepC;
  c += <usize>ldc << 2;
  writeRow(c, c10, c11, columns, start, from);
  if (rows == 2) return;
  from += stepC;
  c += <usize>ldc << 2;
  writeRow(c, c20, c21, columns, start, from);
  if (rows == 3) return;
  from += stepC;
  c += <usize>ldc << 2;
  writeRow(c, c30, c31, columns, start, from);
}

// @ts-ignore: decorator
@inline
function writeRow(c: usize, low: v128, high: v128, columns: i32, start: Start, from: usize): void {
  if (columns == PANEL) {
    if (start != Start.Zero) {
      low = f32x4.add(v128.load(from), low);
      high = f32x4.add(v128.load(from, 16), high);
    }
    v128.store(c, low);
    v128.store(c, high, 16);
  } else writePartOfRow(c, low, high, columns, start, from);
}

function writePartOfRow(c: usize, low: v128, high: v128, columns: i32, start: Start, from: usize): void {
  if (start != Start.Zero) low = f32x4.add(loadPart(from, columns), low);
  storePart(c, low, columns);
  if (columns <= 4) return;
  if (start != Start.Zero) high = f32x4.add(loadPart(from + 16, columns - 4), high);
  storePart(c + 16, high, columns - 4);
}

/**
 * Two rows by one or two panels: c = start + a x b.
 * @param panelStep bytes from one panel to the next
 * @param cStep bytes from the values of one panel to those of the next
 * @param columns of the first panel that c has, `lastColumns` of the last one
 * @param start Zero or Present
 */
function tileOfTwoRows(
  a: usize,
  lda: i32,
  b: usize,
  panelStep: usize,
  panels: i32,
  k: i32,
  c: usize,
  cStep: usize,
  ldc: i32,
  columns: i32,
  lastColumns: i32,
  start: Start,
): void {
  let a0 = a;
  let a1 = a + (<usize>lda << 2);
  // A panel beyond the last is computed as a copy of it, and not written.
  let bNext = panels > 1 ? b + panelStep : b;
  let c00 = splat(0);
  let c01 = splat(0);
  let c02 = splat(0);
  let c03 = splat(0);
  let c10 = splat(0);
  let c11 = splat(0);
  let c12 = splat(0);
  let c13 = splat(0);
  const end = a0 + (<usize>k << 2);
  while (a0 < end) {
    const x = v128.load32_splat(a0);
    const y = v128.load32_splat(a1);
    const b0 = v128.load(b);
    c00 = multiplyAdd(x, b0, c00);
    c10 = multiplyAdd(y, b0, c10);
    const b1 = v128.load(b, 16);
    c01 = multiplyAdd(x, b1, c01);
    c11 = multiplyAdd(y, b1, c11);
    const b2 = v128.load(bNext);
    c02 = multiplyAdd(x, b2, c02);
    c12 = multiplyAdd(y, b2, c12);
    const b3 = v128.load(bNext, 16);
    c03 = multiplyAdd(x, b3, c03);
    c13 = multiplyAdd(y, b3, c13);
    a0 += 4;
    a1 += 4;
    b += PANEL * 4;
    bNext += PANEL * 4;
  }
  const next = c + (<usize>ldc << 2);
  const first = panels > 1 ? columns : lastColumns;
  writeRow(c, c00, c01, first, start, c);
  writeRow(next, c10, c11, first, start, next);
  if (panels == 1) return;
  writeRow(c + cStep, c02, c03, lastColumns, start, c + cStep);
  writeRow(next + cStep, c12, c13, lastColumns, start, next + cStep);
}

/** One row by one to four panels, likewise. */
function tileOfOneRow(
  a: usize,
  b: usize,
  panelStep: usize,
  panels: i32,
  k: i32,
  c: usize,
  cStep: usize,
  columns: i32,
  lastColumns: i32,
  start: Start,
): void {
  let b1 = panels > 1 ? b + panelStep : b;
  let b2 = panels > 2 ? b1 + panelStep : b1;
  let b3 = panels > 3 ? b2 + panelStep : b2;
  let c0 = splat(0);
  let c1 = splat(0);
  let c2 = splat(0);
  let c3 = splat(0);
  let c4 = splat(0);
  let c5 = splat(0);
  let c6 = splat(0);
  let c7 = splat(0);
  const end = a + (<usize>k << 2);
  while (a < end) {
    const x = v128.load32_splat(a);
    c0 = multiplyAdd(x, v128.load(b), c0);
    c1 = multiplyAdd(x, v128.load(b, 16), c1);
    c2 = multiplyAdd(x, v128.load(b1), c2);
    c3 = multiplyAdd(x, v128.load(b1, 16), c3);
    c4 = multiplyAdd(x, v128.load(b2), c4);
    c5 = multiplyAdd(x, v128.load(b2, 16), c5);
    c6 = multiplyAdd(x, v128.load(b3), c6);
    c7 = multiplyAdd(x, v128.load(b3, 16), c7);
    a += 4;
    b += PANEL * 4;
    b1 += PANEL * 4;
    b2 += PANEL * 4;
    b3 += PANEL * 4;
  }
  writeRow(c, c0, c1, panels > 1 ? columns : lastColumns, start, c);
  if (panels == 1) return;
  c += cStep;
  writeRow(c, c2, c3, panels > 2 ? columns : lastColumns, start, c);
  if (panels == 2) return;
  c += cStep;
  writeRow(c, c4, c5, panels > 3 ? columns : lastColumns, start, c);
  if (panels == 3) return;
  c += cStep;
  writeRow(c, c6, c7, lastColumns, start, c);
}

/** Panels that one pass takes: the fewer rows, the more. */
export function panelsAtOnce(rows: i32): i32 {
  if (rows == 1) return 4;
  return rows == 2 ? 2 : 1;
}

/**
 * A few rows by a few panels, in parts of DEPTH: c = start + a x b.
 * @param panel the first whole panel, of `k` rows; the others follow `panelStep` bytes apart
 * @param c place of the first value; values of the next panel lie `cStep` bytes on, rows `ldc` values apart
 * @param columns of each panel but the last that c has, 1 to 8
 * @param lastColumns of the last panel
 * @param start Zero or Present
 */
export function rowsByPanels(
  a: usize,
  lda: i32,
  panel: usize,
  panelStep: usize,
  panels: i32,
  k: i32,
  c: usize,
  cStep: usize,
  ldc: i32,
  rows: i32,
  columns: i32,
  lastColumns: i32,
  start: Start,
): void {
  for (let from = 0; from < k; from += DEPTH) {
    const depth = min(DEPTH, k - from);
    const added = from == 0 ? start : Start.Present;
    for (let row = 0; row < rows; row += ROWS) {
      const count = min(ROWS, rows - row);
      const most = panelsAtOnce(count);
      const left = a + ((<usize>row * lda + from) << 2);
      let b = panel + panelBytes(from);
      let to = c + ((<usize>row * ldc) << 2);
      for (let first = 0; first < panels; first += most) {
        const together = min(most, panels - first);
        const last = first + together == panels ? lastColumns : columns;
        if (count == 1) {
          tileOfOneRow(left, b, panelStep, together, depth, to, cStep, columns, last, added);
        } else if (count == 2) {
          tileOfTwoRows(left, lda, b, panelStep, together, depth, to, cStep, ldc, columns, last, added);
        } else {
          tile(left, lda, b, depth, to, ldc, count, last, added, 0);
        }
        b += panelStep * together;
        to += cStep * together;
      }
    }
  }
}
