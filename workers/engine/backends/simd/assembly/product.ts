/**
 * The matrix product. Its right operand is packed into panels of eight columns, k rows of eight values in one piece, so that it is
 * read in order, a vector at a time; columns beyond the last are zeros. The left operand is read where it lies, four rows at a
 * time, or is transposed first where it is given as [k, m].
 *
 * Whatever the blocks and whoever computes them, a value is the sum of its DEPTH-long parts in order, each added up in order of k
 * in one accumulator: the result does not depend on the number of threads, nor a row on the rows beside it.
 */
import { splat } from './math';
import { DEPTH, PANEL, panelBytes, ROWS, Start, tile } from './tiles';
import { loadPart } from './vectors';

export function panelsOf(columns: i32): i32 {
  return (columns + PANEL - 1) / PANEL;
}

/**
 * Packs one panel of b [k, n], rows `ldb` values apart.
 * @param panel which one
 */
export function packPanel(b: usize, ldb: i32, k: i32, n: i32, panel: i32, packed: usize): void {
  const first = panel * PANEL;
  const columns = min(PANEL, n - first);
  let from = b + (<usize>first << 2);
  let to = packed + <usize>panel * panelBytes(k);
  const step = <usize>ldb << 2;
  if (columns == PANEL) {
    for (let row = 0; row < k; row++) {
      v128.store(to, v128.load(from));
      v128.store(to, v128.load(from, 16), 16);
      from += step;
      to += PANEL * 4;
    }
    return;
  }
  for (let row = 0; row < k; row++) {
    v128.store(to, loadPart(from, columns));
    v128.store(to, columns > 4 ? loadPart(from + 16, columns - 4) : splat(0), 16);
    from += step;
    to += PANEL * 4;
  }
}

/** Packs one panel of b given as its transpose [n, k], rows `ldb` values apart. */
export function packPanelTransposed(b: usize, ldb: i32, k: i32, n: i32, panel: i32, packed: usize): void {
  const first = panel * PANEL;
  const columns = min(PANEL, n - first);
  const from = b + ((<usize>first * ldb) << 2);
  const to = packed + <usize>panel * panelBytes(k);
  const step = <usize>ldb << 2;
  const whole = columns == PANEL ? k & ~3 : 0;
  for (let row = 0; row < whole; row += 4) {
    const place = from + (<usize>row << 2);
    transpose4x4(place, step, to + <usize>row * 32, 32);
    transpose4x4(place + 4 * step, step, to + <usize>row * 32 + 16, 32);
  }
  for (let row = whole; row < k; row++) {
    for (let column = 0; column < PANEL; column++) {
      const value: f32 = column < columns ? load<f32>(from + <usize>column * step + (<usize>row << 2)) : 0;
      store<f32>(to + <usize>row * 32 + (<usize>column << 2), value);
    }
  }
}

/** Writes the transpose of a block of four by four. */
// @ts-ignore: decorator
@inline
function transpose4x4(from: usize, step: usize, to: usize, stepTo: usize): void {
  const a = v128.load(from);
  const b = v128.load(from + step);
  const c = v128.load(from + 2 * step);
  const d = v128.load(from + 3 * step);
  const ab = v128.shuffle<f32>(a, b, 0, 4, 1, 5);
  const abHigh = v128.shuffle<f32>(a, b, 2, 6, 3, 7);
  const cd = v128.shuffle<f32>(c, d, 0, 4, 1, 5);
  const cdHigh = v128.shuffle<f32>(c, d, 2, 6, 3, 7);
  v128.store(to, v128.shuffle<f64>(ab, cd, 0, 2));
  v128.store(to + stepTo, v128.shuffle<f64>(ab, cd, 1, 3));
  v128.store(to + 2 * stepTo, v128.shuffle<f64>(abHigh, cdHigh, 0, 2));
  v128.store(to + 3 * stepTo, v128.shuffle<f64>(abHigh, cdHigh, 1, 3));
}

/** Transposes a block of a [k, m], rows `lda` values apart, into `to` [rows, DEPTH]. */
function transposeBlock(a: usize, lda: i32, k: i32, rows: i32, to: usize): void {
  const step = <usize>lda << 2;
  const wholeRows = rows & ~3;
  const wholeK = k & ~3;
  for (let place = 0; place < wholeK; place += 4) {
    const from = a + <usize>place * step;
    for (let row = 0; row < wholeRows; row += 4) {
      transpose4x4(from + (<usize>row << 2), step, to + ((<usize>row * DEPTH + place) << 2), DEPTH * 4);
    }
  }
  for (let row = 0; row < rows; row++) {
    const first = row < wholeRows ? wholeK : 0;
    for (let place = first; place < k; place++) {
      const value = load<f32>(a + <usize>place * step + (<usize>row << 2));
      store<f32>(to + ((<usize>row * DEPTH + place) << 2), value);
    }
  }
}

/**
 * A block of a product: rows by panels, c = start + a x b. Places are those of the whole operands.
 * @param transA whether a is given transposed, [k, m]
 * @param scratch for `rows` x DEPTH values where it is
 */
export function block(
  a: usize,
  lda: i32,
  transA: bool,
  packed: usize,
  k: i32,
  n: i32,
  c: usize,
  ldc: i32,
  firstRow: i32,
  rows: i32,
  firstPanel: i32,
  panels: i32,
  start: Start,
  bias: usize,
  scratch: usize,
): void {
  const cRow = c + ((<usize>firstRow * ldc) << 2);
  if (k == 0) {
    emptyBlock(cRow, ldc, rows, firstPanel * PANEL, min(n, (firstPanel + panels) * PANEL), start, bias);
    return;
  }
  for (let from = 0; from < k; from += DEPTH) {
    const depth = min(DEPTH, k - from);
    let left = a + ((<usize>firstRow * lda + from) << 2);
    let leftLd = lda;
    if (transA) {
      transposeBlock(a + ((<usize>from * lda + firstRow) << 2), lda, depth, rows, scratch);
      left = scratch;
      leftLd = DEPTH;
    }
    for (let panel = firstPanel; panel < firstPanel + panels; panel++) {
      const column = panel * PANEL;
      for (let row = 0; row < rows; row += ROWS) {
        tile(
          left + ((<usize>row * leftLd) << 2),
          leftLd,
          packed + <usize>panel * panelBytes(k) + panelBytes(from),
          depth,
          cRow + ((<usize>row * ldc + column) << 2),
          ldc,
          min(ROWS, rows - row),
          min(PANEL, n - column),
          from == 0 ? start : Start.Present,
          bias + (<usize>column << 2),
        );
      }
    }
  }
}

/** A product over an inner dimension of 0 is only what it starts from. */
function emptyBlock(c: usize, ldc: i32, rows: i32, first: i32, end: i32, start: Start, bias: usize): void {
  if (start == Start.Present) return;
  for (let row = 0; row < rows; row++) {
    for (let column = first; column < end; column++) {
      const value: f32 = start == Start.Bias ? load<f32>(bias + (<usize>column << 2)) : 0;
      store<f32>(c + ((<usize>row * ldc + column) << 2), value);
    }
  }
}
