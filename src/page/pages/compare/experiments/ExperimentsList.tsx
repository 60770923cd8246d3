/** Every experiment in a line: what varies in it, how much was trained, and which configuration is best. Choosing one shows its runs. */
import { ActionIcon } from '@mantine/core';
import { IconDots } from '@tabler/icons-react';
import { useEffect, useMemo, useState } from 'react';
import { summaryOf, type ExperimentSummary } from '#core/experiments/table.ts';
import { formatCounted, formatLoss, formatMoment } from '#core/format.ts';
import { experimentLabelId } from '#core/runs/runLabel.ts';
import type { RunRecord } from '#core/runs/run.ts';
import { visibleText } from '#core/visibleText.ts';
import { experimentsOf } from '../../../client/experiments.ts';
import { chooseExperiment } from '../../../client/selection.ts';
import { useRuns } from '../../../client/stores.ts';
import { UntrustedText } from '../../../ui/UntrustedText.tsx';
import { loadCharts } from './charts.ts';
import { ExperimentSheet } from './ExperimentSheet.tsx';
import shared from '../../../ui/shared.module.css';
import styles from './ExperimentsList.module.css';

interface ExperimentsListProps {
  readonly runs: readonly RunRecord[];
  /** Id of the experiment whose runs the page shows; null where it shows others. */
  readonly shown: string | null;
}

export function ExperimentsList({ runs, shown }: ExperimentsListProps) {
  const labels = useRuns((state) => state.labels);
  const [opened, setOpened] = useState<string | null>(null);
  const lines = useMemo(
    () => experimentsOf(runs).map((experiment) => ({ ...experiment, summary: summaryOf(experiment.runs) })),
    [runs],
  );
  useEffect(() => {
    // choosing one is next; a part that cannot be loaded says so when it is needed
    loadCharts().catch(() => undefined);
  }, []);
  const sheet = lines.find(({ id }) => id === opened);
  return (
    <section className={styles.panel} aria-label="Experiments">
      <p className={styles.count}>{formatCounted(lines.length, 'experiment')}</p>
      <ul className={styles.list}>
        {lines.map(({ id, createdAt, summary }) => {
          const label = labels[experimentLabelId(id)];
          const name = label?.name ?? summary.title;
          return (
            <li key={id} className={styles.row} data-shown={id === shown || undefined}>
              <button type="button" aria-pressed={id === shown} onClick={() => chooseExperiment(id)}>
                <span className={styles.name}>
                  <UntrustedText text={name} />
                </span>
                <span className={shared.figure}>
                  {formatMoment(createdAt)}, {countsInWords(summary)}
                </span>
                {summary.best && (
                  <span className={shared.figure}>
                    best: loss {formatLoss(summary.best.loss)}, {formatCounted(summary.best.seeds, 'seed')},{' '}
                    <UntrustedText text={summary.best.title} />
                  </span>
                )}
                {label?.notes && (
                  <span className={styles.notes}>
                    <UntrustedText text={label.notes} />
                  </span>
                )}
              </button>
              <ActionIcon
                variant="subtle"
                color="gray"
                size={26}
                aria-label={`Name and notes of ${visibleText(name)}`}
                onClick={() => setOpened(id)}
              >
                <IconDots size={15} aria-hidden />
              </ActionIcon>
            </li>
          );
        })}
      </ul>
      <ExperimentSheet
        experiment={sheet ? { id: sheet.id, title: sheet.summary.title } : null}
        onClose={() => setOpened(null)}
      />
    </section>
  );
}

function countsInWords({ configurations, runs, measured, seeds }: ExperimentSummary): string {
  const trained = measured < runs ? `${measured} of ${formatCounted(runs, 'run')}` : formatCounted(runs, 'run');
  return [formatCounted(configurations, 'configuration'), trained, formatCounted(seeds, 'seed')].join(', ');
}
