/** All other settings, in collapsed groups; a group with an error says so while it is closed. */
import { Accordion, NativeSelect, SegmentedControl, SimpleGrid, Text } from '@mantine/core';
import { clsx } from 'clsx';
import type { TrainingConfig } from '#core/settings/config.ts';
import { isNumberSetting, SETTINGS, type ChoiceSettingName, type SettingName } from '#core/settings/registry.ts';
import { sourceOfDefault } from '#core/settings/words.ts';
import { textOf } from '../../ui/numbers/entry.ts';
import { LOCALE } from '../../ui/numbers/locale.ts';
import { Term } from '../../glossary/Term.tsx';
import { FIELD_GROUPS, isShown, limitsOfField, type FieldGroup } from './fields.ts';
import { useTrainForm } from './form.ts';
import { NumberField } from './NumberField.tsx';
import shared from '../../ui/shared.module.css';
import styles from './NumberFields.module.css';
import fieldStyles from './fields.module.css';

interface NumberFieldsProps {
  readonly preset: TrainingConfig;
  readonly sizeUnknown: boolean;
  readonly errors: Readonly<Partial<Record<string, string>>>;
}

const GROUP_WORDS = {
  vocabulary: <Term of="unk" />,
  epochs: <Term of="epoch" />,
  patience: <Term of="early stopping" />,
};
const wordOf = (name: string) => Object.entries(GROUP_WORDS).find(([key]) => key === name)?.[1];

export function NumberFields({ preset, sizeUnknown, errors }: NumberFieldsProps) {
  const draft = useTrainForm((state) => state.draft);
  const shows = (name: SettingName) => isShown(name, preset, draft);
  const noteOf = ({ numbers, choices }: FieldGroup) => {
    if (numbers.some((name) => errors[name])) return 'has an error';
    const changed = [...numbers, ...choices].filter((name) => name in draft).length;
    if (changed > 0) return `${changed} changed`;
    const shown = numbers.filter(shows);
    if (shown.length === 0) return choices.map((name) => preset[name]).join(' · ');
    return shown
      .map((name) => textOf(preset[name], limitsOfField(name), LOCALE) || SETTINGS[name].whenEmpty)
      .join(' · ');
  };
  return (
    <Accordion multiple variant="default" chevronPosition="left" className={styles.groups}>
      {FIELD_GROUPS.map((group) => (
        // becomes a part of ids, which have no spaces
        <Accordion.Item key={group.title} value={group.title.replaceAll(' ', '-')}>
          <Accordion.Control>
            <span className={styles.head}>
              {group.title}
              <span className={clsx(styles.note, shared.figure)}>{noteOf(group)}</span>
            </span>
          </Accordion.Control>
          <Accordion.Panel>
            <SimpleGrid cols={2} spacing="sm" verticalSpacing="sm">
              {[...group.choices.filter(isLong), ...group.numbers, ...group.choices.filter((name) => !isLong(name))]
                .filter(shows)
                .map((name) =>
                  isNumberSetting(name) ? (
                    <NumberField
                      key={name}
                      name={name}
                      preset={preset}
                      sizeUnknown={sizeUnknown}
                      error={errors[name]}
                      word={wordOf(name)}
                    />
                  ) : (
                    <ChoiceField key={name} name={name} preset={preset} />
                  ),
                )}
            </SimpleGrid>
          </Accordion.Panel>
        </Accordion.Item>
      ))}
    </Accordion>
  );
}

/** A choice with too many or too long words for a row of buttons. It comes first, since other fields depend on it. */
function isLong(name: ChoiceSettingName): boolean {
  const { choices } = SETTINGS[name];
  return choices.length > MAX_BUTTONS || choices.some((choice) => choice.length > MAX_BUTTON_LETTERS);
}
const MAX_BUTTONS = 2;
const MAX_BUTTON_LETTERS = 7;

function ChoiceField({ name, preset }: { readonly name: ChoiceSettingName; readonly preset: TrainingConfig }) {
  const typed = useTrainForm((state) => state.draft[name]);
  const { title, help: what, choices } = SETTINGS[name];
  const help = [what, sourceOfDefault(name, preset.preset, preset[name])].filter(Boolean).join(' ');
  // several come from a link: the menu shows them until one is chosen
  const several = Array.isArray(typed) ? typed.join(', ') : null;
  const value = several ?? (typeof typed === 'string' ? typed : preset[name]);
  const choose = (chosen: string) => chooseSetting(name, preset[name], chosen);
  if (isLong(name) || several !== null) {
    return (
      <NativeSelect
        className={styles.wide}
        label={title}
        description={help}
        descriptionProps={{ fz: 11, lh: 1.35 }}
        inputWrapperOrder={['label', 'input', 'description']}
        size="xs"
        data={[...(several === null ? [] : [several]), ...choices]}
        value={value}
        onChange={({ currentTarget }) => choose(currentTarget.value)}
        data-changed={typed !== undefined || undefined}
      />
    );
  }
  return (
    <div>
      <Text className={clsx(fieldStyles.label, fieldStyles.small)} id={`${name}-label`}>
        {title}
      </Text>
      <SegmentedControl
        size="xs"
        fullWidth
        aria-labelledby={`${name}-label`}
        data={[...choices]}
        value={value}
        onChange={choose}
      />
      <Text size="xs" c="dimmed" mt={4} className={fieldStyles.why}>
        {help}
      </Text>
    </div>
  );
}

/** What equals the preset is not a change. */
function chooseSetting(name: ChoiceSettingName, byPreset: string, chosen: string): void {
  useTrainForm.setState(({ draft }) => {
    const { [name]: _before, ...others } = draft;
    return { draft: chosen === byPreset ? others : { ...others, [name]: chosen } };
  });
}
