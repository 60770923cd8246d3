/** The settings of a training as the form shows them, and what was typed into it. */
import { trainingConfigSchema, type TrainingConfig } from '#core/settings/config.ts';
import {
  appliesBeside,
  GROUPS,
  isChoiceSetting,
  isNumberSetting,
  SETTINGS,
  type ChoiceSettingName,
  type NumberSettingName,
  type SettingName,
} from '#core/settings/registry.ts';
import { type NumberSetting } from '#core/settings/kinds.ts';
import { formatNumber } from '#core/numbers/format.ts';
import { isWrong, type NumberEntry } from '../../ui/numbers/entry.ts';
import type { NumberLimits } from '../../ui/numbers/limits.ts';
import { LOCALE } from '../../ui/numbers/locale.ts';

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
export type Draft = Readonly<Partial<Record<NumberSettingName, NumberEntry> & Record<ChoiceSettingName, string>>>;

/** Whether a setting has a field: one that changes nothing beside the others has none, unless it was changed. */
export function isShown(name: SettingName, preset: TrainingConfig, draft: Draft): boolean {
  return name in draft || appliesBeside(name, { ...preset, ...draft });
}

export type Checked =
  | { readonly config: TrainingConfig; readonly errors: null }
  | { readonly config: null; readonly errors: Readonly<Partial<Record<string, string>>> };

/** The preset's configuration with what was typed put over it, checked by the schema. A text that is no number is an error. */
export function checkDraft(preset: TrainingConfig, draft: Draft): Checked {
  const parsed = trainingConfigSchema.safeParse({ ...preset, ...draft });
  if (parsed.success) return { config: parsed.data, errors: null };
  const errors: Partial<Record<string, string>> = {};
  for (const [field, entry] of Object.entries(draft)) {
    if (typeof entry !== 'string' && isWrong(entry)) errors[field] = entry.problem;
  }
  for (const issue of parsed.error.issues) {
    const field = String(issue.path[0]);
    errors[field] ??= sentence(issue);
  }
  return { config: null, errors };
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
