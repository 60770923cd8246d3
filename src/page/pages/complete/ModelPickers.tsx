/** Chooses the model that completes, and the one that it is compared with. */
import { Select, Text } from '@mantine/core';
import { memo, useMemo } from 'react';
import { modelTitle } from '#core/models/registry.ts';
import { visibleText } from '#core/visibleText.ts';
import { modelColour } from '../../runs/colours.ts';
import { formatMoment, formatPercent } from '#core/format.ts';
import type { RunRecord } from '#core/runs/run.ts';
import { useCompletion } from './completion.ts';
import type { Model } from './models.ts';
import { useCompleteSettings } from '../../client/completeSettings.ts';
import shared from '../../ui/shared.module.css';

const UNDER_WAY: readonly RunRecord['state'][] = ['training', 'paused'];

interface PickerProps {
  readonly models: readonly Model[];
  readonly chosen: Model;
}

export const ModelPicker = memo(function ModelPicker({ models, chosen }: PickerProps) {
  const model = useCompletion((state) => state.model);
  const options = useOptions(models);
  return (
    <>
      <Select
        label="Model"
        size="xs"
        data={options}
        leftSection={<Swatch run={chosen.run} />}
        renderOption={({ option }) => <Option models={models} id={option.value} label={option.label} />}
        value={chosen.run.id}
        allowDeselect={false}
        onChange={(runId) => useCompleteSettings.setState({ runId })}
      />
      <Text size="xs" c="dimmed" mt={4} aria-live="polite">
        {model === null ? 'Opening the model' : describe(chosen)}
      </Text>
    </>
  );
});

export const SecondPicker = memo(function SecondPicker({ models, chosen }: PickerProps) {
  const secondId = useCompleteSettings((state) => state.secondId);
  const others = useMemo(() => models.filter(({ run }) => run.id !== chosen.run.id), [models, chosen.run.id]);
  const options = useOptions(others);
  const second = others.find(({ run }) => run.id === secondId);
  return (
    <Select
      label="Compare with"
      description={others.length === 0 ? 'Train another model to compare the two on this text.' : undefined}
      size="xs"
      data={options}
      leftSection={second && <Swatch run={second.run} />}
      renderOption={({ option }) => <Option models={others} id={option.value} label={option.label} />}
      disabled={others.length === 0}
      placeholder="no other model"
      clearable
      clearButtonProps={{ 'aria-label': 'Remove the second model' }}
      value={second?.run.id ?? null}
      onChange={(id) =>
        useCompleteSettings.setState({ secondId: id, ...(id === null ? {} : { colouring: 'difference' as const }) })
      }
    />
  );
});

function Swatch({ run }: { readonly run: RunRecord }) {
  return <span className={shared.swatch} style={{ background: modelColour(run.model) }} aria-hidden />;
}

interface OptionProps {
  readonly models: readonly Model[];
  readonly id: string;
  readonly label: string;
}

function Option({ models, id, label }: OptionProps) {
  const model = models.find(({ run }) => run.id === id);
  return (
    <span>
      {model && <Swatch run={model.run} />} {label}
    </span>
  );
}

function useOptions(models: readonly Model[]) {
  return useMemo(
    () => models.map(({ name, run }) => ({ value: run.id, label: `${visibleText(name)}, ${run.config.preset}` })),
    [models],
  );
}

function describe({ run, source }: Model): string {
  const best = run.epochs.find(({ epoch }) => epoch === run.bestEpoch);
  const parts = [
    modelTitle(run.model),
    best ? accuracyOf(best.validation) : 'imported weights, no metrics',
    source.address === null ? whenOf(run) : `included with the lab, trained on ${run.dataset.id}`,
  ];
  return parts.join(', ');
}

/** Top-5 also without the unknown tokens that it guessed, which cannot be inserted. */
function accuracyOf({ top5, top5Known }: RunRecord['epochs'][number]['validation']): string {
  const known =
    top5Known === undefined || Number.isNaN(top5Known)
      ? ''
      : ` (${formatPercent(top5Known)} if unknown tokens count as misses)`;
  return `top-5 ${formatPercent(top5)} on validation${known}`;
}

function whenOf({ state, bestEpoch, createdAt }: RunRecord): string {
  return UNDER_WAY.includes(state) ? `epoch ${bestEpoch}, still training` : formatMoment(createdAt);
}
