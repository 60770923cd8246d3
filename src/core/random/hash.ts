/**
 * 32-bit mixing in unsigned integer arithmetic alone, so that WGSL and WebAssembly compute the same bits.
 * `mix32` is lowbias32 of Chris Wellons' hash prospector (public domain): bias 0.17 of a percent at worst.
 */
export function mix32(value: number): number {
  let x = value | 0;
  x = Math.imul(x ^ (x >>> 16), 0x7feb_352d);
  x = Math.imul(x ^ (x >>> 15), 0x846c_a68b);
  return (x ^ (x >>> 16)) >>> 0;
}

/** Folds a further word into a hash. */
export function combine32(hash: number, word: number): number {
  return mix32((hash + 0x9e37_79b9 + Math.imul(word, 0x85eb_ca6b)) | 0);
}

/** The hash of a text's UTF-16 code units. */
export function hashText(text: string): number {
  let hash = mix32(text.length);
  for (let i = 0; i < text.length; i++) hash = combine32(hash, text.charCodeAt(i));
  return hash;
}
