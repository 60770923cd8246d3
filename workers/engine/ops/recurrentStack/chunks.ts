/** Cuts time into chunks for the wavefront of the layers. */

export interface Chunk {
  /** First step, and number of steps. */
  readonly first: number;
  readonly steps: number;
}

/** Long enough that the products between chunks are worth a dispatch. */
const MAX_STEPS = 32;
const MIN_STEPS = 8;
/** Short sequences are cut into about this number of chunks: the wavefront saves all but one chunk's steps. */
const CHUNKS = 8;

/** Consecutive chunks of all steps, the last one perhaps shorter. */
export function chunksOf(steps: number): readonly Chunk[] {
  const size = Math.min(MAX_STEPS, Math.max(MIN_STEPS, Math.ceil(steps / CHUNKS)));
  return Array.from({ length: Math.ceil(steps / size) }, (_, index) => {
    const first = index * size;
    return { first, steps: Math.min(size, steps - first) };
  });
}
