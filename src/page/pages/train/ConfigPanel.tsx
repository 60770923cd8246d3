/** Everything a training depends on: data set, preset, models, device, seed, and every number in folds. */
import { Anchor, Button, NativeSelect, SegmentedControl, Stack, Text } from '@mantine/core';
import { lazy, Suspense } from 'react';
import { Link } from 'wouter';
import { visibleText } from '#core/visibleText.ts';
import { PRESETS, type Preset } from '#core/settings/presets.ts';
import { formatBytes } from '#core/format.ts';
import { useConnection, useDatasets } from '../../client/stores.ts';
import { Term } from '../../glossary/Term.tsx';
import { lazyImport } from '../../ui/lazyImport.ts';
import { DevicePicker } from './DevicePicker.tsx';
import { Facts } from './Facts.tsx';
import { checkForm, useChosenDataset, useTrainForm } from './form.ts';
import { ModelPicker } from './ModelPicker.tsx';
import { NumberFields } from './NumberFields.tsx';
import { NumberField } from './NumberField.tsx';
import { TrainWithPytorch } from './TrainWithPytorch.tsx';
import { PRESET_MEANINGS, presetFor } from './plan.ts';
import { FindRate } from './rateFinder/FindRate.tsx';
import { SearchFields } from './SearchFields.tsx';
import { ThreadPicker } from './ThreadPicker.tsx';
import { TrainButton } from './TrainButton.tsx';
import styles from './ConfigPanel.module.css';
import fieldStyles from './fields.module.css';

// nothing is planned without a data set, which a first visit has none of
const Memory = lazy(async () => ({
  default: (await lazyImport(() => import('./Memory.tsx'))).Memory,
}));

export function ConfigPanel({ onStarted }: { readonly onStarted?: () => void }) {
  const { preset, draft, sample, halving } = useTrainForm();
  const { chosen } = useChosenDataset();
  const checked = checkForm({ preset, draft, sample }, chosen?.stored);
  const base = presetFor(preset, chosen?.stored);
  const changed = Object.keys(draft).length;
  const sizeUnknown = chosen?.stored === undefined;

  return (
    <div className={styles.config}>
      <Stack gap="lg" className={styles.body}>
        <DatasetPicker />
        <div>
          <Text className={fieldStyles.label} id="preset-label">
            Preset
          </Text>
          <SegmentedControl
            fullWidth
            aria-labelledby="preset-label"
            data={PRESETS.map((value) => ({ value, label: value }))}
            value={preset}
            onChange={(value) => {
              const known = PRESETS.find((one) => one === value);
              if (known) choosePreset(known);
            }}
          />
          <Text size="xs" c="dimmed" mt={6}>
            {PRESET_MEANINGS[preset]}
          </Text>
        </div>
        <ModelPicker config={checked.config ?? base} dataset={chosen?.stored} />
        <DevicePicker />
        <ThreadPicker />
        <NumberField
          name="seed"
          preset={base}
          sizeUnknown={sizeUnknown}
          error={checked.errors?.['seed']}
          word={<Term of="seed" />}
        />
        <NumberFields preset={base} sizeUnknown={sizeUnknown} errors={checked.errors ?? {}} />
        <SearchFields />
        {(changed > 0 || sample !== undefined || halving !== undefined) && (
          <Button
            variant="subtle"
            size="compact-xs"
            onClick={() => useTrainForm.setState({ draft: {}, sample: undefined, halving: undefined })}
          >
            Reset to preset
          </Button>
        )}
      </Stack>
      <div className={styles.foot}>
        <Facts config={checked.config} dataset={chosen?.stored} />
        {chosen?.stored && (
          <Suspense>
            <Memory config={checked.config} dataset={chosen.stored} />
          </Suspense>
        )}
        <TrainButton fullWidth onStarted={onStarted} />
        <FindRate />
        <TrainWithPytorch config={checked.config} datasetId={chosen?.id ?? null} dataset={chosen?.stored} />
      </div>
    </div>
  );
}

/** A seed is chosen for its own sake; the other numbers belong to the preset that they were changed from. */
function choosePreset(preset: Preset): void {
  useTrainForm.setState(({ draft }) => ({ preset, draft: 'seed' in draft ? { seed: draft.seed ?? null } : {} }));
}

function DatasetPicker() {
  const { choices, chosen } = useChosenDataset();
  const wanted = useTrainForm((state) => state.datasetId);
  const offered = useDatasets((state) => state.offered);
  const failed = useConnection(({ state }) => state === 'failed');
  if (failed && choices.length === 0) {
    return (
      <div>
        <Text className={fieldStyles.label}>Data set</Text>
        <Text size="sm" c="dimmed">
          Available once the lab is running.
        </Text>
      </div>
    );
  }
  if (choices.length === 0) {
    return (
      <div>
        <Text className={fieldStyles.label}>Data set</Text>
        <Text size="sm" c="dimmed">
          {offered.state === 'asking' ? (
            'Looking for data sets.'
          ) : (
            <>
              No data set yet.{' '}
              <Anchor component={Link} href="/data" size="sm" underline="always">
                Get a data set
              </Anchor>
            </>
          )}
        </Text>
      </div>
    );
  }
  const size = offered.state === 'known' ? offered.list.find(({ id }) => id === chosen?.id)?.bytes : undefined;
  const missing = wanted !== null && !chosen && offered.state !== 'asking';
  return (
    <NativeSelect
      label="Data set"
      {...(missing
        ? { error: `“${wanted}” is neither in this browser nor on this server. Choose another data set, or import it.` }
        : {})}
      data={[
        ...(chosen ? [] : [{ value: '', label: 'Choose a data set', disabled: true }]),
        ...choices.map(({ id, title }) => ({ value: id, label: visibleText(title) })),
      ]}
      value={chosen?.id ?? ''}
      onChange={({ currentTarget }) => useTrainForm.setState({ datasetId: currentTarget.value })}
      description={
        chosen?.stored
          ? 'Stored in this browser.'
          : `Downloaded once, when training starts${size ? ` (${formatBytes(size)})` : ''}.`
      }
      inputWrapperOrder={['label', 'input', 'description', 'error']}
    />
  );
}
