/** Which model completes, and which it is held against. */
import { Select, Text } from '@mantine/core';
import { memo, useMemo } from 'react';
import { modelColour } from '../../charts/colours.ts';
import { formatMoment, formatPercent, MODEL_TITLES } from '../../core/format.ts';
import { runName } from '../../core/runNames.ts';
import type { RunRecord } from '../../core/run.ts';
import { useRuns } from '../../lab/stores.ts';
import { useCompletion } from './completion.ts';
import { change, useSettings } from './settings.ts';

const UNDER_WAY: readonly RunRecord['state'][] = ['training', 'paused'];

interface PickerProps {
  /** That have weights, newest first. */
  readonly runs: readonly RunRecord[];
  readonly chosen: RunRecord;
}

export const ModelPicker = memo(function ModelPicker({ runs, chosen }: PickerProps) {
  const model = useCompletion((state) => state.model);
  const options = useOptions(runs);
  return (
    <>
      <Select
        label="Model"
        size="xs"
        data={options}
        leftSection={<Swatch run={chosen} />}
        renderOption={({ option }) => <Option runs={runs} id={option.value} label={option.label} />}
        value={chosen.id}
        allowDeselect={false}
        onChange={(runId) => change({ runId })}
      />
      <Text size="xs" c="dimmed" mt={4} aria-live="polite">
        {model === null ? 'Opening the model' : describe(chosen)}
      </Text>
    </>
  );
});

export const SecondPicker = memo(function SecondPicker({ runs, chosen }: PickerProps) {
  const secondId = useSettings((state) => state.secondId);
  const others = useMemo(() => runs.filter(({ id }) => id !== chosen.id), [runs, chosen.id]);
  const options = useOptions(others);
  const second = others.find(({ id }) => id === secondId);
  return (
    <Select
      label="Beside it"
      description={others.length === 0 ? 'Train another model to see the same text under both.' : undefined}
      size="xs"
      data={options}
      leftSection={second && <Swatch run={second} />}
      renderOption={({ option }) => <Option runs={others} id={option.value} label={option.label} />}
      disabled={others.length === 0}
      placeholder="no other model"
      clearable
      clearButtonProps={{ 'aria-label': 'No model beside it' }}
      value={second?.id ?? null}
      onChange={(id) => change({ secondId: id, ...(id === null ? {} : { colouring: 'difference' as const }) })}
    />
  );
});

function Swatch({ run }: { readonly run: RunRecord }) {
  return <span className="swatch" style={{ background: modelColour(run.model) }} aria-hidden />;
}

interface OptionProps {
  readonly runs: readonly RunRecord[];
  readonly id: string;
  readonly label: string;
}

function Option({ runs, id, label }: OptionProps) {
  const run = runs.find((each) => each.id === id);
  return (
    <span>
      {run && <Swatch run={run} />} {label}
    </span>
  );
}

function useOptions(runs: readonly RunRecord[]) {
  const labels = useRuns((state) => state.labels);
  return useMemo(
    () => runs.map((run) => ({ value: run.id, label: `${runName(run, labels[run.id])}, ${run.config.preset}` })),
    [runs, labels],
  );
}

function describe(run: RunRecord): string {
  const best = run.epochs.find(({ epoch }) => epoch === run.bestEpoch);
  const parts = [
    MODEL_TITLES[run.model],
    best ? `top-5 ${formatPercent(best.validation.top5)} on validation` : 'its weights alone were brought',
    UNDER_WAY.includes(run.state) ? `epoch ${run.bestEpoch}, still training` : formatMoment(run.createdAt),
  ];
  return parts.join(', ');
}
