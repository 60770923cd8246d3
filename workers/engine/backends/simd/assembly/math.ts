/**
 * Exponential, sigmoid, hyperbolic tangent and logarithm of four values at once. Polynomials and ranges are those of S. L. Moshier's
 * Cephes (expf, tanhf, logf), evaluated in vectors. Errors, in units of the last place against float64, over the whole range
 * where results are neither 0 nor infinite: exp 2, sigmoid 3, tanh 3, log 2 (checked by math.browser.test.ts).
 */

/** a x b + c: with one rounding where the machine has it, with two elsewhere. */
// @ts-ignore: decorator
@inline
export function multiplyAdd(a: v128, b: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f32x4.relaxed_madd(a, b, c);
  return f32x4.add(f32x4.mul(a, b), c);
}

// @ts-ignore: decorator
@inline
export function splat(value: f32): v128 {
  return f32x4.splat(value);
}

/** Clamped to the smallest normal number below -87.33, and to nearly the largest above 88.37: never 0, infinite or subnormal. NaN stays NaN. */
// @ts-ignore: decorator
@inline
export function exp(x: v128): v128 {
  // x comes first, so that NaN stays NaN
  const held = f32x4.pmin(f32x4.pmax(x, splat(-87.3365478515625)), splat(88.3762626647949));
  // x = n ln 2 + r, with ln 2 in two parts, so that r keeps all its digits
  const n = f32x4.nearest(f32x4.mul(held, splat(1.44269504088896341)));
  let r = multiplyAdd(n, splat(-0.693359375), held);
  r = multiplyAdd(n, splat(2.12194440e-4), r);
  let p = splat(1.9875691500e-4);
  p = multiplyAdd(p, r, splat(1.3981999507e-3));
  p = multiplyAdd(p, r, splat(8.3334519073e-3));
  p = multiplyAdd(p, r, splat(4.1665795894e-2));
  p = multiplyAdd(p, r, splat(1.6666665459e-1));
  p = multiplyAdd(p, r, splat(5.0000001201e-1));
  p = f32x4.add(multiplyAdd(p, f32x4.mul(r, r), r), splat(1));
  const exponent = i32x4.shl(i32x4.add(i32x4.trunc_sat_f32x4_s(n), i32x4.splat(127)), 23);
  return f32x4.mul(p, exponent);
}

/** 1 / (1 + e^-x) */
// @ts-ignore: decorator
@inline
export function sigmoid(x: v128): v128 {
  return f32x4.div(splat(1), f32x4.add(splat(1), exp(f32x4.neg(x))));
}

// @ts-ignore: decorator
@inline
export function tanh(x: v128): v128 {
  const magnitude = f32x4.abs(x);
  const z = f32x4.mul(x, x);
  let p = splat(-5.70498872745e-3);
  p = multiplyAdd(p, z, splat(2.06390887954e-2));
  p = multiplyAdd(p, z, splat(-5.37397155531e-2));
  p = multiplyAdd(p, z, splat(1.33314422036e-1));
  p = multiplyAdd(p, z, splat(-3.33332819422e-1));
  const near = multiplyAdd(f32x4.mul(p, z), x, x);
  const above = f32x4.sub(
    splat(1),
    f32x4.div(splat(2), f32x4.add(exp(f32x4.add(magnitude, magnitude)), splat(1))),
  );
  const signed = v128.or(above, v128.and(x, i32x4.splat(0x80000000)));
  return v128.bitselect(near, signed, f32x4.lt(magnitude, splat(0.625)));
}

/** Natural logarithm of a positive normal number. */
export function log(x: f32): f32 {
  const bits = reinterpret<i32>(x);
  let exponent = (bits >> 23) - 126;
  let m = reinterpret<f32>((bits & 0x007fffff) | 0x3f000000); // in [0.5, 1)
  if (m < <f32>0.707106781186547524) {
    exponent--;
    m = m + m;
  }
  m -= 1;
  const z = m * m;
  let p: f32 = 7.0376836292e-2;
  p = p * m - <f32>1.1514610310e-1;
  p = p * m + <f32>1.1676998740e-1;
  p = p * m - <f32>1.2420140846e-1;
  p = p * m + <f32>1.4249322787e-1;
  p = p * m - <f32>1.6668057665e-1;
  p = p * m + <f32>2.0000714765e-1;
  p = p * m - <f32>2.4999993993e-1;
  p = p * m + <f32>3.3333331174e-1;
  const e = <f32>exponent;
  let y = m * z * p;
  y += e * <f32>-2.12194440e-4;
  y += <f32>-0.5 * z;
  return m + y + e * <f32>0.693359375;
}
