/** Several values of a setting in one field: a list, `0.001, 0.002`, or a range, `42-46`. */
import type { SettingValue } from '#core/settings/values.ts';
import { notationOf } from '#core/numbers/notation.ts';
import { parseNumber } from '#core/numbers/parse.ts';
import { formatNumber } from '#core/numbers/format.ts';
import { SETTINGS, type NumberSettingName } from '#core/settings/registry.ts';
import type { NumberSetting } from '#core/settings/kinds.ts';

/** As it was typed, and what it says. */
export interface ValuesEntry {
  readonly text: string;
  /** Null of a range of numbers that are not whole: only a sample can take values from it. */
  readonly values: readonly SettingValue[] | null;
  /** Of a single range; null of a list. */
  readonly range: { readonly from: number; readonly to: number } | null;
}

export function isValues(entry: unknown): entry is ValuesEntry {
  return typeof entry === 'object' && entry !== null && 'values' in entry;
}

/** Longer ranges are a typing error: the field says so, since they are no number either. */
const MAX_RANGE = 1_000;

/** Two numbers with a dash between them, or a word as programs and people write it. */
const RANGE = /^(.*\d)\s*(?:-|–|\.\.|to)\s*(\d.*|\.\d.*)$/;

/** @returns null where the text is not several numbers */
export function readValues(name: NumberSettingName, text: string, locale: string): ValuesEntry | null {
  const { bounds, whenEmpty }: NumberSetting = SETTINGS[name];
  const { whole } = bounds;
  const numberOf = (part: string) => parseNumber(part, locale, { whole }).value;
  const parts = partsOf(text, locale);
  const values: SettingValue[] = [];
  let range: ValuesEntry['range'] = null;
  for (const part of parts) {
    const number = numberOf(part);
    if (number !== null || (whenEmpty !== null && part === whenEmpty)) {
      values.push(number);
      continue;
    }
    const [, first, last] = RANGE.exec(part) ?? [];
    const from = first === undefined ? null : numberOf(first);
    const to = last === undefined ? null : numberOf(last);
    if (from === null || to === null || from >= to) return null;
    if (parts.length === 1) range = { from, to };
    if (whole && to - from < MAX_RANGE) values.push(...Array.from({ length: to - from + 1 }, (_, i) => from + i));
    else if (parts.length > 1) return null;
  }
  if (range === null && parts.length < 2) return null;
  return { text, values: values.length > 0 ? [...new Set(values)] : null, range };
}

/**
 * A text that may be meant as one number: with a decimal comma, `1,5`, or with thousands that lost a digit, `10,00`. Two full stops, an
 * exponent or a dash in the middle are not part of one.
 */
const PERHAPS_ONE = /^[+-]?[\d,]*\.?[\d,]*(?:e[+-]?\d*)?$/i;

/** A semicolon, or a comma with a space, separates everywhere; a comma alone where it is not the decimal mark, and no number may be meant. */
function partsOf(text: string, locale: string): readonly string[] {
  const typed = text.trim();
  const hasSpaced = /;|,\s/.test(typed);
  const plainComma = notationOf(locale).decimal === ',' || PERHAPS_ONE.test(typed) ? /;/ : /[;,]/;
  return typed.split(hasSpaced ? /;|,\s+/ : plainComma).map((part) => part.trim());
}

/** How to write the several values that may be meant by a text that is not read as such, `16,32`; null where none may be. */
export function severalInstead(name: NumberSettingName, text: string, locale: string): string | null {
  const spaced = text.trim().replaceAll(',', ', ');
  return /^\d+(?:,\d+)+$/.test(text.trim()) && readValues(name, spaced, locale) ? spaced : null;
}

/** Values as a field shows them. */
export function valuesEntry(name: NumberSettingName, values: readonly SettingValue[], locale: string): ValuesEntry {
  const separator = notationOf(locale).decimal === ',' ? '; ' : ', ';
  return { text: written(name, values, locale, separator), values, range: wholeRange(name, values) };
}

export function rangeEntry(from: number, to: number, locale: string): ValuesEntry {
  const text = `${formatNumber(from, locale, { grouping: false })} - ${formatNumber(to, locale, { grouping: false })}`;
  return { text, values: null, range: { from, to } };
}

function written(name: NumberSettingName, values: readonly SettingValue[], locale: string, separator: string): string {
  const { whenEmpty }: NumberSetting = SETTINGS[name];
  const one = (value: SettingValue) =>
    typeof value === 'number' ? formatNumber(value, locale, { grouping: false }) : (whenEmpty ?? '');
  return groupsOf(name, values)
    .map((group) => (group.length > 2 ? `${one(group[0]!)}-${one(group.at(-1)!)}` : group.map(one).join(separator)))
    .join(separator);
}

/** As a link has them: `42-46,50`. */
export function valuesInLink(name: NumberSettingName, values: readonly SettingValue[]): string {
  const one = (value: SettingValue) => (value === null ? (SETTINGS[name].whenEmpty ?? '') : String(value));
  return groupsOf(name, values)
    .map((group) => (group.length > 2 ? `${one(group[0]!)}-${one(group.at(-1)!)}` : group.map(one).join(',')))
    .join(',');
}

/** Groups consecutive whole numbers. */
function groupsOf(name: NumberSettingName, values: readonly SettingValue[]): readonly (readonly SettingValue[])[] {
  const groups: SettingValue[][] = [];
  for (const value of values) {
    const before = groups.at(-1)?.at(-1);
    const follows = SETTINGS[name].bounds.whole && typeof value === 'number' && before === value - 1;
    if (follows && value >= 1) groups.at(-1)!.push(value);
    else groups.push([value]);
  }
  return groups;
}

function wholeRange(name: NumberSettingName, values: readonly SettingValue[]): ValuesEntry['range'] {
  const [group, ...others] = groupsOf(name, values);
  const [first, last] = [group?.[0], group?.at(-1)];
  if (!group || group.length < 3 || others.length > 0 || typeof first !== 'number' || typeof last !== 'number')
    return null;
  return { from: first, to: last };
}
