/** One number of the configuration, with the preset's default and the reason for it. */
import type { ReactNode } from 'react';
import type { TrainingConfig } from '#core/settings/config.ts';
import { dependsOnData, SETTINGS, type NumberSettingName } from '#core/settings/registry.ts';
import { sourceOfDefault } from '#core/settings/words.ts';
import { isWrong, textOf, type NumberEntry } from '../../ui/numbers/entry.ts';
import { LOCALE } from '../../ui/numbers/locale.ts';
import { NumberInput } from '../../ui/numbers/NumberInput.tsx';
import { limitsOfField } from './fields.ts';
import { useTrainForm } from './form.ts';
import { isValues, readValues, severalInstead } from './values.ts';
import shared from '../../ui/shared.module.css';

interface NumberFieldProps {
  readonly name: NumberSettingName;
  /** Where the default comes from. */
  readonly preset: TrainingConfig;
  /** The data set is not here yet, on whose size some defaults depend. */
  readonly sizeUnknown: boolean;
  readonly error: string | undefined;
  readonly word?: ReactNode;
}

export function NumberField({ name, preset, sizeUnknown, error, word }: NumberFieldProps) {
  const { title, help, step, whenEmpty } = SETTINGS[name];
  const typed = useTrainForm((state) => state.draft[name]);
  const byPreset = preset[name];
  const limits = limitsOfField(name);
  const mayChange = sizeUnknown && dependsOnData(name, preset.preset);
  const presetText = textOf(byPreset, limits, LOCALE) || (whenEmpty ?? '');
  const source = sourceOfDefault(name, preset.preset, presetText);
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
      description={[help, source ?? (typed === undefined ? null : `Default ${presetText}.`)].filter(Boolean).join(' ')}
      inputWrapperOrder={['label', 'input', 'error', 'description']}
      error={error}
      size="xs"
      // a list is kept as it was typed
      value={typed === undefined ? byPreset : isValues(typed) ? { text: typed.text, problem: '' } : typed}
      placeholder={whenEmpty ?? ''}
      limits={limits}
      step={step}
      onChange={(entry) => write(name, mayChange ? undefined : byPreset, entry)}
      data-changed={typed !== undefined || undefined}
    />
  );
}

/** What equals the preset is not a change. @param byPreset undefined where it is not known for good */
function write(name: NumberSettingName, byPreset: number | null | undefined, entry: NumberEntry): void {
  useTrainForm.setState(({ draft }) => {
    const { [name]: _before, ...others } = draft;
    if (!isWrong(entry)) return { draft: entry === byPreset ? others : { ...others, [name]: entry } };
    const several = readValues(name, entry.text, LOCALE);
    const instead = severalInstead(name, entry.text, LOCALE);
    const problem = instead === null ? entry.problem : `${entry.problem} Several values: ${instead}.`;
    return { draft: { ...others, [name]: several ?? { ...entry, problem } } };
  });
}
