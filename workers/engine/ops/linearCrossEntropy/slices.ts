/** Cuts the logits, which are never all in memory, into slices of rows: for the op and for its memory plan. */
import type { Slice, SliceLimits } from '../../memory/kernelMemory.ts';

/** Most bytes of logits. */
const MAX_BYTES = 64 * 1024 * 1024;
/** Slices are whole tiles of the matrix product. */
const MULTIPLE = 64;
const VALUE_BYTES = 4;

/** Values from one row of logits to the next: rows are read four values at a time. */
export function leadingOf(tokens: number): number {
  return Math.ceil(tokens / 4) * 4;
}

/**
 * Rows of a slice, as equal as whole tiles allow, and rows to allocate for it: a power of two, or the most that fits.
 * @param positions rows in all
 * @param limits null takes the device to have none
 */
export function sliceOf(positions: number, tokens: number, limits: SliceLimits | null): Slice {
  const bytes = Math.min(MAX_BYTES, limits?.bufferBytes ?? Infinity);
  const fitting = Math.max(1, Math.floor(bytes / VALUE_BYTES / leadingOf(tokens)));
  const granted = Math.min(limits?.workgroups ?? Infinity, fitting);
  const most = granted < MULTIPLE ? granted : granted - (granted % MULTIPLE);
  if (positions <= most) return { rows: positions, allocated: Math.min(most, 2 ** Math.ceil(Math.log2(positions))) };
  const even = Math.ceil(positions / Math.ceil(positions / most));
  return { rows: Math.min(most, Math.ceil(even / MULTIPLE) * MULTIPLE), allocated: most };
}

/** Rows of a slice on the processor: enough that passes over the weight's gradient cost little, few enough that logits stay in the cache. */
const ROWS_ON_PROCESSOR = 512;

/** Rows of a slice on the processor. @param positions rows in all */
export function rowsAtOnce(positions: number, tokens: number): number {
  const fitting = Math.max(1, Math.floor(MAX_BYTES / VALUE_BYTES / leadingOf(tokens)));
  return Math.max(1, Math.min(positions, ROWS_ON_PROCESSOR, fitting));
}
