/**
 * A gradient against finite differences of its loss. A difference over a single value would drown in float32's rounding, so an
 * operand is moved as a whole: along its gradient and along seeded random directions of length 1. The loss's slope there is
 * compared with <gradient, direction>. What may make them differ, as shares of the gradient's length:
 *
 * - Rounding: the loss is summed in float64 from the op's float32 values, but these are rounded, which leaves 1e-7 over the step.
 *   Seen: 2e-5 for ops, 7e-5 for relu's shorter step, 8e-5 for the mean loss of a whole model, whose gradient is shorter.
 * - Truncation: the differences are of fourth order, so step^4 / 30 times a fifth derivative. Seen: 3e-5 at most.
 *
 * The tolerance is 3e-4. A gradient that is too long or too short shows along itself; another error shows along a random
 * direction by its share of the length over sqrt(values), and the largest operand has 196.
 */
import * as tf from '@tensorflow/tfjs-core';
import { streamFor, type RandomStream } from '#core/random/stream.ts';

const STEP = 0.04;
const DIFFERENCES = [
  { at: 2, weight: -1 / 12 },
  { at: 1, weight: 8 / 12 },
  { at: -1, weight: -8 / 12 },
  { at: -2, weight: 1 / 12 },
] as const;
export const TOLERANCE = 3e-4;
/** Directions an operand is moved along. */
const DIRECTIONS = 4;
/** Share of the norm of all gradients. Shorter gradients are compared with it, since an operand may not matter at all, as W_hh in a single step. */
const MIN_SHARE = 0.1;

export type Values = readonly Float32Array[];

/** A loss of several operands, and what is to be its gradient. */
export interface Differentiable {
  readonly operands: Values;
  /** The loss is the sum of `values`, each times its weight. */
  readonly weights: ArrayLike<number>;
  values(operands: Values): Promise<Float32Array>;
  gradients(operands: Values): Promise<Values>;
  /** Values at the start of the first operand that are not trained: the PAD row of an embedding. */
  readonly fixed?: number;
  /** Whether the values have relu's kink at zero, which no difference may be taken across; between kinks they hardly bend. */
  readonly kink?: boolean;
}

/** The largest difference of slope and gradient over all operands and directions, as a share of the gradient's length. */
export async function disagreement(loss: Differentiable, gradients: Values): Promise<number> {
  const random = streamFor(1, 'directions');
  const all = Math.hypot(...gradients.map((gradient) => Math.hypot(...gradient)));
  let worst = 0;
  for (const [index, gradient] of gradients.entries()) {
    const fixed = index === 0 ? (loss.fixed ?? 0) : 0;
    const length = Math.hypot(...gradient);
    let compared = 0;
    for (let tried = 0; compared < DIRECTIONS; tried++) {
      if (tried > 100) throw new Error(`operand ${index}: every direction crosses a kink`);
      const direction = tried === 0 && length > 0 ? unit(gradient) : randomUnit(random, gradient.length, fixed);
      const slope = await slopeAlong(loss, index, direction);
      if (slope === null) continue;
      const expected = direction.reduce((sum, value, i) => sum + value * gradient[i]!, 0);
      const share = Math.abs(slope - expected) / Math.max(length, MIN_SHARE * all);
      // NaN compares as false; it must count as the worst there is.
      if (!(share <= worst)) worst = Number.isNaN(share) ? Infinity : share;
      compared++;
    }
  }
  return worst;
}

/** Central differences of fourth order; null where they would be taken across a kink. */
async function slopeAlong(loss: Differentiable, operand: number, direction: Float64Array): Promise<number | null> {
  // A short step seldom crosses a kink, and without curvature a long one gains nothing.
  const step = loss.kink === true ? STEP / 10 : STEP;
  const points = await Promise.all(
    DIFFERENCES.map(({ at }) => {
      const moved = loss.operands[operand]!.map((value, i) => value + at * step * direction[i]!);
      return loss.values(loss.operands.with(operand, moved));
    }),
  );
  const [first, ...others] = points;
  if (loss.kink === true && others.some((values) => values.some((value, i) => value > 0 !== first![i]! > 0)))
    return null;
  const lossOf = (values: Float32Array) => values.reduce((sum, value, i) => sum + value * loss.weights[i]!, 0);
  return points.reduce((sum, values, point) => sum + (DIFFERENCES[point]!.weight * lossOf(values)) / step, 0);
}

function unit(values: ArrayLike<number>): Float64Array {
  const copy = Float64Array.from(values);
  const length = Math.hypot(...copy);
  return copy.map((value) => value / length);
}

function randomUnit(random: RandomStream, count: number, fixed: number): Float64Array {
  return unit(Float64Array.from({ length: count }, (_, i) => (i < fixed ? 0 : random.normal())));
}

export function normal(random: RandomStream, shape: readonly number[]): Float32Array {
  return Float32Array.from({ length: sizeOf(shape) }, () => random.normal() * 0.5);
}

export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

/** Reads tensors back and disposes of them. */
export async function read(tensors: readonly tf.Tensor[]): Promise<Float32Array[]> {
  const values = await Promise.all(tensors.map((tensor) => tensor.data()));
  tf.dispose([...tensors]);
  return values.map((data) => Float32Array.from(data));
}

/** An op over operands of these shapes, with the loss <output, random weights>. */
export function throughOp(
  name: string,
  shapes: readonly (readonly number[])[],
  op: (...operands: tf.Tensor[]) => tf.Tensor,
  outputs: number,
): Differentiable {
  const random = streamFor(2, name);
  const weights = normal(random, [outputs]);
  const tensors = (operands: Values) => operands.map((values, i) => tf.tensor(values, [...shapes[i]!]));
  return {
    operands: shapes.map((shape) => normal(random, shape)),
    weights,
    async values(operands) {
      const [values] = await read([tf.tidy(() => op(...tensors(operands)))]);
      return values!;
    },
    gradients: (operands) =>
      read(
        tf.tidy(() =>
          tf.grads((...x: tf.Tensor[]) => {
            const out = op(...x);
            return tf.sum(tf.mul(out, tf.tensor(weights, out.shape)));
          })(tensors(operands)),
        ),
      ),
  };
}
