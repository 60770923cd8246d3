/** Kinds of settings, a number with bounds or a choice, and how they are described. */
import { z } from 'zod';
import type { CELLS, Cell, Model } from '../models/registry.ts';
import type { Preset } from './presets.ts';

/** A default may depend on the number of files in the training split. */
export type Default<Value> = Value | ((trainingFiles: number) => Value);

interface Described<Value> {
  readonly title: string;
  /** Used in names of runs, if the title in lower case is too long. */
  readonly shortTitle?: string;
  /** One line that says what the setting does. */
  readonly help: string;
  /** What the number counts, in the plural. */
  readonly unit?: string;
  readonly defaults: Readonly<Record<Preset, Default<Value>>>;
  /** Source of a preset's default; completes `Default 0.001: ...`. Left out if the default follows from the preset's size. */
  readonly sources?: Readonly<Partial<Record<Preset, string>>>;
  /** Whether the setting has an effect on a model with this cell; on all models if left out. */
  readonly appliesTo?: (cell: (typeof CELLS)[Cell], model: Pick<Model, 'residual'>) => boolean;
  /** Values of other settings, by name, with which this one has an effect; with all values if left out. */
  readonly onlyWith?: Readonly<Record<string, readonly string[]>>;
  /** Text of a value in a report; null leaves it out. Title and value if left out. */
  readonly inReport?: (value: string) => string | null;
}

interface DescribedNumber<Value> extends Described<Value> {
  /** Step of the arrow keys. */
  readonly step: number;
  /** Random values are drawn uniformly in the logarithm, since useful values differ by factors. */
  readonly scale?: 'log';
  /** Whether it is written with thousands separators. */
  readonly counted?: boolean;
  /** Never written with thousands separators, since it is an identifier and not an amount. */
  readonly ungrouped?: boolean;
}

export interface Bounds {
  readonly whole: boolean;
  readonly min: number;
  readonly max: number;
  /** Whether `min` itself is excluded. */
  readonly aboveMin: boolean;
}

export interface NumberSetting<Schema extends z.ZodType = z.ZodType> extends DescribedNumber<number | null> {
  readonly kind: 'number';
  readonly bounds: Bounds;
  /** What an empty field means; null if a number is required. */
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

/** A number above 0. */
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
 * A setting that older records lack.
 * @param value the value that those records were trained with
 */
export function since<Setting extends { readonly schema: z.ZodType }>(
  setting: Setting,
  value: z.util.NoUndefined<z.output<Setting['schema']>>,
): Omit<Setting, 'schema'> & { readonly schema: z.ZodDefault<Setting['schema']> } {
  return { ...setting, schema: setting.schema.default(value) };
}
