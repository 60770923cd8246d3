/** Settings as text: short titles, command-line options, bounds and values. */
import { formatCount } from '../format.ts';
import type { Preset } from './presets.ts';
import { settingOf, type SettingName } from './registry.ts';

/** Title in names of runs: `rate`, `max epochs`. */
export function shortTitle(name: SettingName): string {
  const { shortTitle, title } = settingOf(name);
  return shortTitle ?? title.toLowerCase();
}

/** Readable value: `10,000`, `0.005`, `all`. */
export function formatSetting(name: SettingName, value: string | number | null): string {
  const setting = settingOf(name);
  if (value === null) return setting.kind === 'number' ? (setting.whenEmpty ?? '') : '';
  return typeof value === 'number' && setting.kind === 'number' && setting.counted ? formatCount(value) : String(value);
}

/** `learningRate` becomes `--learning-rate`, for the lab's command and the PyTorch one. */
export function flagOf(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** `tanh or relu`. */
function inWords(choices: readonly string[]): string {
  return [choices.slice(0, -1).join(', '), choices.at(-1)].filter(Boolean).join(' or ');
}

/** Describes valid values: `a whole number from 1 to 512`. */
export function boundsInWords(name: SettingName): string {
  const setting = settingOf(name);
  if (setting.kind === 'choice') return inWords(setting.choices);
  const { whole, min, max, aboveMin } = setting.bounds;
  const range = aboveMin ? `above ${min} and up to ${max}` : `from ${min} to ${max}`;
  return `a ${whole ? 'whole ' : ''}number ${range}${setting.whenEmpty === null ? '' : `, or ${setting.whenEmpty}`}`;
}

/** Where a preset's default comes from: `Default 0.001: Adam’s default`; null if no source is given. @param value the default, as written */
export function sourceOfDefault(name: SettingName, preset: Preset, value: string): string | null {
  const source = settingOf(name).sources?.[preset];
  return source === undefined ? null : `Default ${value}: ${source}.`;
}
