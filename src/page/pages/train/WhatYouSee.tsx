/** Explains in plain words what the curves show now, and the terms of their labels. */
import { ActionIcon } from '@mantine/core';
import { useLocalStorage } from '@mantine/hooks';
import { IconX } from '@tabler/icons-react';
import { clsx } from 'clsx';
import { NO_STEPS } from '#core/runs/stepTable.ts';
import { useActivity, useRuns } from '../../client/stores.ts';
import { GLOSSARY, type TermName } from '../../glossary/glossary.ts';
import { narrate } from './narrate/narrate.ts';
import type { ShownExperiment } from './shownExperiment.ts';
import { useConclusion } from './useConclusion.ts';
import shared from '../../ui/shared.module.css';
import styles from './WhatYouSee.module.css';

const TERMS_OF_TRAINING: readonly TermName[] = [
  'token',
  'epoch',
  'loss',
  'perplexity',
  'top-5',
  'unk',
  'early stopping',
  'residual connection',
  'ngramBaseline',
  'seed',
  'device',
];

export function WhatYouSee({ shown }: { readonly shown: ShownExperiment }) {
  const [open, setOpen] = useLocalStorage({ key: 'minicopilot.explain', defaultValue: true });
  const current = useActivity(({ activity }) => (activity.state === 'idle' ? null : activity.current));
  const run = shown.runs.find(({ id }) => id === current) ?? shown.runs.at(-1);
  const steps = useRuns(({ steps: all }) => (run ? all[run.id] : undefined)) ?? NO_STEPS;
  const conclusion = useConclusion(shown);
  if (!run) return null;
  return (
    <section className={clsx(shared.sheet, styles.panel)} aria-label="What you see">
      {open ? (
        <>
          <div className={styles.head}>
            <h2>What you see</h2>
            <ActionIcon variant="subtle" color="gray" aria-label="Hide the explanation" onClick={() => setOpen(false)}>
              <IconX size={15} aria-hidden />
            </ActionIcon>
          </div>
          {conclusion !== null && <p className={clsx(styles.text, styles.conclusion)}>{conclusion}</p>}
          <p className={styles.text}>
            {narrate(run, shown.runs, steps)
              .map(({ text }) => text)
              .join(' ')}
          </p>
        </>
      ) : (
        <button type="button" className={styles.open} onClick={() => setOpen(true)}>
          Explain what I see
        </button>
      )}
      <details className={styles.glossary}>
        <summary>Glossary</summary>
        <dl>
          {TERMS_OF_TRAINING.map((name) => (
            <div key={name}>
              <dt>{GLOSSARY[name].title}</dt>
              <dd>{GLOSSARY[name].text}</dd>
            </div>
          ))}
        </dl>
      </details>
    </section>
  );
}
