/** The room a visit starts in: what to train on the left, how it goes on the right. */
import './train.css';
import { Button, Drawer, Stack, Text, Title } from '@mantine/core';
import { useDisclosure, useMediaQuery } from '@mantine/hooks';
import { IconAdjustments } from '@tabler/icons-react';
import { useEffect } from 'react';
import { ChartControls } from '../../charts/ChartControls.tsx';
import { RunCharts } from '../../charts/RunCharts.tsx';
import { showSteps } from '../../lab/runActions.ts';
import { useRuns } from '../../lab/stores.ts';
import { Word } from '../words/Word.tsx';
import { ConfigPanel } from './ConfigPanel.tsx';
import { RunLines } from './RunLines.tsx';
import { StatusStrip } from './StatusStrip.tsx';
import { useShownExperiment } from './shownExperiment.ts';
import { TrainButton } from './TrainButton.tsx';

const EXPLAIN = { loss: <Word of="loss" />, top5: <Word of="top-5" />, perplexity: <Word of="perplexity" /> };

export function TrainRoom() {
  const narrow = useMediaQuery('(max-width: 960px)', undefined, { getInitialValueInEffect: false });
  const [open, sheet] = useDisclosure(false);
  const shown = useShownExperiment();
  const steps = useRuns((state) => state.steps);
  const ids = shown.runs.map(({ id }) => id).join();
  useEffect(() => void showSteps(ids === '' ? [] : ids.split(',')), [ids]);
  const first = shown.runs.length === 0 && shown.planned.length === 0;

  return (
    <div className="train-room">
      <h1 className="visually-hidden">Train</h1>
      {narrow ? (
        <div className="train-narrow">
          <Button
            variant="default"
            fullWidth
            leftSection={<IconAdjustments size={16} aria-hidden />}
            onClick={sheet.open}
          >
            What to train
          </Button>
          <Drawer
            opened={open}
            onClose={sheet.close}
            position="left"
            size={380}
            title="What to train"
            closeButtonProps={{ 'aria-label': 'Close' }}
          >
            <ConfigPanel onStarted={sheet.close} />
          </Drawer>
        </div>
      ) : (
        <aside className="sheet train-config" aria-label="What to train">
          <ConfigPanel />
        </aside>
      )}
      <Stack gap="md" className="train-main">
        {first && <Welcome />}
        <StatusStrip />
        <section className="sheet" aria-label="Charts">
          <ChartControls />
          <RunCharts runs={shown.runs} steps={steps} subject={shown.experiment ?? 'none'} explain={EXPLAIN} />
        </section>
        {!first && <RunLines shown={shown} />}
      </Stack>
    </div>
  );
}

function Welcome() {
  return (
    <section className="sheet train-welcome" aria-label="What this is">
      <Title order={2} size="h1">
        Teach three small networks to complete Python
      </Title>
      <Text mt={6} maw="68ch">
        Press the button, and this page loads real Python code and trains an RNN, an LSTM and a residual variant of the
        better one, one after the other. Each reads code token by token
        <Word of="token" /> and learns to guess the next. The curves below show how much better it gets with every
        epoch.
        <Word of="epoch" />
      </Text>
      <Text mt={6} maw="68ch" c="dimmed" size="sm">
        Everything is computed and kept in this browser; nothing is sent anywhere. You can pause, look around, or stop
        at any time: you can’t break it.
      </Text>
      <div className="train-welcome-button">
        <TrainButton />
      </div>
    </section>
  );
}
