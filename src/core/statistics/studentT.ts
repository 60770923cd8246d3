/**
 * Student's t distribution with real degrees of freedom, which Welch's intervals need. The packages that have this function are whole
 * statistics libraries, or have two hundred dependencies.
 */

/** Bisection ends once the bracket is narrower than this, relative to the value above 1. */
const PRECISION = 1e-12;

/**
 * The quantile of Student's t distribution: the value that a variable stays below with this probability.
 * @param probability above 0 and below 1
 * @param degrees of freedom, above 0, not necessarily whole; Infinity gives the normal distribution's quantile
 */
export function quantileOfT(probability: number, degrees: number): number {
  if (probability < 0.5) return -quantileOfT(1 - probability, degrees);
  let [low, high] = [0, 1];
  while (probabilityBelow(high, degrees) < probability) high *= 2;
  while (high - low > PRECISION * Math.max(1, high)) {
    const middle = (low + high) / 2;
    if (probabilityBelow(middle, degrees) < probability) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** Cumulative probability, by the incomplete beta function (Abramowitz and Stegun 26.7.1). @param t not negative */
function probabilityBelow(t: number, degrees: number): number {
  // with this many degrees it equals the normal distribution in double precision
  const bounded = Math.min(degrees, 1e8);
  return 1 - incompleteBeta(bounded / (bounded + t * t), bounded / 2, 0.5) / 2;
}

/** The regularized incomplete beta function I_x(a, b), by its continued fraction (Numerical Recipes, section 6.4). */
function incompleteBeta(x: number, a: number, b: number): number {
  if (x <= 0 || x >= 1) return x <= 0 ? 0 : 1;
  const front = Math.exp(logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log1p(-x));
  // the fraction converges quickly only on this side
  return x < (a + 1) / (a + b + 2) ? (front * betaFraction(x, a, b)) / a : 1 - (front * betaFraction(1 - x, b, a)) / b;
}

/** The continued fraction, evaluated by Lentz's method. */
function betaFraction(x: number, a: number, b: number): number {
  const MAX_TERMS = 100_000;
  let c = 1;
  let d = 1 / away(1 - ((a + b) * x) / (a + 1));
  let product = d;
  for (let m = 1; m <= MAX_TERMS; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / away(1 + even * d);
    c = away(1 + even / c);
    product *= d * c;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / away(1 + odd * d);
    c = away(1 + odd / c);
    product *= d * c;
    if (Math.abs(d * c - 1) < 1e-15) break;
  }
  return product;
}

/** Keeps a value away from zero, since Lentz's method divides by it. */
function away(value: number): number {
  return Math.abs(value) < 1e-300 ? 1e-300 : value;
}

const LANCZOS = [
  676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059, 12.507343278686905,
  -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
];

/** Lanczos' approximation with g = 7. @param x above 0 */
function logGamma(x: number): number {
  if (x < 0.5) return Math.log(Math.PI / Math.sin(Math.PI * x)) - logGamma(1 - x);
  const base = x - 1;
  const t = base + 7.5;
  const series = LANCZOS.reduce((sum, coefficient, i) => sum + coefficient / (base + i + 1), 0.99999999999980993);
  return 0.5 * Math.log(2 * Math.PI) + (base + 0.5) * Math.log(t) - t + Math.log(series);
}
