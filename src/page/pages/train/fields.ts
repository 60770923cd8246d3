/** The numbers of a training configuration as the form shows them: grouped, named, with a line of why each. */
import { trainingConfigSchema, type TrainingConfig } from '#core/settings/config.ts';
import { formatNumber } from '#core/numbers/format.ts';
import { isWrong, type NumberEntry } from '../../ui/numbers/entry.ts';
import { limitsOf, type NumberLimits } from '../../ui/numbers/limits.ts';
import { LOCALE } from '../../ui/numbers/locale.ts';

export type NumberField = Exclude<keyof TrainingConfig, 'preset' | 'activation'>;

export interface Field {
  readonly name: NumberField;
  readonly title: string;
  readonly why: string;
  /** How far an arrow key goes. */
  readonly step: number;
  /** What an empty field means, where it may be empty. */
  readonly whenEmpty?: string;
}

export interface FieldGroup {
  readonly title: string;
  readonly fields: readonly Field[];
}

export const SEED_FIELD: Field = {
  name: 'seed',
  title: 'Seed',
  why: 'All chance comes from it: same seed and device, same run.',
  step: 1,
};

export const FIELD_GROUPS: readonly FieldGroup[] = [
  {
    title: 'Network',
    fields: [
      {
        name: 'embedding',
        title: 'Embedding',
        why: 'Numbers that stand for a token. Wider tells more tokens apart.',
        step: 16,
      },
      {
        name: 'hidden',
        title: 'Hidden',
        why: 'Memory of each recurrent layer. Time and size grow with its square.',
        step: 32,
      },
      {
        name: 'forgetBias',
        title: 'Forget bias',
        why: 'Added to an LSTM’s forget gates at the start: above 0 it keeps more at first. 0 is PyTorch’s own start.',
        step: 0.5,
      },
      {
        name: 'dropout',
        title: 'Dropout',
        why: 'Share switched off at random in training, against learning by heart.',
        step: 0.05,
      },
    ],
  },
  {
    title: 'Data',
    fields: [
      { name: 'vocabulary', title: 'Vocabulary', why: 'Commonest tokens kept; every other reads as <UNK>.', step: 500 },
      { name: 'length', title: 'Length', why: 'Tokens read of a file; what is longer is cut.', step: 50 },
      {
        name: 'trainFiles',
        title: 'Training files',
        why: 'Only the first so many, for a quick look.',
        step: 50,
        whenEmpty: 'all',
      },
    ],
  },
  {
    title: 'Optimiser',
    fields: [
      { name: 'batch', title: 'Batch', why: 'Files a step. Wider is steadier, with fewer steps an epoch.', step: 1 },
      {
        name: 'learningRate',
        title: 'Learning rate',
        // docs/REPORT.md, "Rate and forget bias"
        why: 'Adam’s step size. Task takes Adam’s usual 0.001, the best of a search for the RNN; the search found 0.004 for the LSTM and 0.002 for the residual LSTM. Small nets bear a higher one.',
        step: 0.001,
      },
      { name: 'clipNorm', title: 'Clip norm', why: 'Largest gradient norm let through; 0 switches it off.', step: 0.5 },
      { name: 'epochs', title: 'Epochs at most', why: 'Training may stop earlier by itself.', step: 1 },
      { name: 'patience', title: 'Patience', why: 'Epochs without a better validation loss before it stops.', step: 1 },
    ],
  },
];

export function limitsOfField(name: NumberField): NumberLimits {
  return { ...limitsOf(trainingConfigSchema.shape[name]), ungrouped: name === 'seed' };
}

/** What was typed. */
export type Draft = Readonly<Partial<Record<NumberField, NumberEntry>>> & {
  readonly activation?: TrainingConfig['activation'];
};

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
