/** Addresses of the programs that cli/build/assemblyScript.ts compiles. */
declare module '*?kernels=relaxed-shared' {
  const address: string;
  export default address;
}
declare module '*?kernels=relaxed' {
  const address: string;
  export default address;
}
declare module '*?kernels=plain-shared' {
  const address: string;
  export default address;
}
declare module '*?kernels=plain' {
  const address: string;
  export default address;
}
