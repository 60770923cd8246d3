/**
 * A short training in which the learning rate rises from step to step (Smith, 2017: the learning-rate range test; exponential, as in
 * fastai's finder), and the rate that its losses suggest.
 */

/** Steps of a run that does not diverge: twenty for each power of ten. */
export const FINDER_STEPS = 100;
const LOWEST_RATE = 1e-5;
/** The largest that a setting can have. */
const HIGHEST_RATE = 1;
/** Weight of the losses before in the smoothed one: about ten steps count, half a power of ten. */
const SMOOTHING = 0.9;
/** A smoothed loss that is so many times the lowest has diverged. */
const DIVERGED = 1.25;
/** Steps on either side over which the fall of the smoothed loss is taken: single batches are noise. */
const REACH = 4;
/** Share of the loss that has to fall over these steps: less is noise too. */
const LEAST_FALL = 0.01;

export interface RatePoint {
  readonly rate: number;
  /** Of the batch, before the step, in nats. */
  readonly loss: number;
  /** Mean of the losses so far, in which later ones weigh more. */
  readonly smoothed: number;
}

/** @param step from 1 */
export function finderRate(step: number): number {
  return LOWEST_RATE * (HIGHEST_RATE / LOWEST_RATE) ** ((step - 1) / (FINDER_STEPS - 1));
}

/** The losses of the steps so far. */
export class RateCurve {
  readonly #points: RatePoint[] = [];
  #mean = 0;
  #diverged = false;

  get points(): readonly RatePoint[] {
    return this.#points;
  }

  /** Whether the loss rose too far. */
  get diverged(): boolean {
    return this.#diverged;
  }

  get ended(): boolean {
    return this.#diverged || this.#points.length >= FINDER_STEPS;
  }

  /** Adds the loss of the next step. One that is not finite ends the curve, and is no part of it. */
  add(loss: number): void {
    if (!Number.isFinite(loss)) {
      this.#diverged = true;
      return;
    }
    const step = this.#points.length + 1;
    this.#mean = SMOOTHING * this.#mean + (1 - SMOOTHING) * loss;
    // as Adam corrects its moments, which also begin at zero
    const smoothed = this.#mean / (1 - SMOOTHING ** step);
    this.#points.push({ rate: finderRate(step), loss, smoothed });
    this.#diverged = smoothed > DIVERGED * lowest(this.#points).smoothed;
  }
}

/**
 * The rate at which the smoothed loss falls fastest for each power of ten of the rate: there a step learns most, and the rate is far from
 * where the loss rises. The other common rule, a tenth of the rate with the lowest loss, depends more on the seed
 * (docs/design/training.md).
 * @returns a rate of one digit, or null where the loss never fell
 */
export function suggestedRate(points: readonly RatePoint[]): number | null {
  let [fastest, fall]: [RatePoint | null, number] = [null, 0];
  for (let at = REACH; at + REACH < points.length; at++) {
    // steps are as far from each other in the logarithm of the rate
    const own = points[at - REACH]!.smoothed - points[at + REACH]!.smoothed;
    if (own > fall && own > LEAST_FALL * points[at]!.smoothed) [fastest, fall] = [points[at]!, own];
  }
  return fastest && Number(fastest.rate.toPrecision(1));
}

/** The point with the lowest smoothed loss. @param points at least one */
export function lowest(points: readonly RatePoint[]): RatePoint {
  return points.reduce((best, point) => (point.smoothed < best.smoothed ? point : best));
}
