/** Places that a kernel's commands use and nothing else does: given back when the commands are in the queue. */
import type { SimdRuntime } from './runtime.ts';

export type Take = (bytes: number) => number;

export function withWorkspace<T>({ heap, kernels }: SimdRuntime, write: (take: Take) => T): T {
  const places: number[] = [];
  const take = (bytes: number) => {
    const place = heap.take(bytes);
    places.push(place);
    return place;
  };
  try {
    return write(take);
  } finally {
    const mark = kernels.written();
    for (const place of places) heap.give(place, mark);
  }
}

export const VALUE_BYTES = 4;
