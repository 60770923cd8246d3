/** The first page of a visit: the settings on the left, the training on the right. */
import { Alert, Stack, Tabs, Text, Title } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { clsx } from 'clsx';
import { lazy, Suspense, useEffect, useState } from 'react';
import { NoRunCharts } from '../../runs/NoRunCharts.tsx';
import { hasPending } from '#core/experiments/pending.ts';
import type { RunRecord } from '#core/runs/run.ts';
import { useShownQueue } from '../../client/queue.ts';
import { showSteps } from '../../client/runActions.ts';
import { useActivity, useRuns } from '../../client/stores.ts';
import { DamagedRecords } from '../../runs/DamagedRecords.tsx';
import { Term } from '../../glossary/Term.tsx';
import { ConfigPanel } from './ConfigPanel.tsx';
import { useShownExperiment, type ShownExperiment } from './shownExperiment.ts';
import { TrainButton } from './TrainButton.tsx';
import { useTrainForm } from './form.ts';
import { useLinkNotes } from './useLink.ts';
import { lazyImport } from '../../ui/lazyImport.ts';
import shared from '../../ui/shared.module.css';
import styles from './TrainPage.module.css';
import configStyles from './ConfigPanel.module.css';

// A first visit has no runs yet.
const WhatYouSee = lazy(async () => ({
  default: (await lazyImport(() => import('./WhatYouSee.tsx'))).WhatYouSee,
}));
const ChartControls = lazy(async () => ({
  default: (await lazyImport(() => import('../../charts/ChartControls.tsx'))).ChartControls,
}));
const StatusStrip = lazy(async () => ({
  default: (await lazyImport(() => import('./StatusStrip.tsx'))).StatusStrip,
}));
const ResumePanel = lazy(async () => ({
  default: (await lazyImport(() => import('./ResumePanel.tsx'))).ResumePanel,
}));
const QueuePanel = lazy(async () => ({
  default: (await lazyImport(() => import('./QueuePanel.tsx'))).QueuePanel,
}));
const RunCharts = lazy(async () => ({
  default: (await lazyImport(() => import('../../runs/RunCharts.tsx'))).RunCharts,
}));
const RunLines = lazy(async () => ({
  default: (await lazyImport(() => import('./RunLines.tsx'))).RunLines,
}));

const NO_RUNS: readonly RunRecord[] = [];

const NARROW = '(max-width: 960px)';

export function TrainPage() {
  const narrow = useMediaQuery(NARROW, undefined, { getInitialValueInEffect: false });
  const shown = useShownExperiment();
  const ids = shown.runs.map(({ id }) => id).join();
  useEffect(() => void showSteps(ids === '' ? [] : ids.split(',')), [ids]);
  return (
    <>
      <h1 className={shared.visuallyHidden}>Train</h1>
      <LinkNotes />
      {narrow ? <NarrowPage shown={shown} /> : <WidePage shown={shown} />}
    </>
  );
}

/** Nothing before a first training. */
function Status() {
  const idle = useActivity(({ activity }) => activity.state === 'idle');
  const starting = useTrainForm((form) => form.starting);
  if (idle && !starting) return null;
  return (
    <Suspense>
      <StatusStrip />
    </Suspense>
  );
}

function WidePage({ shown }: { readonly shown: ShownExperiment }) {
  return (
    <div className={styles.page}>
      <aside className={clsx(shared.sheet, configStyles.aside)} aria-label="Training settings">
        <ConfigPanel />
      </aside>
      <Stack gap="md">
        <Status />
        <Watch shown={shown} />
      </Stack>
    </div>
  );
}

/** The settings or the charts, one at a time; the progress is above both. */
function NarrowPage({ shown }: { readonly shown: ShownExperiment }) {
  const [tab, setTab] = useState<string | null>('charts');
  return (
    <Stack gap="md">
      <Status />
      <Tabs value={tab} onChange={setTab} keepMounted={false}>
        <Tabs.List grow mb="md">
          <Tabs.Tab value="charts">Charts</Tabs.Tab>
          <Tabs.Tab value="settings">Settings</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="charts">
          <Stack gap="md">
            <Watch shown={shown} />
          </Stack>
        </Tabs.Panel>
        <Tabs.Panel value="settings">
          <aside className={shared.sheet} aria-label="Training settings">
            <ConfigPanel onStarted={() => setTab('charts')} />
          </aside>
        </Tabs.Panel>
      </Tabs>
    </Stack>
  );
}

function Watch({ shown }: { readonly shown: ShownExperiment }) {
  const steps = useRuns((state) => state.steps);
  const first = shown.runs.length === 0 && shown.planned.length === 0;
  const queue = useShownQueue();
  const hasQueue = queue.length > 0;
  // there it is gone on with
  const inQueue = queue.some((record) => record.id === shown.experiment && hasPending(record));
  return (
    <>
      {first && <Welcome />}
      <Suspense>{hasQueue && <QueuePanel />}</Suspense>
      {!first && (
        <Suspense>
          <ResumePanel runs={inQueue ? NO_RUNS : shown.runs} />
        </Suspense>
      )}
      {!first && (
        <Suspense>
          <WhatYouSee shown={shown} />
        </Suspense>
      )}
      <section className={shared.sheet} aria-label="Charts">
        {!first && (
          <Suspense>
            <ChartControls />
          </Suspense>
        )}
        {shown.configuration !== null && (
          <Text size="sm" c="dimmed" mb="xs">
            Of this experiment one configuration is shown here: {shown.configuration}. Compare shows all of them.
          </Text>
        )}
        {first ? (
          <NoRunCharts />
        ) : (
          <Suspense fallback={<NoRunCharts />}>
            <RunCharts runs={shown.runs} steps={steps} page="train" subject={shown.experiment ?? 'none'} />
          </Suspense>
        )}
      </section>
      {!first && (
        <Suspense>
          <RunLines shown={shown} />
        </Suspense>
      )}
      <DamagedRecords of="runs" />
    </>
  );
}

/** The parts of the address that could not be applied. */
function LinkNotes() {
  const ignored = useLinkNotes((state) => state.ignored);
  if (ignored.length === 0) return null;
  return (
    <Alert
      mb="md"
      color="gray"
      title="Parts of this link could not be read"
      withCloseButton
      closeButtonLabel="Dismiss"
      onClose={() => useLinkNotes.setState({ ignored: [] })}
    >
      {ignored.map((sentence) => (
        <Text key={sentence} size="sm">
          {sentence}
        </Text>
      ))}
    </Alert>
  );
}

function Welcome() {
  return (
    <section className={shared.sheet} aria-label="Introduction">
      <Title order={2} size="h1">
        Teach three small networks to complete Python
      </Title>
      <Text mt={6} maw="68ch">
        Click the button to load real Python code and train an RNN, an LSTM and a residual variant of the better one,
        one after the other. Each reads code token by token <Term of="token" className={styles.welcomeTerm} /> and
        learns to predict the next one. The curves below show how it improves with every epoch.{' '}
        <Term of="epoch" className={styles.welcomeTerm} />
      </Text>
      <Text mt={6} maw="68ch" c="dimmed" size="sm">
        Everything is computed and stored in this browser; nothing is sent anywhere. You can pause, look around or stop
        at any time. You can’t break anything.
      </Text>
      <div className={styles.welcomeButton}>
        <TrainButton />
      </div>
    </section>
  );
}
