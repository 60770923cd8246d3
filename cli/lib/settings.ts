/** The settings of a training on the command line: `--learning-rate 0.002`. */
import { fail } from '#core/failure.ts';
import { recordOf } from '#core/records.ts';
import type { TrainingConfig } from '#core/settings/config.ts';
import { isSettingValue, parseSettingValue, type SettingValue } from '#core/settings/values.ts';
import {
  defaultOf,
  dependsOnData,
  GROUPED_SETTINGS,
  SETTING_NAMES,
  settingOf,
  type SettingName,
} from '#core/settings/registry.ts';
import { boundsInWords, flagOf, formatSetting } from '#core/settings/words.ts';
import { PRESETS, type Preset } from '#core/settings/presets.ts';

/** Options for `parseArgs`, one for each setting. */
export const SETTING_OPTIONS: Readonly<Record<string, { readonly type: 'string' }>> = recordOf(
  SETTING_NAMES.map(flagOf),
  () => ({ type: 'string' as const }),
);

/**
 * The settings among parsed options.
 * @throws LabError `bad-input` for a value that a setting cannot have
 */
export function readSettings(values: Readonly<Record<string, unknown>>): Partial<TrainingConfig> {
  const given = SETTING_NAMES.flatMap((name): [SettingName, SettingValue][] => {
    const text = values[flagOf(name)];
    return typeof text === 'string' ? [[name, readSetting(name, text)]] : [];
  });
  return Object.fromEntries(given);
}

function readSetting(name: SettingName, text: string): SettingValue {
  const value = parseSettingValue(name, text);
  if (isSettingValue(name, value)) return value;
  return fail(
    'bad-input',
    `--${flagOf(name)} ${text} is not ${boundsInWords(name)}.`,
    'Run it with --help to see what it takes.',
  );
}

/** The options that repeat a training with these settings. */
export function settingArguments(settings: Partial<TrainingConfig>): readonly string[] {
  return SETTING_NAMES.flatMap((name) => {
    const value = settings[name];
    if (value === undefined) return [];
    // Node parses -1 as an option unless `=` joins it to the name
    const joint = typeof value === 'number' && value < 0 ? '=' : ' ';
    return [`--${flagOf(name)}${joint}${value ?? formatSetting(name, value)}`];
  });
}

const WIDTH = 100;

/** Lines of a help text. @param indent columns before an option's description */
export function settingsHelp(indent: number): string {
  return GROUPED_SETTINGS.map((name) => {
    const { help, unit } = settingOf(name);
    const option = `  --${flagOf(name)} ${settingOf(name).kind === 'choice' ? 'NAME' : (unit?.toUpperCase() ?? 'N')}`;
    const words = `${help} (${boundsInWords(name)}; ${defaultsInWords(name)})`.split(' ');
    const lines = words.reduce<string[]>(
      (lines, word) => {
        const longer = `${lines.at(-1)} ${word}`;
        return longer.length + indent <= WIDTH ? [...lines.slice(0, -1), longer] : [...lines, word];
      },
      [words.shift() ?? ''],
    );
    return `${option.padEnd(indent)}${lines.join(`\n${' '.repeat(indent)}`)}`;
  }).join('\n');
}

/** `42`, or `task 256, quick 64, tiny 16` if presets differ. */
function defaultsInWords(name: SettingName): string {
  const defaultIn = (preset: Preset) =>
    dependsOnData(name, preset) ? 'by size of the data set' : formatSetting(name, defaultOf(name, preset, 0));
  const [first, ...others] = PRESETS.map(defaultIn);
  if (first !== undefined && others.every((other) => other === first)) return first;
  return PRESETS.map((preset) => `${preset} ${defaultIn(preset)}`).join(', ');
}
