/** The commands of the matrix product: packing its right operand, and multiplying by it. */
import { scratch } from './memory';
import { Opcode } from './opcodes';
import { block, packPanel, packPanelTransposed, panelsOf } from './product';
import { panelBytes, PANEL, Start } from './tiles';
import { begin, Header, PIECES_A_THREAD, submit, threadsComputing, wordsOf } from './queue';

/** Panels that a piece packs. */
const PANELS_A_PACK: i32 = 4;
/** Most rows and panels of the block that a piece multiplies: as many rows as scratch holds. */
const MAX_ROWS: i32 = 256;
const MAX_PANELS: i32 = 64;
/** Smallest block: in smaller ones operands would be read too often. */
const MIN_ROWS: i32 = 32;
const MIN_PANELS: i32 = 16;

// @ts-ignore: decorator
@unmanaged
class Pack {
  b: usize;
  ldb: i32;
  transB: i32;
  k: i32;
  n: i32;
  to: usize;
}

/** Bytes of a packed operand of `k` rows and `n` columns. */
export function packedBytes(k: i32, n: i32): usize {
  return <usize>panelsOf(n) * panelBytes(k);
}

/**
 * Packs a right operand.
 * @param b [k, n], or [n, k] with transB; rows `ldb` values apart
 * @param to of `packedBytes`
 */
export function pack(b: usize, ldb: i32, transB: i32, k: i32, n: i32, to: usize): void {
  // Moving a value takes about as long as a dozen operations.
  const command = begin(Opcode.Pack, 1, 12 * <f64>k * <f64>n);
  const words = wordsOf<Pack>(command);
  words.b = b;
  words.ldb = ldb;
  words.transB = transB;
  words.k = k;
  words.n = n;
  words.to = to;
  submit();
}

export function piecesOfPack(command: Header): i32 {
  return (panelsOf(wordsOf<Pack>(command).n) + PANELS_A_PACK - 1) / PANELS_A_PACK;
}

export function runPack(command: Header, piece: i32): void {
  const words = wordsOf<Pack>(command);
  const end = min((piece + 1) * PANELS_A_PACK, panelsOf(words.n));
  for (let panel = piece * PANELS_A_PACK; panel < end; panel++) {
    if (words.transB != 0) packPanelTransposed(words.b, words.ldb, words.k, words.n, panel, words.to);
    else packPanel(words.b, words.ldb, words.k, words.n, panel, words.to);
  }
}

// @ts-ignore: decorator
@unmanaged
class Product {
  a: usize;
  lda: i32;
  transA: i32;
  packed: usize;
  m: i32;
  n: i32;
  k: i32;
  c: usize;
  ldc: i32;
  start: Start;
  bias: usize;
  /** Size of a piece's block. */
  rows: i32;
  panels: i32;
}

/**
 * c = start + a x b.
 * @param a [m, k], or [k, m] with transA; rows `lda` values apart
 * @param packed b [k, n], packed
 * @param c [m, n], rows `ldc` values apart
 * @param bias [n], for Start.Bias
 */
export function product(
  a: usize,
  lda: i32,
  transA: i32,
  packed: usize,
  m: i32,
  n: i32,
  k: i32,
  c: usize,
  ldc: i32,
  start: Start,
  bias: usize,
): void {
  const command = begin(Opcode.Product, 1, 2 * <f64>m * <f64>n * <f64>k);
  const words = wordsOf<Product>(command);
  words.a = a;
  words.lda = lda;
  words.transA = transA;
  words.packed = packed;
  words.m = m;
  words.n = n;
  words.k = k;
  words.c = c;
  words.ldc = ldc;
  words.start = start;
  words.bias = bias;
  shareOut(words);
  submit();
}

/** Chooses the largest blocks that leave enough pieces: larger blocks reload operands less often. Results do not depend on it. */
function shareOut(words: Product): void {
  const wanted = PIECES_A_THREAD * threadsComputing();
  const panels = panelsOf(words.n);
  words.rows = MAX_ROWS;
  words.panels = MAX_PANELS;
  while (blocksOf(words.m, words.rows) * blocksOf(panels, words.panels) < wanted) {
    // Halved where that costs less: a row block takes the right operand once more, a column block the left one.
    const byRows = words.rows > MIN_ROWS && words.m > words.rows / 2;
    const byPanels = words.panels > MIN_PANELS && panels > words.panels / 2;
    if (!byRows && !byPanels) return;
    if (byRows && (!byPanels || words.n <= words.m)) words.rows /= 2;
    else words.panels /= 2;
  }
}

// @ts-ignore: decorator
@inline
function blocksOf(count: i32, size: i32): i32 {
  return (count + size - 1) / size;
}

export function piecesOfProduct(command: Header): i32 {
  const words = wordsOf<Product>(command);
  return blocksOf(words.m, words.rows) * blocksOf(panelsOf(words.n), words.panels);
}

export function runProduct(command: Header, piece: i32): void {
  const words = wordsOf<Product>(command);
  const across = blocksOf(panelsOf(words.n), words.panels);
  const firstRow = (piece / across) * words.rows;
  const firstPanel = (piece % across) * words.panels;
  block(
    words.a,
    words.lda,
    words.transA != 0,
    words.packed,
    words.k,
    words.n,
    words.c,
    words.ldc,
    firstRow,
    min(words.rows, words.m - firstRow),
    firstPanel,
    min(words.panels, panelsOf(words.n) - firstPanel),
    words.start,
    words.bias,
    scratch,
  );
}
