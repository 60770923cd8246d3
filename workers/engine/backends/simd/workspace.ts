/** Memory that a kernel's commands use and nothing else does: freed when the commands are in the queue. */
import type { SimdRuntime } from './runtime.ts';

/** @returns the address of as many bytes */
export type Alloc = (bytes: number) => number;

export function withWorkspace<T>({ heap, kernels }: SimdRuntime, write: (alloc: Alloc) => T): T {
  const addresses: number[] = [];
  const alloc = (bytes: number) => {
    const address = heap.alloc(bytes);
    addresses.push(address);
    return address;
  };
  try {
    return write(alloc);
  } finally {
    const mark = kernels.written();
    for (const address of addresses) heap.free(address, mark);
  }
}

export const VALUE_BYTES = 4;
