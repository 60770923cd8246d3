/** An interrupted run: what was saved, and how to resume it. */
import { Button, Text, Title } from '@mantine/core';
import { IconPlayerPlay } from '@tabler/icons-react';
import { lazy, Suspense, useId } from 'react';
import { UntrustedText } from '../../ui/UntrustedText.tsx';
import { formatCount } from '#core/format.ts';
import { runName } from '#core/runs/runNames.ts';
import type { RunRecord } from '#core/runs/run.ts';
import { resumeFromCheckpoint, useResume } from '../../client/resume.ts';
import { useActivity, useConnection, useRuns } from '../../client/stores.ts';
import { useTrainForm } from './form.ts';
import { threadsProblem } from './threads.ts';
import { lazyImport } from '../../ui/lazyImport.ts';
import shared from '../../ui/shared.module.css';

const ResumeQuestion = lazy(async () => ({
  default: (await lazyImport(() => import('./ResumeQuestion.tsx'))).ResumeQuestion,
}));

/** Factor on a learning rate at which the loss stopped being a number. */
const LOWER = 0.5;

export function ResumePanel({ runs }: { readonly runs: readonly RunRecord[] }) {
  const idle = useActivity(({ activity }) => activity.state === 'idle');
  const ready = useConnection((state) => state.state === 'ready');
  const preparing = useResume((state) => state.preparing);
  const labels = useRuns((state) => state.labels);
  const typed = useTrainForm((form) => form.threads);
  const titleId = useId();
  const broken = runs.find(({ state }) => state === 'interrupted' || state === 'failed');
  if (!ready || !idle || !broken) return <Question />;
  const { id, state, epochs, failure, config } = broken;
  const name = runName(broken, labels[id]);
  const notFinite = failure?.kind === 'not-finite';
  const lower = config.learningRate * LOWER;
  const wrong = threadsProblem(typed) !== null;
  const threads = typeof typed === 'number' && !wrong ? typed : undefined;
  return (
    <>
      <section className={shared.sheet} aria-labelledby={titleId}>
        <Title order={2} size="h4" id={titleId}>
          <UntrustedText text={name} /> {state === 'failed' ? 'failed' : 'was interrupted'}
        </Title>
        <Text size="sm" mt={4}>
          {epochs.length === 0 ? 'No epoch was finished. ' : `Finished epochs: ${formatCount(epochs.length)}. `}
          {notFinite
            ? `It can resume from its last checkpoint with a lower learning rate: ${lower} instead of ${config.learningRate}.`
            : 'It can resume from its last checkpoint, and reaches the same weights as without the interruption.'}
        </Text>
        <Button
          size="xs"
          mt="xs"
          loading={preparing === id}
          disabled={wrong}
          leftSection={<IconPlayerPlay size={14} aria-hidden />}
          onClick={() =>
            void resumeFromCheckpoint(id, notFinite ? { threads, learningRate: lower, anyway: true } : { threads })
          }
        >
          {notFinite ? 'Resume with a lower rate' : 'Resume'}
        </Button>
        {wrong && (
          <Text size="xs" c="dimmed" mt={6}>
            Correct the number of threads first.
          </Text>
        )}
      </section>
      <Question />
    </>
  );
}

function Question() {
  const asked = useResume((state) => state.asked);
  return (
    asked && (
      <Suspense>
        <ResumeQuestion asked={asked} />
      </Suspense>
    )
  );
}
