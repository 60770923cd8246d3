/**
 * A short training in which the learning rate rises from step to step (Smith, 2017: the learning-rate range test; exponential, as in
 * fastai's finder), and the rate that its losses suggest.
 */

/** Steps of a run that does not diverge: twenty for each power of ten. */
export const FINDER_STEPS = 100;
const LOWEST_RATE = 1e-5;
/** The largest value that the setting allows. */
const HIGHEST_RATE = 1;
/** Weight of earlier losses in the smoothed loss. About ten steps count, over which the rate rises by half a power of ten. */
const SMOOTHING = 0.9;
/** The loss has diverged once its smoothed value is this many times the lowest one. */
const DIVERGED = 1.25;
/** The fall of the smoothed loss is measured over this many steps on either side, since single batches are noisy. */
const REACH = 4;
/** Minimum fall over these steps, as a share of the loss. A smaller fall may be noise. */
const LEAST_FALL = 0.01;

export interface RatePoint {
  readonly rate: number;
  /** Loss of the batch before the step, in nats. */
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

  /** Adds the loss of the next step. A loss that is not finite ends the curve and is not added. */
  add(loss: number): void {
    if (!Number.isFinite(loss)) {
      this.#diverged = true;
      return;
    }
    const step = this.#points.length + 1;
    this.#mean = SMOOTHING * this.#mean + (1 - SMOOTHING) * loss;
    // the mean begins at zero, so it needs the same bias correction as Adam's moments
    const smoothed = this.#mean / (1 - SMOOTHING ** step);
    this.#points.push({ rate: finderRate(step), loss, smoothed });
    this.#diverged = smoothed > DIVERGED * lowest(this.#points).smoothed;
  }
}

/**
 * The rate at which the smoothed loss falls fastest per power of ten of the rate. A step learns most there, and the rate is well below
 * those at which the loss rises. The other common rule, a tenth of the rate with the lowest loss, depends more on the seed
 * (docs/design/training.md).
 * @returns a rate rounded to one digit, or null if the loss never fell by more than noise
 */
export function suggestedRate(points: readonly RatePoint[]): number | null {
  let [fastest, fall]: [RatePoint | null, number] = [null, 0];
  for (let at = REACH; at + REACH < points.length; at++) {
    // steps are evenly spaced in the logarithm of the rate
    const own = points[at - REACH]!.smoothed - points[at + REACH]!.smoothed;
    if (own > fall && own > LEAST_FALL * points[at]!.smoothed) [fastest, fall] = [points[at]!, own];
  }
  return fastest && Number(fastest.rate.toPrecision(1));
}

/** The point with the lowest smoothed loss. @param points at least one */
export function lowest(points: readonly RatePoint[]): RatePoint {
  return points.reduce((best, point) => (point.smoothed < best.smoothed ? point : best));
}
