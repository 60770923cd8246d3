/** Which values of a column are marked as its best. */

/**
 * Places of the best values in a column, to be marked; none where only one row has a value, or where all overflowed.
 * @param better whether more is better or less
 */
export function bestPlaces(values: readonly (number | null)[], better: 'more' | 'less'): ReadonlySet<number> {
  const known = values.filter((value): value is number => value !== null && !Number.isNaN(value));
  if (known.length < 2) return new Set();
  const best = better === 'more' ? Math.max(...known) : Math.min(...known);
  if (!Number.isFinite(best)) return new Set();
  return new Set(values.flatMap((value, i) => (value === best ? [i] : [])));
}
