/** Detects features of the JavaScript engine by trying them. Works in the page, in workers and in Node. */

/** `(func (result v128) i32.const 0 i8x16.splat i8x16.popcnt)`: the smallest module that needs SIMD. */
const SIMD_MODULE = new Uint8Array([
  0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 10, 1, 8, 0, 65, 0, 253, 15, 253, 98, 11,
]);

/** `(func (result v128) i32.const 0 i8x16.splat (three times) f32x4.relaxed_madd)`: the smallest module that needs relaxed SIMD. */
const RELAXED_SIMD_MODULE = new Uint8Array([
  0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 19, 1, 17, 0, 65, 0, 253, 15, 65, 0, 253, 15, 65,
  0, 253, 15, 253, 133, 2, 11,
]);

declare global {
  /** Declares what is used here, since TypeScript's ES libraries do not declare WebAssembly. */
  namespace WebAssembly {
    function validate(bytes: ArrayBufferView): boolean;
  }
}

export function hasWebAssembly(): boolean {
  return 'WebAssembly' in globalThis;
}

export function hasWasmSimd(): boolean {
  return hasWebAssembly() && WebAssembly.validate(SIMD_MODULE);
}

/** Relaxed SIMD can multiply and add in one operation, among others. */
export function hasRelaxedSimd(): boolean {
  return hasWebAssembly() && WebAssembly.validate(RELAXED_SIMD_MODULE);
}
