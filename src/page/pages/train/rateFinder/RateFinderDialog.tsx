/** The curve of each model's loss while the learning rate rises, and the rate that it suggests. */
import { Button, Group, Modal, Progress, Stack, Text } from '@mantine/core';
import { modelTitle } from '#core/models/registry.ts';
import { formatSetting } from '#core/settings/words.ts';
import type { FoundRate, RateProgress } from '#contract/lab.ts';
import { stopFindingRates } from '../../../client/actions.ts';
import { useRateFinder, type RateFinderState } from '../../../client/stores.ts';
import { FailureNote } from '../../../ui/FailureNote.tsx';
import { useChosenDataset, useTrainForm } from '../form.ts';
import { presetFor } from '../plan.ts';
import { RateChart } from './RateChart.tsx';

interface RateFinderDialogProps {
  readonly onSearch: () => void;
  readonly onClose: () => void;
}

export function RateFinderDialog({ onSearch, onClose }: RateFinderDialogProps) {
  const search = useRateFinder((state) => state.search);
  const close = () => {
    if (search.state === 'working') void stopFindingRates();
    onClose();
  };
  return (
    <Modal opened onClose={close} title="Find a learning rate" size="lg" closeButtonProps={{ 'aria-label': 'Close' }}>
      <Stack gap="md">
        <Text size="sm">
          Each model trains for up to 100 steps while the rate rises from 0.00001 to 1. Where its loss falls, the rate
          is good; where the loss rises again, the rate is too high. Nothing is stored.
        </Text>
        <Outcome search={search} onClose={onClose} />
        <Group justify="flex-end">
          {search.state === 'working' ? (
            <Button variant="default" size="xs" onClick={() => void stopFindingRates()}>
              Stop
            </Button>
          ) : (
            <Button variant="default" size="xs" onClick={onSearch}>
              Search again
            </Button>
          )}
        </Group>
      </Stack>
    </Modal>
  );
}

function Outcome({ search, onClose }: { readonly search: RateFinderState } & Pick<RateFinderDialogProps, 'onClose'>) {
  switch (search.state) {
    case 'idle':
      return <Text size="sm">No search can start now. Correct the models and settings, or wait for the training.</Text>;
    case 'failed':
      return <FailureNote failure={search.failure} />;
    case 'working':
    case 'stopped':
      return (
        <>
          {search.state === 'working' && <Working progress={search.progress} />}
          {search.state === 'stopped' && <Text size="sm">Stopped before the end, so no rate is suggested.</Text>}
          {search.progress.map(({ choice, points }) => (
            <RateChart key={choice} model={choice} points={points} suggestion={null} />
          ))}
        </>
      );
    case 'done':
      return (
        <>
          {search.found.map((found) => (
            <Found key={found.choice} found={found} onClose={onClose} />
          ))}
          <Text size="xs" c="dimmed">
            The suggestion is the rate at which the loss falls fastest. There a step learns most, and the rate is far
            enough from where the loss rises. It is a start: runs with other rates decide.
          </Text>
        </>
      );
    default:
      return search satisfies never;
  }
}

function Working({ progress }: { readonly progress: readonly RateProgress[] }) {
  const last = progress.at(-1);
  const step = last?.points.length ?? 0;
  const words = last ? `${modelTitle(last.choice)}: step ${step} of ${last.steps}` : 'Getting ready';
  return (
    <div>
      <Text component="output" display="block" size="sm" mb={4}>
        {last ? `Training ${modelTitle(last.choice)}.` : 'Getting ready.'}
      </Text>
      <Progress.Root size="sm">
        <Progress.Section value={last ? (100 * step) / last.steps : 0} aria-label="Progress" aria-valuetext={words} />
      </Progress.Root>
      <Text size="xs" c="dimmed" mt={4} aria-hidden>
        {words}
      </Text>
    </div>
  );
}

function Found({ found, onClose }: { readonly found: FoundRate } & Pick<RateFinderDialogProps, 'onClose'>) {
  const { choice, points, suggestion } = found;
  const { chosen } = useChosenDataset();
  return (
    <div>
      <RateChart model={choice} points={points} suggestion={suggestion} />
      {suggestion === null ? (
        <Text size="sm">The loss never fell, so no rate is suggested. Check the other settings.</Text>
      ) : (
        <Button
          size="xs"
          onClick={() => {
            takeRate(suggestion, presetFor(useTrainForm.getState().preset, chosen?.stored).learningRate);
            onClose();
          }}
        >
          Use {formatSetting('learningRate', suggestion)}, from {modelTitle(choice)}
        </Button>
      )}
    </div>
  );
}

/** What equals the preset is not a change. */
function takeRate(learningRate: number, byPreset: number): void {
  useTrainForm.setState(({ draft: { learningRate: _before, ...others } }) => ({
    draft: learningRate === byPreset ? others : { ...others, learningRate },
  }));
}
