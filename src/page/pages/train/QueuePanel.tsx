/** The queue: how far it is, what waits, and what the user can do about it. */
import { ActionIcon, Button, Group, Progress, Switch, Table, Text, Title } from '@mantine/core';
import {
  IconArrowDown,
  IconArrowUp,
  IconPlayerPlay,
  IconPlayerSkipForward,
  IconRepeat,
  IconX,
} from '@tabler/icons-react';
import { clsx } from 'clsx';
import { useId, useState, type ReactNode } from 'react';
import { hasPending, isPending } from '#core/experiments/pending.ts';
import type { QueueEdit } from '#core/experiments/queue.ts';
import { combinationCount } from '#core/experiments/pending.ts';
import type { ExperimentItem, ExperimentRecord, Halt } from '#core/experiments/record.ts';
import { formatCount, formatCounted, formatMoment, formatTimeLeft } from '#core/format.ts';
import { modelTitle } from '#core/models/registry.ts';
import { SETTING_NAMES } from '#core/settings/registry.ts';
import { formatSetting, shortTitle } from '#core/settings/words.ts';
import { editQueue, releaseExperiment, skipRun } from '../../client/actions.ts';
import { notificationPermission, useNotifications, wantNotifications } from '../../client/endOfTraining.ts';
import { countItems, outcomeInWords, useShownQueue } from '../../client/queue.ts';
import { useQueueShare, useSecondsLeft } from '../../client/queueTime.ts';
import { resumeFromCheckpoint } from '../../client/resume.ts';
import { useActivity } from '../../client/stores.ts';
import { modelColour } from '../../runs/colours.ts';
import { ConfirmButton } from '../../ui/ConfirmButton.tsx';
import { UntrustedText } from '../../ui/UntrustedText.tsx';
import shared from '../../ui/shared.module.css';
import styles from './QueuePanel.module.css';

/** More are a click away: a long list is no overview. */
const MAX_ROWS = 6;

const STATE_TITLES: Readonly<Record<ExperimentItem['state'], string>> = {
  queued: 'waiting',
  running: 'training',
  held: 'held for its rung',
  done: 'done',
  skipped: 'skipped',
  dropped: 'dropped by halving',
  failed: 'failed',
};

const HALT_TITLES: Readonly<Record<Halt['reason'], string>> = {
  paused: 'Paused.',
  stopped: 'Stopped.',
  interrupted: 'Interrupted when the lab was closed.',
  failed: 'Halted.',
};

export function QueuePanel() {
  const experiments = useShownQueue();
  const titleId = useId();
  const share = useQueueShare(experiments);
  const left = useSecondsLeft(experiments);
  const { all, ended, queued } = countItems(experiments);
  return (
    <section className={shared.sheet} aria-labelledby={titleId}>
      <div className={styles.head}>
        <Title order={2} size="h4" id={titleId}>
          Queue
        </Title>
        <NotifySwitch />
      </div>
      <Progress.Root size="md" my={10}>
        <Progress.Section value={share * 100} aria-label="Progress of the queue" />
      </Progress.Root>
      <div className={clsx(shared.statusFigures, shared.figure)}>
        <span>
          <b>{formatCount(ended)}</b> of {formatCounted(all, 'run')}
        </span>
        {queued > 0 && left !== null && (
          <span title="If every run trains for all its epochs">{formatTimeLeft(left)} left over all</span>
        )}
        {queued === 0 && <span>{outcomeInWords(experiments)}</span>}
      </div>
      {experiments.map((record) => (
        <Experiment key={record.id} record={record} hasTitle={experiments.length > 1} />
      ))}
    </section>
  );
}

function Experiment({ record, hasTitle }: { readonly record: ExperimentRecord; readonly hasTitle: boolean }) {
  const [showsAll, setShowsAll] = useState(false);
  const pending = record.items.filter(isPending).toSorted((a, b) => place(a) - place(b));
  const ended = record.items.filter((item) => !isPending(item));
  const rows = [...pending, ...ended];
  const shown = showsAll ? rows : rows.slice(0, MAX_ROWS);
  const queued = pending.filter(({ state }) => state === 'queued');
  return (
    <div className={styles.experiment}>
      {hasTitle && (
        <Title order={3} size="h6">
          Experiment of {formatMoment(record.createdAt)}, {formatCounted(combinationCount(record), 'configuration')}
        </Title>
      )}
      {record.halt !== null && hasPending(record) && <Halted record={record} halt={record.halt} />}
      <Table.ScrollContainer minWidth={460} type="native" tabIndex={0}>
        <Table verticalSpacing={4} horizontalSpacing={6} aria-label="Runs of the queue" className={styles.table}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Model</Table.Th>
              <Table.Th>Settings</Table.Th>
              <Table.Th>State</Table.Th>
              <Table.Th>
                <span className={shared.visuallyHidden}>Change</span>
              </Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {shown.map((item) => (
              <Row key={item.number} record={record} item={item} at={queued.indexOf(item)} of={queued.length} />
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
      {rows.length > MAX_ROWS && (
        <Button variant="subtle" size="compact-xs" aria-expanded={showsAll} onClick={() => setShowsAll(!showsAll)}>
          {showsAll ? 'Show fewer' : `Show all ${formatCount(rows.length)}`}
        </Button>
      )}
    </div>
  );
}

function place({ state, order }: ExperimentItem): number {
  return state === 'running' ? -Infinity : order;
}

function Halted({ record, halt }: { readonly record: ExperimentRecord; readonly halt: Halt }) {
  const busy = useActivity(({ activity }) => activity.state !== 'idle');
  const left = record.items.filter(isPending).length;
  // the strip above has the button that ends a pause
  const isPaused = halt.reason === 'paused' && busy;
  const running = record.items.find(({ state }) => state === 'running');
  const goOn = () => {
    // asks first if resuming would not be bit-identical
    if (halt.failure?.kind === 'other-bits' && running?.runId) return resumeFromCheckpoint(running.runId);
    return releaseExperiment(record.id);
  };
  return (
    <div className={styles.halted}>
      <Text size="sm">
        {HALT_TITLES[halt.reason]} {formatCounted(left, 'run')} left.{' '}
        {halt.failure && <UntrustedText text={`${halt.failure.what} ${halt.failure.remedy}`} />}
      </Text>
      {!isPaused && (
        <Group gap="xs">
          <Button size="xs" leftSection={<IconPlayerPlay size={14} aria-hidden />} onClick={() => void goOn()}>
            Continue
          </Button>
          <ConfirmButton
            label="Remove the rest"
            question="Remove what is left of this experiment from the queue? Runs that have begun are kept, and can be resumed."
            confirm="Remove"
            onConfirm={() => void editQueue({ type: 'clear', experiment: record.id })}
          />
        </Group>
      )}
    </div>
  );
}

interface RowProps {
  readonly record: ExperimentRecord;
  readonly item: ExperimentItem;
  /** Its place among those that wait, from 0; -1 where it does not. */
  readonly at: number;
  readonly of: number;
}

function Row({ record, item, at, of }: RowProps) {
  const training = useActivity(({ activity }) => (activity.state === 'idle' ? null : activity));
  const { state, failure, runId } = item;
  const settings = settingsOf(record, item);
  const name = [modelTitle(item.model), settings].filter(Boolean).join(', ');
  const ref = { experiment: record.id, item: item.number };
  const edit = (change: QueueEdit) => void editQueue(change);
  const isTraining = state === 'running' && training !== null && training.current === runId;
  const isOwn = isTraining && training.state !== 'watching';
  return (
    <Table.Tr>
      <Table.Td>
        <span className={shared.modelName}>
          <span className={shared.swatch} style={{ background: modelColour(item.model) }} aria-hidden />
          {modelTitle(item.model)}
        </span>
      </Table.Td>
      <Table.Td className={styles.settings}>{settings}</Table.Td>
      <Table.Td>
        {state === 'running' && !isTraining ? 'begun' : STATE_TITLES[state]}
        {failure && (
          <Text size="xs" c="dimmed">
            <UntrustedText text={failure.what} />
          </Text>
        )}
      </Table.Td>
      <Table.Td>
        <Group gap={2} wrap="nowrap" justify="flex-end">
          {state === 'queued' && (
            <>
              <Act label={`Move up: ${name}`} idle={at === 0} onClick={() => edit({ type: 'move', ref, by: -1 })}>
                <IconArrowUp size={15} aria-hidden />
              </Act>
              <Act label={`Move down: ${name}`} idle={at === of - 1} onClick={() => edit({ type: 'move', ref, by: 1 })}>
                <IconArrowDown size={15} aria-hidden />
              </Act>
            </>
          )}
          {isOwn && runId !== null && (
            <Act label={`Skip: ${name}`} onClick={() => void skipRun(runId)}>
              <IconPlayerSkipForward size={15} aria-hidden />
            </Act>
          )}
          {(state === 'queued' || state === 'held') && (
            <Act label={`Skip: ${name}`} onClick={() => edit({ type: 'skip', ref })}>
              <IconPlayerSkipForward size={15} aria-hidden />
            </Act>
          )}
          {(state === 'skipped' || state === 'dropped' || state === 'failed') && (
            <Act label={`Queue again: ${name}`} onClick={() => edit({ type: 'requeue', ref })}>
              <IconRepeat size={15} aria-hidden />
            </Act>
          )}
          {(state === 'queued' || state === 'skipped') && (
            <Act label={`Remove: ${name}`} onClick={() => edit({ type: 'remove', ref })}>
              <IconX size={15} aria-hidden />
            </Act>
          )}
        </Group>
      </Table.Td>
    </Table.Tr>
  );
}

interface ActProps {
  readonly label: string;
  /** It would change nothing; it keeps the focus all the same. */
  readonly idle?: boolean;
  readonly onClick: () => void;
  readonly children: ReactNode;
}

function Act({ label, idle = false, onClick, children }: ActProps) {
  return (
    <ActionIcon
      variant="subtle"
      color="gray"
      size="md"
      aria-label={label}
      title={label.split(':', 1)[0]}
      aria-disabled={idle || undefined}
      {...(idle ? { 'data-disabled': true } : {})}
      onClick={() => {
        if (!idle) onClick();
      }}
    >
      {children}
    </ActionIcon>
  );
}

/** What an item has that the others of its experiment have not all: `rate 0.002, seed 43`. */
function settingsOf({ items }: ExperimentRecord, { changes }: ExperimentItem): string {
  const varied = SETTING_NAMES.filter((name) => items.some((one) => one.changes[name] !== items[0]?.changes[name]));
  // seeds are pooled: they come last
  const inOrder = varied.toSorted((a, b) => Number(a === 'seed') - Number(b === 'seed'));
  return inOrder.map((name) => `${shortTitle(name)} ${formatSetting(name, changes[name] ?? null)}`).join(', ');
}

function NotifySwitch() {
  const wanted = useNotifications((state) => state.wanted);
  const [refused, setRefused] = useState(false);
  if (notificationPermission() === undefined) return null;
  return (
    <Switch
      size="xs"
      label="Notify me at the end"
      description={refused ? 'The browser does not allow notifications for this page.' : undefined}
      checked={wanted && notificationPermission() === 'granted'}
      onChange={({ currentTarget }) => {
        const { checked } = currentTarget;
        void wantNotifications(checked).then((allowed) => setRefused(checked && !allowed));
      }}
    />
  );
}
