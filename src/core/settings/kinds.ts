/** What a setting is, and how one is described: a number with bounds, or a choice. */
import { z } from 'zod';
import type { CELLS, Cell, Model } from '../models/registry.ts';
import type { Preset } from './presets.ts';

/** A default may depend on the files in the training split. */
export type Default<Value> = Value | ((trainingFiles: number) => Value);

interface Described<Value> {
  readonly title: string;
  /** In the names of runs, where the title in small letters is too long. */
  readonly shortTitle?: string;
  /** One line of what it does. */
  readonly help: string;
  /** What a number counts, in the plural. */
  readonly unit?: string;
  readonly defaults: Readonly<Record<Preset, Default<Value>>>;
  /** A sentence that says where the default of a preset comes from, unless it follows from the preset's size. */
  readonly sources?: Readonly<Partial<Record<Preset, string>>>;
  /** Whether it changes anything for a model of a cell; it does for all where not given. */
  readonly appliesTo?: (cell: (typeof CELLS)[Cell], model: Pick<Model, 'residual'>) => boolean;
  /** Choices of other settings, by their names, beside which it changes anything; it does beside all where not given. */
  readonly onlyWith?: Readonly<Record<string, readonly string[]>>;
  /** What a report says of a value; null for nothing. Title and value where not given. */
  readonly inReport?: (value: string) => string | null;
}

interface DescribedNumber<Value> extends Described<Value> {
  /** How far an arrow key goes. */
  readonly step: number;
  /** Its values differ by factors, so that a range of them is drawn from evenly in its logarithm. */
  readonly scale?: 'log';
  /** Written with separators of thousands. */
  readonly counted?: boolean;
  /** It is a name rather than an amount, so that it is never written with separators. */
  readonly ungrouped?: boolean;
}

export interface Bounds {
  readonly whole: boolean;
  readonly min: number;
  readonly max: number;
  /** Whether `min` itself is too small. */
  readonly aboveMin: boolean;
}

export interface NumberSetting<Schema extends z.ZodType = z.ZodType> extends DescribedNumber<number | null> {
  readonly kind: 'number';
  readonly bounds: Bounds;
  /** What no number means; null where there must be one. */
  readonly whenEmpty: string | null;
  readonly schema: Schema;
}

export interface ChoiceSetting<Schema extends z.ZodType = z.ZodType> extends Described<string> {
  readonly kind: 'choice';
  readonly choices: readonly string[];
  readonly schema: Schema;
}

export function whole(min: number, max: number, described: DescribedNumber<number>): NumberSetting<z.ZodInt> {
  const bounds = { whole: true, min, max, aboveMin: false };
  return { kind: 'number', bounds, whenEmpty: null, schema: z.int().min(min).max(max), ...described };
}

export function wholeOrAll(
  min: number,
  max: number,
  described: DescribedNumber<number | null>,
): NumberSetting<z.ZodNullable<z.ZodInt>> {
  const bounds = { whole: true, min, max, aboveMin: false };
  return { kind: 'number', bounds, whenEmpty: 'all', schema: z.int().min(min).max(max).nullable(), ...described };
}

export function real(min: number, max: number, described: DescribedNumber<number>): NumberSetting<z.ZodNumber> {
  const bounds = { whole: false, min, max, aboveMin: false };
  return { kind: 'number', bounds, whenEmpty: null, schema: z.number().min(min).max(max), ...described };
}

/** Above 0. */
export function positive(max: number, described: DescribedNumber<number>): NumberSetting<z.ZodNumber> {
  const bounds = { whole: false, min: 0, max, aboveMin: true };
  return { kind: 'number', bounds, whenEmpty: null, schema: z.number().positive().max(max), ...described };
}

export function choice<const Choice extends string>(
  choices: readonly Choice[],
  described: Described<Choice>,
): ChoiceSetting<z.ZodEnum<{ [Each in Choice]: Each }>> {
  return { kind: 'choice', choices, schema: z.enum(choices), ...described };
}

/**
 * Records from before the setting existed have it as it was then.
 * @param value what was trained with before
 */
export function since<Setting extends { readonly schema: z.ZodType }>(
  setting: Setting,
  value: z.util.NoUndefined<z.output<Setting['schema']>>,
): Omit<Setting, 'schema'> & { readonly schema: z.ZodDefault<Setting['schema']> } {
  return { ...setting, schema: setting.schema.default(value) };
}
