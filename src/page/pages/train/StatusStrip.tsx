/** The current training: model, progress, speed, time left, and buttons to pause or stop it. */
import { Button, Group, Progress, Text } from '@mantine/core';
import { IconPlayerPause, IconPlayerPlay, IconPlayerStop, IconPlayerTrackNext, IconRefresh } from '@tabler/icons-react';
import { clsx } from 'clsx';
import { useShallow } from 'zustand/react/shallow';
import { modelTitle } from '#core/models/registry.ts';
import { modelColour } from '../../runs/colours.ts';
import {
  formatBytes,
  formatCount,
  formatLoss,
  formatPercent,
  formatStepRate,
  formatTimeLeft,
  formatTokenRate,
} from '#core/format.ts';
import { cancelDownload, pauseTraining, resumeTraining, stepTraining, stopTraining } from '../../client/actions.ts';
import { hasPending } from '#core/experiments/pending.ts';
import { useShownQueue } from '../../client/queue.ts';
import { modelPlace, PHASE_TITLES, shareDone } from '../../client/progress.ts';
import { useActivity, useDatasets, useRuns } from '../../client/stores.ts';
import { ConfirmButton } from '../../ui/ConfirmButton.tsx';
import { DownloadBar } from '../../ui/DownloadBar.tsx';
import { useTrainForm } from './form.ts';
import { restartNow, useChanged } from './restart.ts';
import shared from '../../ui/shared.module.css';
import styles from './StatusStrip.module.css';

/** Seconds left from which the user is expected to leave. */
const LONG = 120;

const STATES = {
  training: 'Training',
  pausing: 'Pausing',
  paused: 'Paused',
  stopping: 'Stopping',
  watching: 'Training in another tab',
} as const;

export function StatusStrip() {
  const activity = useActivity((state) => state.activity);
  const download = useDatasets((state) => state.download);
  const starting = useTrainForm((state) => state.starting);
  if (activity.state === 'idle') {
    if (!starting) return null;
    return (
      <section className={shared.sheet} aria-label="Status">
        {download ? (
          <DownloadBar progress={download.progress} onCancel={() => void cancelDownload()} />
        ) : (
          <Text size="sm">Preparing the first model.</Text>
        )}
      </section>
    );
  }
  const { state } = activity;
  const place = modelPlace(activity);
  return (
    <section className={shared.sheet} aria-label="Status">
      <div className={styles.head}>
        <Text fw={600} component="output">
          {STATES[state]}
          <CurrentModel runId={activity.current} />
        </Text>
        {place && (
          <Text size="sm" c="dimmed">
            model {place.at} of {place.of}
          </Text>
        )}
        {state !== 'watching' && <Buttons state={state} />}
      </div>
      {state !== 'watching' && <ChangedNote />}
      <ProgressLine paused={state === 'paused'} />
    </section>
  );
}

function Buttons({ state }: { readonly state: 'training' | 'pausing' | 'paused' | 'stopping' }) {
  const queued = useShownQueue().some(hasPending);
  return (
    <Group gap="xs" className={styles.buttons}>
      {state === 'paused' ? (
        <Button size="xs" leftSection={<IconPlayerPlay size={14} aria-hidden />} onClick={() => void resumeTraining()}>
          Resume
        </Button>
      ) : (
        <Button
          size="xs"
          variant="default"
          leftSection={<IconPlayerPause size={14} aria-hidden />}
          disabled={state !== 'training'}
          onClick={() => void pauseTraining()}
        >
          Pause
        </Button>
      )}
      <Button
        size="xs"
        variant="default"
        leftSection={<IconPlayerTrackNext size={14} aria-hidden />}
        disabled={state !== 'paused'}
        title="Run one training step, then pause again"
        onClick={() => void stepTraining()}
      >
        Step
      </Button>
      <ConfirmButton
        size="xs"
        label="Stop"
        icon={<IconPlayerStop size={14} aria-hidden />}
        question={`Stop the training? Finished epochs and the best weights so far are kept.${queued ? ' What waits stays in the queue.' : ''}`}
        confirm="Stop training"
        keep="Keep training"
        disabled={state === 'stopping'}
        onConfirm={() => void stopTraining()}
      />
      <ConfirmButton
        size="xs"
        label="Restart"
        icon={<IconRefresh size={14} aria-hidden />}
        question="Stop this training and start again with the current settings? Finished epochs and the best weights so far are kept."
        confirm="Restart training"
        keep="Keep training"
        disabled={state === 'stopping'}
        onConfirm={() => void restartNow()}
      />
    </Group>
  );
}

function CurrentModel({ runId }: { readonly runId: string | null }) {
  const model = useRuns(({ runs }) => (runId ? runs[runId]?.model : undefined));
  if (!model) return null;
  return (
    <>
      {' '}
      <span className={shared.swatch} style={{ background: modelColour(model) }} aria-hidden /> {modelTitle(model)}
    </>
  );
}

function ChangedNote() {
  if (useChanged() !== true) return null;
  return (
    <Text size="xs" className={styles.changed} component="output">
      Changed settings apply after a restart.
    </Text>
  );
}

function ProgressLine({ paused }: { readonly paused: boolean }) {
  const progress = useActivity(useShallow((state) => state.progress));
  const norm = useRuns(({ steps }) => (progress ? steps[progress.runId]?.gradientNorm.at(-1) : undefined));
  if (!progress) {
    return (
      <Text size="sm" c="dimmed" mt={8}>
        Preparing the model and its data.
      </Text>
    );
  }
  const { phase, epoch, epochs, step, steps, tokensPerSecond, stepsPerSecond, secondsLeft, deviceBytes } = progress;
  const { dataWaitShare } = progress;
  return (
    <>
      <Progress.Root size="md" my={10}>
        <Progress.Section value={shareDone(progress) * 100} aria-label="Progress of this model" />
      </Progress.Root>
      <div className={clsx(shared.statusFigures, shared.figure)}>
        <span>
          epoch <b>{epoch}</b> of {epochs}
        </span>
        <span>
          {PHASE_TITLES[phase]}
          {steps > 0 && (
            <>
              , step <b>{formatCount(step)}</b> of {formatCount(steps)}
            </>
          )}
        </span>
        {tokensPerSecond !== null && <b>{formatTokenRate(tokensPerSecond)}</b>}
        {stepsPerSecond !== null && <span>{formatStepRate(stepsPerSecond)}</span>}
        {secondsLeft !== null && (
          <span title="If this model trains for all its epochs">
            {paused ? 'paused' : `${formatTimeLeft(secondsLeft)} left`}
          </span>
        )}
        {norm !== undefined && <span title="Over all weights, before clipping">gradient norm {formatLoss(norm)}</span>}
        {dataWaitShare !== null && (
          <span title="Share of the time of the latest steps">waiting for data {formatPercent(dataWaitShare)}</span>
        )}
        {deviceBytes > 0 && <span title="Allocated on the device">{formatBytes(deviceBytes)}</span>}
      </div>
      {!paused && secondsLeft !== null && secondsLeft > LONG && (
        <Text size="xs" c="dimmed" mt={6}>
          You can switch to another tab: the browser then draws this page less often, but training continues. The screen
          stays on while this tab is visible. Training pauses while the computer sleeps. Progress is saved as it trains.
        </Text>
      )}
    </>
  );
}
