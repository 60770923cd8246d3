/**
 * Comparators of numbers for `toSorted`: subtracting two of them gives NaN where both are infinite or one is not a number, and a sort by
 * that is in no order at all. NaN comes last in either direction.
 */
export function ascending(a: number, b: number): number {
  return notNumbersLast(a, b) ?? (a < b ? -1 : a > b ? 1 : 0);
}

export function descending(a: number, b: number): number {
  return notNumbersLast(a, b) ?? (a > b ? -1 : a < b ? 1 : 0);
}

function notNumbersLast(a: number, b: number): number | null {
  if (!Number.isNaN(a) && !Number.isNaN(b)) return null;
  return Number(Number.isNaN(a)) - Number(Number.isNaN(b));
}
