/** The content of a number field, and its text. */
import { formatNumber } from '#core/numbers/format.ts';
import { parseNumber } from '#core/numbers/parse.ts';
import type { NumberLimits } from './limits.ts';

/** A text that is no number, kept as it was typed. */
export interface WrongEntry {
  readonly text: string;
  /** What is wrong and what to write; empty where whoever keeps the entry reads the text as something else. */
  readonly problem: string;
}

/** Null where the field is empty. A number may still be out of the field's limits. */
export type NumberEntry = number | null | WrongEntry;

export function isWrong(entry: NumberEntry | undefined): entry is WrongEntry {
  return typeof entry === 'object' && entry !== null;
}

export function readEntry(text: string, { whole }: NumberLimits, locale: string): NumberEntry {
  if (text.trim() === '') return null;
  const { value, problem } = parseNumber(text, locale, { whole });
  return problem === null ? value : { text, problem };
}

export function textOf(entry: NumberEntry, { whole, ungrouped }: NumberLimits, locale: string): string {
  if (entry === null) return '';
  return isWrong(entry) ? entry.text : formatNumber(entry, locale, { grouping: whole && ungrouped !== true });
}

export function sameEntry(a: NumberEntry, b: NumberEntry): boolean {
  return isWrong(a) && isWrong(b) ? a.text === b.text : a === b;
}
