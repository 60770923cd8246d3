/** Values of settings as they are written on a command line, in a link or in a file. */
import { parsePlainNumber } from '../numbers/parse.ts';
import { trainingConfigSchema } from './config.ts';
import { settingOf, type SettingName } from './registry.ts';

/** Null stands for an empty field, such as all training files. */
export type SettingValue = string | number | null;

/** @returns NaN if a number is required and the text is not one */
export function parseSettingValue(name: SettingName, text: string): SettingValue {
  const setting = settingOf(name);
  if (setting.kind === 'choice') return text;
  return text === setting.whenEmpty ? null : (parsePlainNumber(text) ?? Number.NaN);
}

export function isSettingValue(name: SettingName, value: unknown): value is SettingValue {
  return trainingConfigSchema.shape[name].safeParse(value).success;
}
