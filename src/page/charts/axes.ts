/** Axes that end on round numbers and grow by round steps, so that nothing jumps while data arrives. */

export type Scale = 'linear' | 'log';

export interface Axis {
  readonly low: number;
  readonly high: number;
  readonly ticks: readonly number[];
}

/** Bounds that a measure cannot leave: an axis of top-5 ends at 100%. */
export type Limits = readonly [low: number, high: number];

const MANTISSAS = [1, 2, 2.5, 5, 10] as const;
/** A narrower span than this share of its values is the noise of rounding: it is drawn flat. */
const MIN_SHARE = 1e-6;
/** Width of such an axis, as a share of its values. */
const FLAT_SHARE = 0.1;
/** Below this a step would vanish, and a logarithm lose its digits. */
const MIN_SIZE = 1e-300;
/** With both signs on one axis: its width must not overflow. */
const MAX_SIGNED = Number.MAX_VALUE / 4;

/** The smallest 1, 2, 2.5 or 5 times a power of ten that is no smaller than `least`. */
export function niceStep(least: number): number {
  const power = 10 ** Math.floor(Math.log10(least));
  const mantissa = MANTISSAS.find((one) => one * power >= least * (1 - 1e-9)) ?? 10;
  return mantissa * power;
}

/**
 * @param low smallest value shown; on a log axis it must be above zero
 * @param intervals about how many between ticks
 */
export function niceAxis(low: number, high: number, scale: Scale, intervals = 6): Axis {
  return scale === 'log' ? logAxis(low, high) : linearAxis(low, high, intervals);
}

function linearAxis(low: number, high: number, intervals: number): Axis {
  const [least, most] = withWidth(low, high);
  const step = niceStep((most - least) / intervals);
  const from = Math.floor(least / step + 1e-9);
  const to = Math.max(from + 1, Math.ceil(most / step - 1e-9));
  const all = Array.from({ length: to - from + 1 }, (_, i) => round((from + i) * step));
  // near the largest number there is the next round one overflows
  const ticks = all.filter(Number.isFinite);
  return {
    low: Number.isFinite(all[0]!) ? all[0]! : -Number.MAX_VALUE,
    high: Number.isFinite(all.at(-1)!) ? all.at(-1)! : Number.MAX_VALUE,
    ticks,
  };
}

/** The span, widened about its middle where it has next to no width. */
function withWidth(low: number, high: number): readonly [number, number] {
  if (low < 0 && high > 0) return [Math.max(low, -MAX_SIGNED), Math.min(high, MAX_SIGNED)];
  const size = Math.max(Math.abs(low), Math.abs(high));
  if (size < MIN_SIZE) return [0, 1];
  if (high - low >= size * MIN_SHARE) return [low, high];
  const middle = low + (high - low) / 2;
  return [middle - (size * FLAT_SHARE) / 2, middle + (size * FLAT_SHARE) / 2];
}

const LOG_TICKS = [1, 1.5, 2, 3, 5, 7] as const;
/** Over more powers of ten than this, the axis ends on one of them. */
const MAX_DECADES = 12;
/** Over less than a factor of this, steps of equal size serve a log axis better. */
const NARROW = 2;

function logAxis(low: number, high: number): Axis {
  const [least, most] = [Math.max(low, MIN_SIZE), Math.max(high, MIN_SIZE)];
  if (most < least * NARROW) return linearAxis(least, most, 5);
  const all: number[] = [];
  const [from, to] = [Math.floor(Math.log10(least)) - 1, Math.ceil(Math.log10(most)) + 1];
  for (let power = from; power <= to; power++) {
    for (const one of to - from > MAX_DECADES ? [1] : LOG_TICKS) {
      const tick = round(one * 10 ** power);
      if (tick > 0 && Number.isFinite(tick)) all.push(tick);
    }
  }
  const start = Math.max(
    0,
    all.findLastIndex((one) => one <= least * (1 + 1e-9)),
  );
  const above = all.findIndex((one) => one >= most * (1 - 1e-9));
  if (above < 0) return { low: all[start]!, high: Number.MAX_VALUE, ticks: sparse(all.slice(start)) };
  const inside = all.slice(start, Math.max(start + 1, above) + 1);
  return { low: inside[0]!, high: inside.at(-1)!, ticks: sparse(inside) };
}

const MAX_LOG_TICKS = 6;
const DECADES = [1, 2, 3, 5, 10, 20, 50, 100] as const;

/** The wider the range, the fewer ticks keep their labels: only 1, 2 and 5, then only powers of ten, then every nth of these. */
function sparse(ticks: readonly number[]): readonly number[] {
  const powerOf = (tick: number) => Math.floor(Math.log10(tick) + 1e-9);
  const mantissa = (tick: number) => round(tick / 10 ** powerOf(tick));
  const fits = (some: readonly number[]) => some.length <= MAX_LOG_TICKS && some.length >= 2;
  for (const kept of [
    [1, 1.5, 2, 3, 5, 7],
    [1, 2, 5],
    [1, 3],
  ]) {
    const some = ticks.filter((tick) => kept.includes(mantissa(tick)));
    if (fits(some)) return some;
  }
  for (const decades of DECADES) {
    const some = ticks.filter((tick) => mantissa(tick) === 1 && powerOf(tick) % decades === 0);
    if (fits(some)) return some;
  }
  return [ticks[0]!, ticks.at(-1)!];
}

/** What the axis of the values so far needs, or null without any; what the axis cannot show does not count. */
export function axisOf(values: Iterable<number>, scale: Scale, limits?: Limits): Axis | null {
  let low = Infinity;
  let high = -Infinity;
  for (const value of values) {
    if (!isDrawable(value, scale)) continue;
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  return low <= high ? limited(niceAxis(low, high, scale), limits) : null;
}

function limited(axis: Axis, limits: Limits | undefined): Axis {
  if (!limits) return axis;
  const [least, most] = limits;
  const ticks = axis.ticks.filter((tick) => tick >= least && tick <= most);
  return { low: Math.max(axis.low, least), high: Math.min(axis.high, most), ticks };
}

/** A zero on a log axis blanks a whole chart. */
export function isDrawable(value: number, scale: Scale): boolean {
  return Number.isFinite(value) && (scale === 'linear' || value > 0);
}

/** The axis that shows both: while one subject is watched its axes only grow. */
export function grownAxis(held: Axis | null, fresh: Axis | null, scale: Scale, limits?: Limits): Axis | null {
  if (!held || !fresh) return fresh ?? held;
  if (fresh.low >= held.low && fresh.high <= held.high) return held;
  return limited(niceAxis(Math.min(held.low, fresh.low), Math.max(held.high, fresh.high), scale), limits);
}

/** The part of an axis between two values, with round ticks. @param scale of the axis */
export function zoomedAxis(low: number, high: number, scale: Scale): Axis {
  const { ticks } = niceAxis(low, high, scale);
  return { low, high, ticks: ticks.filter((tick) => tick >= low && tick <= high) };
}

/** The part of a counting axis between two values: no tick is between two whole numbers, unless there are fewer than two of these. */
export function zoomedCountingAxis(low: number, high: number): Axis {
  const step = wholeStep((high - low) / 6);
  const first = Math.ceil(low / step);
  const count = Math.max(0, Math.floor(high / step) - first + 1);
  if (count < 2) return zoomedAxis(low, high, 'linear');
  return { low, high, ticks: Array.from({ length: count }, (_, i) => (first + i) * step) };
}

/** An x axis of whole numbers from `from`: room ahead grows with what is there, up to `limit`. */
export function countingAxis(from: number, last: number, limit: number | null): Axis {
  const room = last - from < 2 ? from + 2 : niceCeiling(last);
  // of a long run only every second or fourth step is kept: the last may lie short of its epoch
  const high = Math.max(Math.ceil(last), Math.min(room, limit ?? room), from + 1);
  const step = wholeStep((high - from) / 5);
  const ticks = [from];
  for (let tick = (Math.floor(from / step) + 1) * step; tick < high - step / 2; tick += step) {
    if (tick - from >= step / 2) ticks.push(tick);
  }
  return { low: from, high, ticks: [...ticks, high] };
}

function niceCeiling(value: number): number {
  return [3, 4, 5, 6, 8].find((one) => one >= value) ?? niceStep(value);
}

/** At least 1, and no 2.5, which would put a tick between two epochs. */
function wholeStep(least: number): number {
  return Math.max(1, Math.ceil(niceStep(least)));
}

/** Removes rounding errors, such as that of 0.1 + 0.2, from an axis. */
function round(value: number): number {
  return Number(value.toPrecision(10));
}
