/**
 * Dropout masks from a counter-based generator. Whether a value is dropped depends only on (seed, step, layer, index), so masks
 * need not be stored: the backward pass computes them again. They are the same on every device, because the arithmetic is
 * 32-bit unsigned throughout, in WGSL and AssemblyScript too:
 *
 *     key  = mix(mix(mix(seed + 1) + step) + layer)
 *     bits = mix(mix(index) ^ key)                dropped where bits < threshold
 *
 * `index` is hashed before it is combined with the key. With a plain `index + key`, two masks would be shifts of each other.
 */

/** The integer hash "lowbias32" of Chris Wellons's hash-prospector: a bijection in which each input bit flips each output bit about half the time. */
function mix(value: number): number {
  let x = value >>> 0;
  x = Math.imul(x ^ (x >>> 16), 0x7feb352d);
  x = Math.imul(x ^ (x >>> 15), 0x846ca68b);
  return (x ^ (x >>> 16)) >>> 0;
}

/** Combines seed, step and layer, each unsigned 32 bits, into one key. Adds 1 to the seed because `mix(0)` is 0. */
export function dropoutKey(seed: number, step: number, layer: number): number {
  return mix(mix(mix(seed + 1) + step) + layer);
}

/** 32 random bits for a value. */
export function dropoutBits(seed: number, step: number, layer: number, index: number): number {
  return mix(mix(index) ^ dropoutKey(seed, step, layer));
}

/** A value is dropped if its bits are below this threshold, unsigned 32 bits. @param rate in [0, 1) */
export function dropoutThreshold(rate: number): number {
  return Math.min(0xffff_ffff, Math.round(rate * 2 ** 32));
}

/**
 * Fills a mask for the indices 0 .. mask.length - 1: 0 for a dropped value, else 1 / (1 - rate), rounded to 32 bits.
 * @param rate in [0, 1)
 */
export function fillDropoutMask(mask: Float32Array, rate: number, seed: number, step: number, layer: number): void {
  const key = dropoutKey(seed, step, layer);
  const threshold = dropoutThreshold(rate);
  const kept = 1 / (1 - rate);
  for (let index = 0; index < mask.length; index++) mask[index] = mix(mix(index) ^ key) < threshold ? 0 : kept;
}
