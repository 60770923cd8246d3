/** All other numbers, folded into groups; a group with a mistake says so while it is closed. */
import { Accordion, SegmentedControl, SimpleGrid, Text } from '@mantine/core';
import { clsx } from 'clsx';
import type { TrainingConfig } from '#core/settings/config.ts';
import { ACTIVATIONS } from '#core/models/registry.ts';
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
  const noteOf = ({ fields }: FieldGroup) => {
    if (fields.some(({ name }) => errors[name])) return 'needs a look';
    const changed = fields.filter(({ name }) => name in draft).length;
    return changed > 0
      ? `${changed} changed`
      : fields.map(({ name }) => textOf(preset[name], limitsOfField(name), LOCALE) || 'all').join(' · ');
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
              {group.fields.map((field) => (
                <NumberField
                  key={field.name}
                  field={field}
                  preset={preset}
                  sizeUnknown={sizeUnknown}
                  error={errors[field.name]}
                  word={wordOf(field.name)}
                />
              ))}
              {group.title === 'Network' && <ActivationField preset={preset} />}
            </SimpleGrid>
          </Accordion.Panel>
        </Accordion.Item>
      ))}
    </Accordion>
  );
}

function ActivationField({ preset }: { readonly preset: TrainingConfig }) {
  const typed = useTrainForm((state) => state.draft.activation);
  return (
    <div>
      <Text className={clsx(fieldStyles.label, fieldStyles.small)} id="activation-label">
        Activation
      </Text>
      <SegmentedControl
        size="xs"
        fullWidth
        aria-labelledby="activation-label"
        data={[...ACTIVATIONS]}
        value={typed ?? preset.activation}
        onChange={(value) => {
          const activation = ACTIVATIONS.find((one) => one === value);
          useTrainForm.setState(({ draft: { activation: _before, ...others } }) => ({
            draft: activation && activation !== preset.activation ? { ...others, activation } : others,
          }));
        }}
      />
      <Text size="xs" c="dimmed" mt={4} className={fieldStyles.why}>
        Of the RNN. tanh keeps its state within ±1 over 1,000 steps; relu lets it grow.
      </Text>
    </div>
  );
}
