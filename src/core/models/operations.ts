/**
 * How much arithmetic and memory traffic training takes, counted from the shapes, so that a speed in tokens can be converted to
 * floating-point operations and compared with what a GPU can do.
 */
import { CELLS } from './registry.ts';
import { inputWidths, isProjected, isTied, joinedWidth, outputWidth, parameterCount, type ModelSpec } from './spec.ts';

/**
 * Floating-point operations of the matrix products for one token in training, a multiplication and its addition
 * counted as two: of all recurrent layers the products with the input and with the state before, the projection's where there is
 * one, and the output layer's; each of them forward once and backward twice, by its input and by its weights.
 *
 * Not counted are what grows with a width instead of a width times a width: gates, softmax, dropout, clipping, biases; and
 * the embedding and the optimiser, which copy and update. A speed derived from it is therefore a little too low.
 */
export function trainingOperationsPerToken(spec: ModelSpec): number {
  const { cell, tokens, hidden } = spec;
  const gates = CELLS[cell].gates;
  const layers = inputWidths(spec).reduce((sum, input) => sum + gates * hidden * (input + hidden), 0);
  const projection = isProjected(spec) ? joinedWidth(spec) * spec.embedding : 0;
  const multiplications = layers + projection + outputWidth(spec) * tokens;
  return 2 * 3 * multiplications;
}

const VALUE_BYTES = 4;

/**
 * Bytes that a training step moves at the least, if every dispatch reads each of its operands once and writes its results
 * once: caches hold what a dispatch reads again, and nothing stays in them from one dispatch to the next. In the time steps
 * most of it is the recurrent weights, which each step reads again.
 * @param batch rows
 * @param steps through time
 */
export function trainingBytesPerStep(spec: ModelSpec, batch: number, steps: number): number {
  const { cell, tokens, embedding, hidden } = spec;
  const positions = batch * steps;
  const stacked = CELLS[cell].gates * hidden;
  // A product forward, by its input and by its weights.
  const products = (from: number, to: number) => 3 * (positions * (from + to) + from * to);
  const layer = (input: number) => {
    const weights = 2 * steps * stacked * hidden;
    const gates = CELLS[cell].hasCellState ? 4 * stacked + 4 * hidden : 3 * hidden;
    // Gates or sums, cells, states and their gradients, both ways; then the gradient of the recurrent weight.
    const sequence = positions * (gates + 3 * hidden) + positions * (stacked + hidden) + stacked * hidden;
    return weights + sequence + products(input, stacked);
  };
  // Read for losses twice, turned into their gradient in place, added up for the bias.
  const logits = 5 * positions * tokens;
  const dropout = 4 * positions * ((spec.layers - 1) * hidden + joinedWidth(spec));
  const embedded = 4 * positions * embedding + tokens * embedding;
  const update = 8 * parameterCount(spec);
  const projection = isProjected(spec) ? products(joinedWidth(spec), embedding) : 0;
  // The two gradients of a shared matrix are added up.
  const shared = isTied(spec) ? 3 * tokens * embedding : 0;
  const layers = inputWidths(spec).reduce((sum, input) => sum + layer(input), 0);
  const output = products(outputWidth(spec), tokens) + logits;
  const values = layers + projection + output + dropout + embedded + shared + update;
  return VALUE_BYTES * values;
}

/** A GPU, described only as far as these counts need. */
export const COUNTED_GPU = { operationsPerSecond: 10e12, bytesPerSecond: 300e9, secondsADispatch: 30e-6 } as const;

/** What a training step takes on such a GPU: its arithmetic, its memory traffic, and its dispatches, in seconds each. */
export function countedSeconds(
  spec: ModelSpec,
  batch: number,
  steps: number,
  dispatches: number,
): { readonly arithmetic: number; readonly memory: number; readonly dispatches: number } {
  return {
    arithmetic: (trainingOperationsPerToken(spec) * batch * steps) / COUNTED_GPU.operationsPerSecond,
    memory: trainingBytesPerStep(spec, batch, steps) / COUNTED_GPU.bytesPerSecond,
    dispatches: dispatches * COUNTED_GPU.secondsADispatch,
  };
}
