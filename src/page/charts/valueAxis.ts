/** An axis of values that were chosen, such as a learning rate: numbers, linear or logarithmic, or names. */
import { axisOf, isDrawable, niceAxis, type Axis, type Scale } from './axes.ts';
import { numberTicks, type TickFormat } from './ticks.ts';

export interface ValueAxis {
  /** What the values are: `rate`. */
  readonly name: string;
  /** On an axis of names a value is the place of its name. */
  readonly scale: Scale | 'names';
  readonly names: readonly string[];
  /** Writes a value of a scale, exactly. */
  readonly format: (value: number) => string;
}

export interface LaidOut {
  readonly axis: Axis;
  readonly scale: Scale;
  readonly formatTicks: TickFormat;
}

/** More values than this have round ticks instead of their own. */
const MAX_OWN_TICKS = 6;

/** Each value of a scale that has a place on its axis. */
export function drawableValues(values: readonly number[], scale: ValueAxis['scale']): readonly number[] {
  return values.filter((value) => isDrawable(value, scale === 'names' ? 'linear' : scale));
}

/** Few values get their own ticks. @param values each of them drawable */
export function layOut({ scale, names, format }: ValueAxis, values: readonly number[]): LaidOut {
  if (scale === 'names') {
    const ticks = names.map((_, place) => place);
    const axis = { low: -0.5, high: Math.max(1, names.length) - 0.5, ticks };
    return { axis, scale: 'linear', formatTicks: () => (tick) => names[tick] ?? '' };
  }
  const axis = axisOf(values, scale) ?? niceAxis(1, 2, scale);
  const own = [...new Set(values)].toSorted((a, b) => a - b);
  if (own.length > MAX_OWN_TICKS) return { axis, scale, formatTicks: numberTicks };
  return { axis: { ...axis, ticks: own }, scale, formatTicks: () => format };
}

/** Share of the axis at which a value lies, from 0 at its low end to 1. */
export function placeOn({ axis: { low, high }, scale }: LaidOut, value: number): number {
  const of = scale === 'log' ? Math.log : (x: number) => x;
  return (of(value) - of(low)) / (of(high) - of(low));
}
