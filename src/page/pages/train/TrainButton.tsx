import { Button, Text } from '@mantine/core';
import { IconPlayerPlay, IconPlaylistAdd } from '@tabler/icons-react';
import { useId } from 'react';
import { useActivity, useConnection, useDatasets, useRuns } from '../../client/stores.ts';
import { formatCounted } from '#core/format.ts';
import { addToQueue, trainNow } from './begin.ts';
import { refusalOf, useFormExperiment } from './formExperiment.ts';
import { checkForm, useChosenDataset, useTrainForm } from './form.ts';
import { chosenModels, hasBaseline, trainLabel, disabledReason } from './plan.ts';
import { threadsOf } from './threads.ts';

interface TrainButtonProps {
  readonly fullWidth?: boolean;
  readonly onStarted?: (() => void) | undefined;
}

export function TrainButton({ fullWidth = false, onStarted }: TrainButtonProps) {
  const form = useTrainForm();
  const connection = useConnection(({ state }) => state);
  const devices = useConnection((state) => state.devices);
  const busy = useActivity(({ activity }) => activity.state !== 'idle');
  const asking = useDatasets(({ offered }) => offered.state === 'asking');
  const { chosen } = useChosenDataset();
  const { config } = checkForm(form, chosen?.stored);
  const baseline = useRuns(({ runs }) => hasBaseline(Object.values(runs), chosen?.stored, config));
  const reasonId = useId();
  const experiment = useFormExperiment();
  const readiness = {
    connection,
    hasDataset: chosen !== undefined,
    models: chosenModels(form.kinds, form.variants),
    config,
    valid: config !== null && threadsOf(form, devices) !== null,
    hasBaseline: baseline,
    refused: refusalOf(experiment),
  };
  const reason = disabledReason({ ...readiness, busy });
  const label =
    experiment.state === 'experiment'
      ? `Train ${formatCounted(experiment.items.length, 'run')}`
      : trainLabel(form.kinds);
  const looking = connection === 'ready' && !chosen && asking;
  return (
    <div>
      <Button
        size="md"
        fullWidth={fullWidth}
        leftSection={<IconPlayerPlay size={17} aria-hidden />}
        disabled={reason !== null || form.starting}
        aria-describedby={reason ? reasonId : undefined}
        onClick={() => {
          onStarted?.();
          void trainNow();
        }}
      >
        {form.starting ? 'Preparing' : label}
      </Button>
      {busy && (
        <Button
          mt="xs"
          size="xs"
          variant="default"
          fullWidth={fullWidth}
          leftSection={<IconPlaylistAdd size={15} aria-hidden />}
          disabled={form.starting || disabledReason({ ...readiness, busy: false }) !== null}
          onClick={() => {
            onStarted?.();
            void addToQueue();
          }}
        >
          Add to queue
        </Button>
      )}
      {reason && !form.starting && (
        <Text id={reasonId} size="xs" c="dimmed" mt={6}>
          {looking ? 'Looking for data sets.' : reason}
        </Text>
      )}
    </div>
  );
}
