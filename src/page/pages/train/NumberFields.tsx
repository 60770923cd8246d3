/** All other settings, folded into groups; a group with a mistake says so while it is closed. */
import { Accordion, SegmentedControl, SimpleGrid, Text } from '@mantine/core';
import { clsx } from 'clsx';
import type { TrainingConfig } from '#core/settings/config.ts';
import { SETTINGS, type ChoiceSettingName } from '#core/settings/registry.ts';
import { textOf } from '../../ui/numbers/entry.ts';
import { LOCALE } from '../../ui/numbers/locale.ts';
import { Term } from '../../glossary/Term.tsx';
import { FIELD_GROUPS, limitsOfField, type FieldGroup } from './fields.ts';
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
  const noteOf = ({ numbers }: FieldGroup) => {
    if (numbers.some((name) => errors[name])) return 'needs a look';
    const changed = numbers.filter((name) => name in draft).length;
    return changed > 0
      ? `${changed} changed`
      : numbers
          .map((name) => textOf(preset[name], limitsOfField(name), LOCALE) || SETTINGS[name].whenEmpty)
          .join(' · ');
  };
  return (
    <Accordion multiple variant="default" chevronPosition="left" className={styles.groups}>
      {FIELD_GROUPS.map((group) => (
        <Accordion.Item key={group.title} value={group.title}>
          <Accordion.Control>
            <span className={styles.head}>
              {group.title}
              <span className={clsx(styles.note, shared.figure)}>{noteOf(group)}</span>
            </span>
          </Accordion.Control>
          <Accordion.Panel>
            <SimpleGrid cols={2} spacing="sm" verticalSpacing="sm">
              {group.numbers.map((name) => (
                <NumberField
                  key={name}
                  name={name}
                  preset={preset}
                  sizeUnknown={sizeUnknown}
                  error={errors[name]}
                  word={wordOf(name)}
                />
              ))}
              {group.choices.map((name) => (
                <ChoiceField key={name} name={name} preset={preset} />
              ))}
            </SimpleGrid>
          </Accordion.Panel>
        </Accordion.Item>
      ))}
    </Accordion>
  );
}

function ChoiceField({ name, preset }: { readonly name: ChoiceSettingName; readonly preset: TrainingConfig }) {
  const typed = useTrainForm((state) => state.draft[name]);
  const { title, help, choices } = SETTINGS[name];
  const byPreset = preset[name];
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
        value={typed ?? byPreset}
        onChange={(value) => {
          useTrainForm.setState(({ draft }) => {
            const { [name]: _before, ...others } = draft;
            return { draft: value === byPreset ? others : { ...others, [name]: value } };
          });
        }}
      />
      <Text size="xs" c="dimmed" mt={4} className={fieldStyles.why}>
        {help}
      </Text>
    </div>
  );
}
