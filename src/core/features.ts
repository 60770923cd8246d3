/** What the running engine can do, found by trying. Runs in page, worker and Node alike. */

/** `(func (result v128) i32.const 0 i8x16.splat i8x16.popcnt)`: the smallest module that needs SIMD. */
const SIMD_MODULE = new Uint8Array([
  0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 10, 1, 8, 0, 65, 0, 253, 15, 253, 98, 11,
]);

/** The one function of WebAssembly that is asked here; the language's own library does not declare it. */
interface WebAssemblyGlobal {
  readonly WebAssembly?: { validate(bytes: Uint8Array): boolean };
}

export function hasWebAssembly(): boolean {
  return (globalThis as WebAssemblyGlobal).WebAssembly !== undefined;
}

export function hasWasmSimd(): boolean {
  return (globalThis as WebAssemblyGlobal).WebAssembly?.validate(SIMD_MODULE) ?? false;
}
