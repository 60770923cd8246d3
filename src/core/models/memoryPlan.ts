/**
 * The memory that training a model takes on a device, and the number of micro-batches of a step so that it fits. Computed by
 * workers/engine/memory/plan.ts before anything is allocated, shown to the user, and stored with the run.
 */
import { z } from 'zod';

export const BUFFER_KINDS = ['weights', 'moments', 'gradients', 'activations', 'scratch'] as const;
export type BufferKind = (typeof BUFFER_KINDS)[number];

/** Buffers of one size and purpose. */
export const plannedBufferSchema = z.object({
  /** For people: `gates of layer 1`. */
  what: z.string(),
  kind: z.enum(BUFFER_KINDS),
  /** Largest size of one buffer. */
  bytes: z.int().min(0),
  count: z.int().min(1),
  /**
   * What its size follows: nothing, the positions (rows x steps) of a micro-batch, its rows, its rows x some of its steps, or
   * the rows of a slice of logits. `bytes` are 4 x `width` x as many of these as there are at most.
   */
  per: z.enum(['run', 'position', 'row', 'segment', 'slice']),
  /** Values of 4 bytes each of these takes; of a segment, each row and step. */
  width: z.int().min(1),
  /** Computed on, or only copied into and read by the processor. */
  use: z.enum(['compute', 'read']),
});
export type PlannedBuffer = z.infer<typeof plannedBufferSchema>;

export const memoryPlanSchema = z.object({
  /** Rows of a micro-batch at most. */
  rows: z.int().min(1),
  /** Micro-batches of a whole batch; their gradients are added up before the update. */
  microBatches: z.int().min(1),
  /** Steps through time at most: one less than the tokens of a row. */
  steps: z.int().min(1),
  /** Rows of logits that are held at once. */
  sliceRows: z.int().min(1),
  buffers: z.array(plannedBufferSchema),
  /** Bytes of each kind, and of all. */
  totals: z.record(z.enum(BUFFER_KINDS), z.number()),
  bytes: z.number(),
  /** What the device grants; null where nothing is reserved and the bytes are an estimate. */
  limits: z.object({ bufferBytes: z.number(), budgetBytes: z.number().nullable() }).nullable(),
  /** The reason for the plan, where it may surprise the user. */
  note: z.string().nullable(),
});
export type MemoryPlan = z.infer<typeof memoryPlanSchema>;
