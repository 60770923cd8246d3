/**
 * The state of a number field. Its text is never changed while the user types and its number is the one in the form. It is rewritten when
 * the field loses focus, and when the form gets another number from elsewhere, such as a preset or a link.
 */
import { readEntry, sameEntry, textOf, type NumberEntry } from './entry.ts';
import type { NumberLimits } from './limits.ts';

export interface FieldState {
  readonly text: string;
  /** The value of the text that the form last received. */
  readonly entry: NumberEntry;
  /** The form's value. */
  readonly value: NumberEntry;
}

export interface FieldRules {
  readonly limits: NumberLimits;
  readonly locale: string;
  /** What the form has while the field is empty; undefined where it has null. */
  readonly whenEmpty?: number | undefined;
}

export function openField(value: NumberEntry, { limits, locale }: FieldRules): FieldState {
  return { text: textOf(value, limits, locale), entry: value, value };
}

/** After a key: the text as it is now, and what it says. */
export function typeInto(field: FieldState, text: string, { limits, locale }: FieldRules): FieldState {
  return { ...field, text, entry: readEntry(text, limits, locale) };
}

/** The form's value, which may be the field's own come back, or another. */
export function followForm(field: FieldState, value: NumberEntry, rules: FieldRules): FieldState {
  if (sameEntry(value, field.value)) return field;
  const own = field.entry ?? rules.whenEmpty ?? null;
  return sameEntry(value, own) ? { ...field, value } : openField(value, rules);
}

/** When the field loses focus, it shows the form's number as the locale writes it; what is wrong stays as it was typed. */
export function leaveField(field: FieldState, rules: FieldRules): FieldState {
  return openField(field.value, rules);
}
