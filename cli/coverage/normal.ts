/** The standard normal distribution. Its quantiles are those of Student's t with infinitely many degrees of freedom. */
import { quantileOfT } from '#core/statistics/studentT.ts';

export function standardNormalQuantile(probability: number): number {
  if (probability <= 0) return -Infinity;
  return probability >= 1 ? Infinity : quantileOfT(probability, Infinity);
}

/** The distribution function, by Abramowitz and Stegun 7.1.26, with an error below 1.5e-7. */
export function standardNormalBelow(z: number): number {
  const x = Math.abs(z) / Math.SQRT2;
  const t = 1 / (1 + 0.3275911 * x);
  const series = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
  const below = 1 - (series * Math.exp(-x * x)) / 2;
  return z < 0 ? 1 - below : below;
}
