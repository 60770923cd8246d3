/** One number of the configuration: what it is now, what the preset says, and why it is there. */
import type { ReactNode } from 'react';
import type { TrainingConfig } from '#core/settings/config.ts';
import { textOf, type NumberEntry } from '../../ui/numbers/entry.ts';
import { LOCALE } from '../../ui/numbers/locale.ts';
import { NumberInput } from '../../ui/numbers/NumberInput.tsx';
import { limitsOfField, type Field } from './fields.ts';
import { useTrainForm } from './form.ts';
import shared from '../../ui/shared.module.css';

interface NumberFieldProps {
  readonly field: Field;
  /** Where the default comes from. */
  readonly preset: TrainingConfig;
  /** The data set is not here yet, on whose size the batch of the preset `task` depends. */
  readonly sizeUnknown: boolean;
  readonly error: string | undefined;
  readonly word?: ReactNode;
}

export function NumberField({ field, preset, sizeUnknown, error, word }: NumberFieldProps) {
  const { name, title, why, step, whenEmpty } = field;
  const typed = useTrainForm((state) => state.draft[name]);
  const byPreset = preset[name];
  const limits = limitsOfField(name);
  const mayChange = name === 'batch' && preset.preset === 'task' && sizeUnknown;
  const presetText = textOf(byPreset, limits, LOCALE) || (whenEmpty ?? '');
  return (
    <NumberInput
      label={
        word ? (
          <span className={shared.withTerm}>
            {title} {word}
          </span>
        ) : (
          title
        )
      }
      {...(word ? { labelProps: { component: 'div' } } : {})}
      aria-label={title}
      description={`${why}${typed === undefined ? '' : ` Preset: ${presetText}.`}`}
      inputWrapperOrder={['label', 'input', 'error', 'description']}
      error={error}
      size="xs"
      value={typed === undefined ? byPreset : typed}
      placeholder={whenEmpty ?? ''}
      limits={limits}
      step={step}
      onChange={(entry) => write(field, mayChange ? undefined : byPreset, entry)}
      data-changed={typed !== undefined || undefined}
    />
  );
}

/** What equals the preset is not a change. @param byPreset undefined where it is not known for good */
function write({ name }: Field, byPreset: number | null | undefined, entry: NumberEntry): void {
  useTrainForm.setState(({ draft }) => {
    const { [name]: _before, ...others } = draft;
    return { draft: entry === byPreset ? others : { ...others, [name]: entry } };
  });
}
