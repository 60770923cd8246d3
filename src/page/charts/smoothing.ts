/** Smoothing of noisy curves. */
import type { ChartPoint } from './thinning.ts';

/** A weight of 1 would never move. */
export const MAX_SMOOTHING = 0.99;

/**
 * An exponential moving average, corrected for its start at zero (Kingma and Ba, 2015, section 3): so the first point is the
 * first value, and no curve starts too low. What is infinite or no number stays as it is, at its own place: the average would
 * never recover from it.
 * @param weight of what came before, 0 (off) to 0.99
 */
export function smooth(points: readonly ChartPoint[], weight: number): readonly ChartPoint[] {
  if (weight <= 0) return points;
  let average = 0;
  let unseen = 1;
  return points.map((point) => {
    const { x, y } = point;
    if (!Number.isFinite(y)) return point;
    average = weight * average + (1 - weight) * y;
    unseen *= weight;
    return { x, y: average / (1 - unseen) };
  });
}
