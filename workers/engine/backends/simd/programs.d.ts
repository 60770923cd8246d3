/** Programs that cli/build/assemblyScript.ts compiles. */
declare module '*?kernels=relaxed-shared' {
  const bytes: Uint8Array<ArrayBuffer>;
  export default bytes;
}
declare module '*?kernels=relaxed' {
  const bytes: Uint8Array<ArrayBuffer>;
  export default bytes;
}
declare module '*?kernels=plain-shared' {
  const bytes: Uint8Array<ArrayBuffer>;
  export default bytes;
}
declare module '*?kernels=plain' {
  const bytes: Uint8Array<ArrayBuffer>;
  export default bytes;
}
