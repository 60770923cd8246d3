/**
 * 32-bit mixing that uses only unsigned integer arithmetic, so that WGSL and WebAssembly compute the same bits.
 * `mix32` is lowbias32 from Chris Wellons's hash-prospector (public domain). Its exact bias is 0.174 in that tool's unit: the root mean
 * square, times 1,000, of how far the flips of the output bits are from even.
 */
export function mix32(value: number): number {
  let x = value | 0;
  x = Math.imul(x ^ (x >>> 16), 0x7feb_352d);
  x = Math.imul(x ^ (x >>> 15), 0x846c_a68b);
  return (x ^ (x >>> 16)) >>> 0;
}

/** Adds a 32-bit word to a hash. */
export function combine32(hash: number, word: number): number {
  return mix32((hash + 0x9e37_79b9 + Math.imul(word, 0x85eb_ca6b)) | 0);
}

/** The hash of a text's UTF-16 code units. */
export function hashText(text: string): number {
  let hash = mix32(text.length);
  for (let i = 0; i < text.length; i++) hash = combine32(hash, text.charCodeAt(i));
  return hash;
}
