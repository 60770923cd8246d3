/** Axes that end on round numbers and grow by round steps, so that nothing jumps while data arrives. */

export type Scale = 'linear' | 'log';

export interface Axis {
  readonly low: number;
  readonly high: number;
  readonly ticks: readonly number[];
}

const MANTISSAS = [1, 2, 2.5, 5, 10] as const;

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
  const span = high - low || Math.abs(high) * 0.1 || 1;
  const step = niceStep(span / intervals);
  const from = Math.floor(low / step + 1e-9);
  const to = Math.max(from + 1, Math.ceil(high / step - 1e-9));
  const ticks = Array.from({ length: to - from + 1 }, (_, i) => round((from + i) * step));
  return { low: ticks[0]!, high: ticks.at(-1)!, ticks };
}

const LOG_TICKS = [1, 1.5, 2, 3, 5, 7] as const;

function logAxis(low: number, high: number): Axis {
  const all: number[] = [];
  for (let power = Math.floor(Math.log10(low)); power <= Math.ceil(Math.log10(high)) + 1; power++) {
    for (const one of LOG_TICKS) all.push(round(one * 10 ** power));
  }
  const start = Math.max(
    0,
    all.findLastIndex((one) => one <= low * (1 + 1e-9)),
  );
  const end = Math.max(
    start + 1,
    all.findIndex((one) => one >= high * (1 - 1e-9)),
  );
  const within = all.slice(start, end + 1);
  return { low: within[0]!, high: within.at(-1)!, ticks: sparse(within) };
}

/** Over a wide range only 1, 2 and 5, or only powers of ten, keep their labels; the ends' own stay. */
function sparse(ticks: readonly number[]): readonly number[] {
  const mantissa = (tick: number) => round(tick / 10 ** Math.floor(Math.log10(tick) + 1e-9));
  for (const kept of [[1, 1.5, 2, 3, 5, 7], [1, 2, 5], [1, 3], [1]]) {
    const some = ticks.filter((tick) => kept.includes(mantissa(tick)));
    if (some.length <= 6 && some.length >= 2) return some;
  }
  return ticks.length <= 6 ? ticks : [ticks[0]!, ticks.at(-1)!];
}

/** What the axis of the values so far needs, or null without any; what a log axis cannot show does not count. */
export function axisOf(values: Iterable<number>, scale: Scale): Axis | null {
  let low = Infinity;
  let high = -Infinity;
  for (const value of values) {
    if (!isDrawable(value, scale)) continue;
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  return low <= high ? niceAxis(low, high, scale) : null;
}

/** A zero on a log axis blanks a whole chart. */
export function isDrawable(value: number, scale: Scale): boolean {
  return Number.isFinite(value) && (scale === 'linear' || value > 0);
}

/** The axis that shows both: while one experiment is watched its axes only grow. */
export function grownAxis(held: Axis | null, fresh: Axis | null, scale: Scale): Axis | null {
  if (!held || !fresh) return fresh ?? held;
  if (fresh.low >= held.low && fresh.high <= held.high) return held;
  return niceAxis(Math.min(held.low, fresh.low), Math.max(held.high, fresh.high), scale);
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

/** 0.1 + 0.2 is not to be seen on an axis. */
function round(value: number): number {
  return Number(value.toPrecision(10));
}
