/** The numbers that a field accepts, and the steps of its arrows. */
import { z } from 'zod';
import { formatNumber } from '#core/numbers/format.ts';

export interface NumberLimits {
  readonly whole: boolean;
  readonly min: number;
  readonly max: number;
  /** `min` itself is too small. */
  readonly aboveMin?: boolean;
  /** Written without separators of thousands: a seed is a name, not an amount. */
  readonly ungrouped?: boolean;
}

/** The limits in the schema of a number, which may have a default or be null. */
export function limitsOf(schema: z.ZodType): NumberLimits {
  const bare = schema instanceof z.ZodNullable || schema instanceof z.ZodDefault ? schema.unwrap() : schema;
  if (!(bare instanceof z.ZodNumber)) throw new TypeError('limitsOf takes the schema of a number');
  const min = bare.minValue ?? -Infinity;
  return { whole: bare.isInt, min, max: bare.maxValue ?? Infinity, aboveMin: !bare.safeParse(min).success };
}

/** Null where the number is within the limits. */
export function limitsProblem(value: number, limits: NumberLimits, locale: string): string | null {
  const { whole, min, max, aboveMin = false } = limits;
  const inside = value >= min && value <= max && !(aboveMin && value === min);
  if (inside && (!whole || Number.isInteger(value))) return null;
  const [least, most] = [min, max].map((limit) => formatNumber(limit, locale, { grouping: whole }));
  return `A ${whole ? 'whole ' : ''}number ${aboveMin ? 'above' : 'from'} ${least} ${aboveMin ? 'and up ' : ''}to ${most}.`;
}

/** One step up or down, within the limits, without the rounding errors of binary fractions: 0.1 and 0.2 make 0.3. */
export function stepped(from: number, by: number, limits: NumberLimits): number {
  const { whole, min, max, aboveMin = false } = limits;
  const sum = Number((from + by).toFixed(Math.min(100, Math.max(decimalsOf(from), decimalsOf(by)))));
  const next = Math.min(Math.max(whole ? Math.round(sum) : sum, min), max);
  return aboveMin && next === min ? from : next;
}

function decimalsOf(value: number): number {
  const [mantissa, exponent = '0'] = String(value).split('e');
  return Math.max(0, (mantissa!.split('.')[1]?.length ?? 0) - Number(exponent));
}
