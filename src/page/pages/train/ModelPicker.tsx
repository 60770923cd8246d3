/** Which of the three networks to train, with the size of each. */
import { Checkbox, NativeSelect, Stack, Text } from '@mantine/core';
import type { StoredDataset } from '#core/data/stored.ts';
import { modelColour } from '../../runs/colours.ts';
import type { TrainingConfig } from '#core/settings/config.ts';
import { formatParameters, MODEL_TITLES } from '#core/format.ts';
import { Term } from '../../glossary/Term.tsx';
import { useTrainForm } from './form.ts';
import { MODEL_KINDS, MODEL_MEANINGS, modelSizes, type ModelKind, type ResidualChoice } from './plan.ts';
import styles from './ModelPicker.module.css';
import fieldStyles from './fields.module.css';

const BASELINES: readonly { readonly value: ResidualChoice; readonly label: string }[] = [
  { value: 'residual', label: 'of the better baseline' },
  { value: 'residual-rnn', label: 'of the RNN' },
  { value: 'residual-lstm', label: 'of the LSTM' },
];

interface ModelPickerProps {
  readonly config: TrainingConfig;
  readonly dataset: StoredDataset | undefined;
}

export function ModelPicker({ config, dataset }: ModelPickerProps) {
  const { kinds, residual } = useTrainForm();
  const choiceOf = (kind: ModelKind) => (kind === 'residual' ? residual : kind);
  const sizes = modelSizes(MODEL_KINDS.map(choiceOf), config, dataset);
  return (
    <fieldset className={styles.models}>
      <legend className={fieldStyles.label}>Models</legend>
      <Stack gap="sm">
        {MODEL_KINDS.map((kind) => (
          <div key={kind}>
            <div className={styles.line}>
              <Checkbox
                checked={kinds.includes(kind)}
                onChange={(event) => tick(kind, event.currentTarget.checked)}
                label={MODEL_TITLES[kind]}
                aria-describedby={`meaning-${kind}`}
                color={modelColour(kind)}
                iconColor="var(--mantine-color-body)"
              />
              <span className={styles.size}>
                {kind === 'residual' && <Term of="residual connection" />}
                <span className="figure" title="Trainable parameters">
                  {(sizes.get(choiceOf(kind)) ?? []).map(({ parameters }) => formatParameters(parameters)).join(' or ')}
                </span>
              </span>
            </div>
            <Text size="xs" c="dimmed" className={styles.meaning} id={`meaning-${kind}`}>
              {MODEL_MEANINGS[kind]}
            </Text>
            {kind === 'residual' && kinds.includes('residual') && (
              <NativeSelect
                className={styles.baseline}
                size="xs"
                aria-label="Baseline of the residual model"
                data={[...BASELINES]}
                value={residual}
                onChange={(event) => {
                  const chosen = BASELINES.find(({ value }) => value === event.currentTarget.value);
                  if (chosen) useTrainForm.setState({ residual: chosen.value });
                }}
              />
            )}
          </div>
        ))}
      </Stack>
    </fieldset>
  );
}

function tick(kind: ModelKind, on: boolean): void {
  useTrainForm.setState(({ kinds }) => ({
    kinds: MODEL_KINDS.filter((one) => (one === kind ? on : kinds.includes(one))),
  }));
}
