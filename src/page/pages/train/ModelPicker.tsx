/** Which networks to train, with the size of each. */
import { Checkbox, NativeSelect, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import {
  CONNECTIONS,
  isVariant,
  MODEL_KINDS,
  modelMeaning,
  modelOf,
  modelsOf,
  modelTitle,
  TASK_KINDS,
  type Connection,
  type ModelChoice,
  type ModelKind,
  type ModelName,
  type Variant,
} from '#core/models/registry.ts';
import type { StoredDataset } from '#core/data/stored.ts';
import { modelColour } from '../../runs/colours.ts';
import type { TrainingConfig } from '#core/settings/config.ts';
import { formatParameters } from '#core/format.ts';
import { Term } from '../../glossary/Term.tsx';
import { useTrainForm } from './form.ts';
import { choiceOf, modelSizes, type ModelSize } from './plan.ts';
import shared from '../../ui/shared.module.css';
import styles from './ModelPicker.module.css';
import fieldStyles from './fields.module.css';

interface ModelPickerProps {
  readonly config: TrainingConfig;
  readonly dataset: StoredDataset | undefined;
}

export function ModelPicker({ config, dataset }: ModelPickerProps) {
  const { kinds, variants } = useTrainForm();
  const sizes = modelSizes(
    MODEL_KINDS.map((kind) => choiceOf(kind, variants)),
    config,
    dataset,
  );
  const [open, setOpen] = useState(false);
  const picker = (kind: ModelKind) => (
    <KindPicker key={kind} kind={kind} connection={config.connection} sizes={sizes} />
  );
  return (
    <fieldset className={styles.models}>
      <legend className={fieldStyles.label}>Models</legend>
      <Stack gap="sm">
        {TASK_KINDS.map(picker)}
        <details
          className={styles.more}
          open={open || MORE_KINDS.some((kind) => kinds.includes(kind))}
          onToggle={({ currentTarget }) => setOpen(currentTarget.open)}
        >
          <summary>More models</summary>
          <Stack gap="sm" mt="xs">
            {MORE_KINDS.map(picker)}
          </Stack>
        </details>
      </Stack>
    </fieldset>
  );
}

const MORE_KINDS = MODEL_KINDS.filter((kind) => !TASK_KINDS.includes(kind));

interface KindPickerProps {
  readonly kind: ModelKind;
  readonly connection: Connection;
  readonly sizes: ReadonlyMap<ModelChoice, readonly ModelSize[]>;
}

function KindPicker({ kind, connection, sizes }: KindPickerProps) {
  const { kinds, variants } = useTrainForm();
  const choice = choiceOf(kind, variants);
  const own = (sizes.get(choice) ?? []).filter(({ name }) => choice === name || isOffered(name, kinds));
  return (
    <div>
      <div className={styles.line}>
        <Checkbox
          checked={kinds.includes(kind)}
          onChange={(event) => tick(kind, event.currentTarget.checked)}
          label={modelTitle(kind)}
          aria-describedby={`meaning-${kind}`}
          color={modelColour(kind)}
          iconColor="var(--mantine-color-body)"
        />
        <span className={styles.size}>
          {kind === 'residual' && <Term of="residual connection" />}
          <span className={shared.figure} title="Trainable parameters">
            {own.map(({ parameters }) => formatParameters(parameters)).join(' or ')}
          </span>
        </span>
      </div>
      <Text size="xs" c="dimmed" className={styles.meaning} id={`meaning-${kind}`}>
        {kind === 'residual' && connection !== 'sum' ? CONNECTIONS[connection].meaning : modelMeaning(kind)}
      </Text>
      {isVariant(kind) && kinds.includes(kind) && <BaselinePicker variant={kind} />}
    </div>
  );
}

/** A variant may extend a baseline of those further down only where that is ticked. */
function isOffered(name: ModelName, kinds: readonly ModelKind[]): boolean {
  const { baseline } = modelOf(name);
  return baseline === null || TASK_KINDS.includes(baseline) || kinds.includes(baseline);
}

/** Which baseline a variant extends. */
function BaselinePicker({ variant }: { readonly variant: Variant }) {
  const choice = useTrainForm(({ variants }) => variants[variant]);
  const choices: readonly { readonly value: ModelChoice; readonly label: string }[] = [
    { value: variant, label: 'based on the better baseline' },
    ...modelsOf(variant).flatMap((value) => {
      const { baseline } = modelOf(value);
      return baseline ? [{ value, label: `based on the ${modelTitle(baseline)}` }] : [];
    }),
  ];
  return (
    <NativeSelect
      className={styles.baseline}
      size="xs"
      aria-label={`Baseline of the ${variant} model`}
      data={[...choices]}
      value={choice}
      onChange={(event) => {
        const chosen = choices.find(({ value }) => value === event.currentTarget.value);
        if (chosen) useTrainForm.setState(({ variants }) => ({ variants: { ...variants, [variant]: chosen.value } }));
      }}
    />
  );
}

function tick(kind: ModelKind, on: boolean): void {
  useTrainForm.setState(({ kinds }) => ({
    kinds: MODEL_KINDS.filter((one) => (one === kind ? on : kinds.includes(one))),
  }));
}
