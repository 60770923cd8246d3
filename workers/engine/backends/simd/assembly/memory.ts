/** Where things lie in the memory. Tensors come after the last thread's scratch. */

/** Words by which threads synchronize. Memory before them is never used, so an address of 0 means none. */
export const CONTROL: usize = 1024;
/** The queue's slots, one a command. */
export const RING: usize = 2048;
export const SLOTS: usize = 8192;
export const SLOT_BYTES: usize = 256;
/** Room of each thread's own, for what does not outlast a piece. */
const SCRATCH: usize = RING + SLOTS * SLOT_BYTES;
const SCRATCH_BYTES: usize = 512 * 1024;

/** Scratch memory of the thread that this instance belongs to. */
export let scratch: usize = SCRATCH;

export function useScratchOf(thread: i32): void {
  scratch = SCRATCH + <usize>thread * SCRATCH_BYTES;
}

/** Where tensors begin. */
export function heapStart(threads: i32): usize {
  return SCRATCH + <usize>threads * SCRATCH_BYTES;
}
