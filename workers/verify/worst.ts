/** Comparisons of computed with expected values, each against a limit of its own. */
import type { OracleResult } from '#core/regression/verifier.ts';

/** Keeps the comparison that is furthest over its limit, or else nearest to it. */
export class Worst {
  #worst = { what: 'nothing compared', value: 0, limit: 0 };
  #share = -1;

  get ok(): boolean {
    return this.#share >= 0 && this.#share <= 1;
  }

  get report(): OracleResult['worst'] {
    return this.#worst;
  }

  equal(what: string, value: number, expected: number): void {
    this.#observe(what, Math.abs(value - expected), 0);
  }

  relative(what: string, value: number, expected: number, limit: number): void {
    this.#observe(what, Math.abs(value - expected) / Math.abs(expected), limit);
  }

  absolute(what: string, values: ArrayLike<number>, expected: ArrayLike<number>, limit: number): void {
    this.#observe(what, largestDifference(values, expected), limit);
  }

  /** Relative to the largest magnitude expected. */
  scaled(what: string, values: ArrayLike<number>, expected: ArrayLike<number>, limit: number): void {
    let magnitude = 0;
    for (let i = 0; i < expected.length; i++) magnitude = Math.max(magnitude, Math.abs(expected[i]!));
    this.#observe(what, largestDifference(values, expected) / magnitude, limit);
  }

  #observe(what: string, value: number, limit: number): void {
    const exact = value === 0 ? 0 : Infinity;
    const share = Number.isNaN(value) ? Infinity : limit === 0 ? exact : value / limit;
    if (share <= this.#share) return;
    this.#share = share;
    this.#worst = { what, value, limit };
  }
}

function largestDifference(values: ArrayLike<number>, expected: ArrayLike<number>): number {
  if (values.length !== expected.length) return Infinity;
  let largest = 0;
  for (let i = 0; i < expected.length; i++) {
    const difference = Math.abs(values[i]! - expected[i]!);
    // NaN compares as false; it must count as the worst there is.
    if (!(difference <= largest)) largest = Number.isNaN(difference) ? Infinity : difference;
  }
  return largest;
}
