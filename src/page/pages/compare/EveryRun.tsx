/** A row for every shown run: the settings that differ, and lowest, highest, last and best value of one measure. */
import { NativeSelect, Table, Text, UnstyledButton } from '@mantine/core';
import { clsx } from 'clsx';
import { useMemo, useState } from 'react';
import { UntrustedText } from '../../ui/UntrustedText.tsx';
import { formatLoss, NO_FIGURE } from '#core/format.ts';
import { inSentence, metricOf, SHOWN } from '#core/metrics/registry.ts';
import { ascending, descending } from '#core/order.ts';
import { runSetting, runSettingTitle, settingsThatDiffer } from '#core/runs/runNames.ts';
import type { RunRecord } from '#core/runs/run.ts';
import type { RunStyles } from '../../runs/runStyle.ts';
import shared from '../../ui/shared.module.css';
import styles from './ComparisonTable.module.css';

interface Measure {
  readonly title: string;
  readonly of: (epoch: RunRecord['epochs'][number]) => number;
  readonly better: 'more' | 'less';
  readonly format: (value: number) => string;
}

const measuresOn = (part: 'train' | 'validation', of: string): readonly Measure[] =>
  SHOWN.everyRun[part].map((name) => {
    const { title, better, format } = metricOf(name);
    return { title: `${of} ${inSentence(title)}`, of: (epoch) => epoch[part][name], better, format };
  });

const MEASURES: readonly Measure[] = [
  ...measuresOn('validation', 'Validation'),
  ...measuresOn('train', 'Training'),
  { title: 'Gradient norm', of: ({ gradientNorm }) => gradientNorm.mean, better: 'less', format: formatLoss },
];

type Column = 'name' | 'min' | 'max' | 'last' | 'best';
const COLUMNS: readonly { readonly id: Column; readonly title: string }[] = [
  { id: 'min', title: 'Lowest' },
  { id: 'max', title: 'Highest' },
  { id: 'last', title: 'Last' },
  { id: 'best', title: 'At the best epoch' },
];

interface EveryRunProps {
  readonly runs: readonly RunRecord[];
  readonly look: RunStyles;
}

export function EveryRun({ runs, look }: EveryRunProps) {
  const [title, setTitle] = useState('Validation perplexity');
  const [order, setOrder] = useState<{ readonly column: Column; readonly down: boolean }>({
    column: 'best',
    down: false,
  });
  const measure = MEASURES.find((one) => one.title === title) ?? MEASURES[0]!;
  const settings = useMemo(() => settingsThatDiffer(runs), [runs]);
  const rows = useMemo(() => {
    const all = runs.map((run) => ({ run, name: look.labelOf(run), ...rangeOf(run, measure) }));
    const compare = order.down ? descending : ascending;
    return all.toSorted((a, b) => {
      if (order.column === 'name') {
        return (order.down ? -1 : 1) * a.name.localeCompare(b.name, 'en', { numeric: true });
      }
      // a run without an epoch comes last in either direction
      return compare(a[order.column] ?? Number.NaN, b[order.column] ?? Number.NaN);
    });
  }, [runs, look, measure, order]);

  const head = (column: Column, text: string) => (
    <Table.Th
      key={column}
      aria-sort={order.column === column ? (order.down ? 'descending' : 'ascending') : 'none'}
      scope="col"
    >
      <UnstyledButton
        className={styles.sortButton}
        onClick={() => setOrder((before) => ({ column, down: before.column === column && !before.down }))}
      >
        {text}
        <span aria-hidden>{order.column === column ? (order.down ? ' ↓' : ' ↑') : ''}</span>
      </UnstyledButton>
    </Table.Th>
  );
  return (
    <>
      <div className={styles.part}>
        <NativeSelect
          size="xs"
          aria-label="Measure"
          data={MEASURES.map((one) => one.title)}
          value={title}
          onChange={({ currentTarget }) => setTitle(currentTarget.value)}
        />
        <Text size="xs" c="dimmed">
          {settings.length > 0 ? 'Only settings that differ are shown.' : 'All settings are the same.'}
        </Text>
      </div>
      <Table.ScrollContainer minWidth={560} type="native" tabIndex={0} mah={420}>
        <Table
          verticalSpacing={6}
          horizontalSpacing="sm"
          className={clsx(shared.stickyFirstColumn, styles.table)}
          aria-label="Results per run"
        >
          <Table.Thead>
            <Table.Tr>
              {head('name', 'Run')}
              {settings.map((setting) => (
                <Table.Th key={setting} scope="col">
                  {runSettingTitle(setting)}
                </Table.Th>
              ))}
              {COLUMNS.map(({ id, title: text }) => head(id, text))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {rows.map(({ run, name, min, max, last, best }) => (
              <Table.Tr key={run.id}>
                <Table.Th scope="row">
                  <span className={shared.modelName}>
                    <span className={shared.swatch} style={{ background: look.colourOf(run) }} aria-hidden />
                    <UntrustedText text={name} />
                  </span>
                </Table.Th>
                {settings.map((setting) => (
                  <Table.Td key={setting} className={shared.figure}>
                    <UntrustedText text={runSetting(run, setting)} />
                  </Table.Td>
                ))}
                {[min, max, last, best].map((value, at) => (
                  // oxlint-disable-next-line react/no-array-index-key -- the four columns keep their places
                  <Table.Td key={at} className={shared.figure}>
                    {value === null ? NO_FIGURE : measure.format(value)}
                    {at === 3 && run.bestEpoch !== null && <span className={styles.note}>epoch {run.bestEpoch}</span>}
                  </Table.Td>
                ))}
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </>
  );
}

type Range = Readonly<Record<Exclude<Column, 'name'>, number | null>>;

function rangeOf({ epochs, bestEpoch }: RunRecord, { of }: Measure): Range {
  const last = epochs.at(-1);
  if (!last) return { min: null, max: null, last: null, best: null };
  const values = epochs.map(of).toSorted(ascending);
  const highest = values.findLast((value) => !Number.isNaN(value)) ?? Number.NaN;
  const best = epochs.find(({ epoch }) => epoch === bestEpoch);
  return { min: values[0]!, max: highest, last: of(last), best: best ? of(best) : null };
}
