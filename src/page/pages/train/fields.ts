/** The settings of a training as the form shows them, and what was typed into it. */
import { trainingConfigSchema, type TrainingConfig } from '#core/settings/config.ts';
import {
  appliesBeside,
  GROUPS,
  isChoiceSetting,
  isNumberSetting,
  SETTING_NAMES,
  SETTINGS,
  type ChoiceSettingName,
  type NumberSettingName,
  type SettingName,
} from '#core/settings/registry.ts';
import { type NumberSetting } from '#core/settings/kinds.ts';
import { formatNumber } from '#core/numbers/format.ts';
import type { SampleRange } from '#core/experiments/searchSchema.ts';
import type { SettingValue } from '#core/settings/values.ts';
import { isWrong, type NumberEntry } from '../../ui/numbers/entry.ts';
import type { NumberLimits } from '../../ui/numbers/limits.ts';
import { LOCALE } from '../../ui/numbers/locale.ts';
import { isValues, type ValuesEntry } from './values.ts';

export interface FieldGroup {
  readonly title: string;
  readonly numbers: readonly NumberSettingName[];
  readonly choices: readonly ChoiceSettingName[];
}

export const FIELD_GROUPS: readonly FieldGroup[] = GROUPS.map(({ title, settings }) => ({
  title,
  numbers: settings.filter(isNumberSetting),
  choices: settings.filter(isChoiceSetting),
}));

export function limitsOfField(name: NumberSettingName): NumberLimits {
  const { bounds, ungrouped = false }: NumberSetting = SETTINGS[name];
  return { ...bounds, ungrouped };
}

/** What was typed. */
export type Draft = Readonly<
  Partial<Record<NumberSettingName, NumberEntry | ValuesEntry> & Record<ChoiceSettingName, string | readonly string[]>>
>;

/** Whether a setting has a field: one that changes nothing beside the others has none, unless it was changed. */
export function isShown(name: SettingName, preset: TrainingConfig, draft: Draft): boolean {
  if (name in draft) return true;
  // beside any of several choices
  return choicesIn(draft).some((chosen) => appliesBeside(name, { ...preset, ...chosen }));
}

/** All combinations of the choices in a draft. */
function choicesIn(draft: Draft): readonly Readonly<Record<string, string>>[] {
  let all: readonly Record<string, string>[] = [{}];
  for (const [name, entry] of Object.entries(draft)) {
    const values = typeof entry === 'string' ? [entry] : Array.isArray(entry) ? entry.filter(isText) : [];
    if (values.length > 0) all = all.flatMap((one) => values.map((value) => ({ ...one, [name]: value })));
  }
  return all;
}

function isList(entry: Draft[SettingName]): entry is readonly string[] {
  return Array.isArray(entry);
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

/** Settings that vary. */
export interface Varied {
  readonly sweep: Readonly<Partial<Record<SettingName, readonly SettingValue[]>>>;
  /** Ranges that values are drawn from; none without a sample. */
  readonly ranges: Readonly<Partial<Record<SettingName, SampleRange>>>;
}

export type Checked =
  | {
      /** With the first value of each setting that varies. */
      readonly config: TrainingConfig;
      readonly varied: Varied;
      readonly errors: null;
    }
  | { readonly config: null; readonly errors: Readonly<Partial<Record<string, string>>> };

/**
 * The preset's configuration with what was typed put over it, checked by the schema. A text that is no number is an error.
 * @param samples whether ranges are drawn from; without it a range stands for all of its whole numbers
 */
export function checkDraft(preset: TrainingConfig, draft: Draft, samples = false): Checked {
  const errors: Partial<Record<string, string>> = {};
  const single: Record<string, unknown> = {};
  const sweep: Partial<Record<SettingName, readonly SettingValue[]>> = {};
  const ranges: Partial<Record<SettingName, SampleRange>> = {};
  const names = Object.keys(draft);
  for (const name of SETTING_NAMES.filter((one) => names.includes(one))) {
    const entry = draft[name];
    if (isList(entry)) {
      sweep[name] = entry;
      single[name] = entry[0];
    } else if (isValues(entry)) {
      const { values, range } = entry;
      if (samples && range && name !== 'seed') {
        ranges[name] = range;
        single[name] = range.from;
        errors[name] = problemOf(preset, name, range.from) ?? problemOf(preset, name, range.to);
      } else if (values) {
        sweep[name] = values;
        [single[name]] = values;
        errors[name] = values.map((value) => problemOf(preset, name, value)).find((problem) => problem !== undefined);
      } else errors[name] = 'List values, such as 0.1, 0.2. A range of such numbers needs a sample.';
    } else {
      single[name] = entry;
      if (typeof entry === 'object' && isWrong(entry)) errors[name] = entry.problem;
    }
  }
  const parsed = trainingConfigSchema.safeParse({ ...preset, ...single });
  for (const issue of parsed.error?.issues ?? []) errors[String(issue.path[0])] ??= sentence(issue);
  const wrong = Object.entries(errors).filter(([, problem]) => problem !== undefined);
  if (parsed.success && wrong.length === 0) return { config: parsed.data, varied: { sweep, ranges }, errors: null };
  return { config: null, errors: Object.fromEntries(wrong) };
}

function problemOf(preset: TrainingConfig, name: SettingName, value: SettingValue): string | undefined {
  const [issue] = trainingConfigSchema.safeParse({ ...preset, [name]: value }).error?.issues ?? [];
  if (!issue) return undefined;
  return `${value === null ? 'Empty' : typeof value === 'number' ? written(value) : value}: ${lowerFirst(sentence(issue))}`;
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}

type Issue = NonNullable<ReturnType<typeof trainingConfigSchema.safeParse>['error']>['issues'][number];

function sentence(issue: Issue): string {
  switch (issue.code) {
    case 'too_small':
      return `${issue.inclusive === false ? 'More than' : 'At least'} ${written(issue.minimum)}.`;
    case 'too_big':
      return `At most ${written(issue.maximum)}.`;
    case 'invalid_type':
      return issue.expected === 'int' ? 'A whole number.' : 'A number.';
    default:
      return issue.message;
  }
}

/** As its field would write it. */
function written(limit: number | bigint): string {
  return formatNumber(Number(limit), LOCALE, { grouping: true });
}
