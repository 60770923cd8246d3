import { describe, expect, it } from 'vitest';
import { isWrong, type NumberEntry } from './entry.ts';
import { followForm, leaveField, openField, typeInto, type FieldRules, type FieldState } from './field.ts';

const decimals = (locale: string): FieldRules => ({ limits: { whole: false, min: -10, max: 1000 }, locale });
const ENGLISH = decimals('en-US');
const GERMAN = decimals('de-DE');
const VOCABULARY: FieldRules = { limits: { whole: true, min: 1, max: 65_534 }, locale: 'en-US' };

/** A key, and the form that keeps whatever the field says. */
function keyed(field: FieldState, text: string, rules: FieldRules): FieldState {
  const next = typeInto(field, text, rules);
  return followForm(next, next.entry, rules);
}

/** Types key by key into an emptied field. */
function typed(text: string, rules: FieldRules, before: NumberEntry = 5): FieldState {
  let field = keyed(openField(before, rules), '', rules);
  for (let i = 1; i <= text.length; i++) {
    field = keyed(field, text.slice(0, i), rules);
    expect(field.text).toBe(text.slice(0, i));
  }
  return field;
}

describe('a number field', () => {
  it.each([
    ['0.001', ENGLISH, 0.001],
    ['0.3', ENGLISH, 0.3],
    ['0.5', ENGLISH, 0.5],
    ['-1', ENGLISH, -1],
    ['1e-3', ENGLISH, 0.001],
    ['10,000', VOCABULARY, 10_000],
    ['0,001', GERMAN, 0.001],
    ['0.001', GERMAN, 0.001],
  ])('arrives as typed: %s', (text, rules, value) => {
    expect(typed(text, rules)).toEqual({ text, entry: value, value });
  });

  it('keeps what is wrong as it was typed, also when it is left', () => {
    const field = leaveField(typed('1e', ENGLISH), ENGLISH);
    expect(field.text).toBe('1e');
    expect(isWrong(field.value)).toBe(true);
    expect(keyed(field, '1e2', ENGLISH).value).toBe(100);
  });

  it('is written in the locale’s way when it is left, to the last digit', () => {
    expect(leaveField(typed('0.0050', GERMAN), GERMAN).text).toBe('0,005');
    expect(leaveField(typed('0.0000001', ENGLISH), ENGLISH)).toMatchObject({ text: '1e-7', value: 1e-7 });
    expect(leaveField(typed('10000', VOCABULARY), VOCABULARY).text).toBe('10,000');
    const seed = { ...VOCABULARY, limits: { ...VOCABULARY.limits, ungrouped: true } };
    expect(leaveField(typed('10000', seed), seed).text).toBe('10000');
  });

  it('shows what the form gets from elsewhere, in the place of what was typed', () => {
    expect(followForm(typed('0.30', ENGLISH), 0.3, ENGLISH).text).toBe('0.30');
    expect(followForm(typed('0.30', ENGLISH), 0.2, ENGLISH).text).toBe('0.2');
    expect(followForm(typed('abc', ENGLISH), 0.2, ENGLISH).text).toBe('0.2');
    expect(followForm(typed('0.3', ENGLISH), null, ENGLISH).text).toBe('');
  });

  it('stays empty while it is typed in, where empty means a number', () => {
    const rules = { ...VOCABULARY, whenEmpty: 3 };
    const emptied = typeInto(openField(5, rules), '', rules);
    const field = followForm(emptied, 3, rules);
    expect(field).toMatchObject({ text: '', value: 3 });
    expect(leaveField(field, rules).text).toBe('3');
  });

  it('goes back to what the form has, where the form did not take what was typed', () => {
    const field = typeInto(openField(5, ENGLISH), '7', ENGLISH);
    expect(followForm(field, 5, ENGLISH).text).toBe('7');
    expect(leaveField(field, ENGLISH).text).toBe('5');
  });
});
