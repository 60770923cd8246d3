/** Values of a setting that varies, as lists and ranges in text. */
import { fail } from '../failure.ts';
import { settingOf, type SettingName } from '../settings/registry.ts';
import { isSettingValue, parseSettingValue, type SettingValue } from '../settings/values.ts';
import { boundsInWords } from '../settings/words.ts';

/** Maximum number of values in one list. */
export const MAX_VALUES = 1_000;

/** @throws LabError `bad-input` for a value that the setting cannot have. @param where for the sentence, such as `--seed 1.5` */
export function requireValue(name: SettingName, value: SettingValue, where: string): void {
  if (isSettingValue(name, value)) return;
  fail('bad-input', `${where}: ${String(value)} is not ${boundsInWords(name)}.`, 'Correct it, or leave it out.');
}

/**
 * Reads a list of values: `0.001, 0.002`, or of whole numbers also ranges, `42-46`.
 * @param where for a sentence, such as `--seeds`
 * @throws LabError `bad-input`
 */
export function parseValues(name: SettingName, text: string, where: string): readonly SettingValue[] {
  const setting = settingOf(name);
  const values = text.split(',').flatMap((part): readonly SettingValue[] => {
    const one = part.trim();
    if (one === '') fail('bad-input', `${where} ${text}: a value is missing.`, 'Separate values by single commas.');
    const range = /^(\d+)-(\d+)$/.exec(one);
    const hasRanges = setting.kind === 'number' && setting.bounds.whole;
    if (range && hasRanges) return rangeOf(Number(range[1]), Number(range[2]), `${where} ${text}`);
    const value = parseSettingValue(name, one);
    if (Number.isNaN(value)) fail('bad-input', `${where} ${text}: ${one} is no number.`, 'Correct it.');
    return [value];
  });
  for (const value of values) requireValue(name, value, where);
  return [...new Set(values)];
}

function rangeOf(first: number, last: number, where: string): readonly number[] {
  if (first > last) fail('bad-input', `${where}: ${first} is above ${last}.`, 'Write the lower number first.');
  if (last - first >= MAX_VALUES) fail('bad-input', `${where}: too many values.`, `Ask for at most ${MAX_VALUES}.`);
  return Array.from({ length: last - first + 1 }, (_, i) => first + i);
}
