/** One number of the configuration: what it is now, what the preset says, and why it is there. */
import { NumberInput } from '@mantine/core';
import type { ReactNode } from 'react';
import type { TrainingConfig } from '../../core/config.ts';
import type { Field } from './fields.ts';
import { useTrainForm } from './form.ts';

interface NumberFieldProps {
  readonly field: Field;
  /** Where the default comes from. */
  readonly preset: TrainingConfig;
  readonly error: string | undefined;
  readonly word?: ReactNode;
}

export function NumberField({ field, preset, error, word }: NumberFieldProps) {
  const { name, title, why, step, whenEmpty } = field;
  const typed = useTrainForm((state) => state.draft[name]);
  const byPreset = preset[name];
  const value = typed === undefined ? byPreset : typed;
  return (
    <NumberInput
      label={
        word ? (
          <span className="with-word">
            {title} {word}
          </span>
        ) : (
          title
        )
      }
      {...(word ? { labelProps: { component: 'div' } } : {})}
      aria-label={title}
      description={`${why}${typed === undefined ? '' : ` Preset: ${byPreset ?? whenEmpty ?? ''}.`}`}
      inputWrapperOrder={['label', 'input', 'error', 'description']}
      error={error}
      size="xs"
      value={value ?? ''}
      placeholder={whenEmpty ?? ''}
      step={step}
      decimalScale={8}
      allowNegative={false}
      stepHoldDelay={400}
      stepHoldInterval={60}
      onChange={(next) => write(field, byPreset, typeof next === 'number' ? next : null)}
      data-changed={typed !== undefined || undefined}
    />
  );
}

/** What equals the preset is not a change. */
function write({ name }: Field, byPreset: number | null, value: number | null): void {
  useTrainForm.setState(({ draft }) => {
    const { [name]: _before, ...others } = draft;
    return { draft: value === byPreset ? others : { ...others, [name]: value } };
  });
}
