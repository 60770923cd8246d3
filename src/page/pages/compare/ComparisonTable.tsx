/** The comparison as a table: a row per model and configuration, with pooled seeds and differences to the baseline with intervals. */
import { SegmentedControl, Table, Text } from '@mantine/core';
import { clsx } from 'clsx';
import { useState } from 'react';
import { UntrustedText } from '../../ui/UntrustedText.tsx';
import type { Comparison, RunDifference } from '#core/comparison/comparison.ts';
import type { MetricSpreads, Pool } from '#core/comparison/pools.ts';
import { formatCounted, formatDuration, formatParameters, formatTokenRate, NO_FIGURE } from '#core/format.ts';
import { measuredColumns, metricOf, SHOWN, WITH_CACHE, type Metric, type MetricName } from '#core/metrics/registry.ts';
import { lowerLossText } from '#core/report/comparisonReport.ts';
import type { NgramBaseline } from '#core/runs/run.ts';
import { isResolved, type Interval } from '#core/statistics/interval.ts';
import { MetricTerm } from '../../glossary/MetricTerm.tsx';
import { Term } from '../../glossary/Term.tsx';
import { bestPlaces } from './marks.ts';
import shared from '../../ui/shared.module.css';
import styles from './ComparisonTable.module.css';

type Part = 'validation' | 'test';

interface Column extends Metric {
  readonly name: MetricName;
}

const ALL_COLUMNS: readonly Column[] = SHOWN.comparisonTable.map((name) => ({ name, ...metricOf(name) }));

interface ComparisonTableProps {
  readonly comparison: Comparison;
  readonly ngramBaselines: readonly NgramBaseline[];
  readonly titleOf: (pool: Pool) => string;
  readonly colourOf: (pool: Pool) => string;
}

export function ComparisonTable({ comparison, ngramBaselines, titleOf, colourOf }: ComparisonTableProps) {
  const { pools, baseline, differences, undecided } = comparison;
  const tested = pools.some(({ test }) => test !== null);
  const [chosen, setPart] = useState<Part | null>(null);
  const part = chosen ?? (tested ? 'test' : 'validation');
  const spreadsOf = (pool: Pool): MetricSpreads | null => (part === 'test' ? pool.test : pool.validation);
  const columns = measuredColumns(ALL_COLUMNS, (name) => pools.map((pool) => spreadsOf(pool)?.[name].mean));
  const marks = columns.map(({ name, better }) =>
    bestPlaces(
      pools.map((pool) => spreadsOf(pool)?.[name].mean ?? null),
      better,
    ),
  );
  return (
    <>
      <div className={styles.part}>
        <Text size="sm" id="part-label">
          Results on
        </Text>
        <SegmentedControl
          size="xs"
          aria-labelledby="part-label"
          data={[
            { value: 'validation', label: 'Validation' },
            { value: 'test', label: 'Test' },
          ]}
          value={part}
          onChange={(value) => setPart(value === 'test' ? 'test' : 'validation')}
        />
        <Text size="xs" c="dimmed">
          {part === 'test' ? 'Measured once, with the weights of the best epoch.' : 'At each model’s best epoch.'}
        </Text>
      </div>
      <Table.ScrollContainer minWidth={980} type="native" tabIndex={0}>
        <Table
          verticalSpacing={8}
          horizontalSpacing={4}
          className={clsx(shared.stickyFirstColumn, styles.table)}
          aria-label="Comparison of the models"
        >
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Model</Table.Th>
              {columns.map(({ name, title, help }) => (
                <Table.Th key={name} title={help}>
                  {title}
                  <MetricTerm of={name} className={styles.term} />
                </Table.Th>
              ))}
              <Table.Th>Epochs</Table.Th>
              <Table.Th>Training</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {pools.map((pool, row) => {
              const spreads = spreadsOf(pool);
              const difference = differences.find(({ key }) => key === pool.key);
              const why = undecided.find(({ key }) => key === pool.key)?.why;
              return (
                <Table.Tr key={pool.key}>
                  <Table.Th scope="row">
                    <span className={shared.modelName}>
                      <span className={shared.swatch} style={{ background: colourOf(pool) }} aria-hidden />
                      <UntrustedText text={titleOf(pool)} />
                    </span>
                    <span className={styles.note}>
                      {[
                        `${formatParameters(pool.parameters)} parameters`,
                        formatCounted(pool.seeds.length, 'seed'),
                        pool.key === baseline && pools.length > 1 ? 'baseline' : '',
                        part === 'test' && difference ? `lower loss on ${lowerLossText(difference)}` : '',
                        why ?? '',
                      ]
                        .filter(Boolean)
                        .join(', ')}
                    </span>
                  </Table.Th>
                  {columns.map((column, at) => (
                    <MetricCell
                      key={column.name}
                      column={column}
                      spreads={spreads}
                      best={marks[at]?.has(row) ?? false}
                      difference={part === 'test' ? difference : undefined}
                    />
                  ))}
                  <Table.Td className={shared.figure}>
                    {short(pool.epochs)}
                    <span className={styles.note}>best at {short(pool.bestEpoch)}</span>
                  </Table.Td>
                  <Table.Td className={shared.figure}>
                    {formatDuration(pool.seconds)}
                    <span className={styles.note}>{formatTokenRate(pool.tokensPerSecond)}</span>
                  </Table.Td>
                </Table.Tr>
              );
            })}
            {(part === 'validation' ? ngramBaselines : []).map(({ name, validation }) => (
              <Table.Tr key={name} className={styles.ngramBaseline}>
                <Table.Th scope="row">
                  {name === 'bigram' ? 'Bigram' : 'Unigram'}
                  <Term of="ngramBaseline" className={styles.term} />
                </Table.Th>
                {columns.map(({ name: metric, format }) => (
                  <Table.Td key={metric} className={shared.figure}>
                    {format(validation[metric])}
                  </Table.Td>
                ))}
                <Table.Td colSpan={2} />
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
      <Text size="xs" c="dimmed" mt="xs">
        <span className={styles.bestMark} aria-hidden>
          ◆
        </span>{' '}
        marks the best value of each column. <b>Known</b> counts an unknown token as a miss. <b>CodeXGLUE</b> is top-1
        accuracy as that benchmark defines it. <b>With cache</b> adds a cache of the file so far: a token outside the
        vocabulary is then a hit if its own text is predicted. Time and speed cover training only, for the fastest seed.{' '}
        {differences.length > 0 &&
          ` The difference to the baseline is shown below each test result, with a 95% interval. It is pale if the interval includes zero: the difference is then unresolved. Intervals cover the variance between seeds and over the ${formatCounted(differences[0]!.files, 'test file')}. With a single seed on either side they cover the files only, and are marked.`}
      </Text>
    </>
  );
}

interface MetricCellProps {
  readonly column: Column;
  readonly spreads: MetricSpreads | null;
  readonly best: boolean;
  readonly difference: RunDifference | undefined;
}

function MetricCell({ column: { name, format, formatDifference }, spreads, best, difference }: MetricCellProps) {
  const spread = spreads?.[name];
  const interval = difference?.metrics[name];
  const cached = WITH_CACHE[name];
  return (
    <Table.Td className={shared.figure} data-best={best || undefined}>
      {best && (
        <>
          <span className={styles.bestMark} aria-hidden>
            ◆
          </span>
          <span className={shared.visuallyHidden}>best: </span>
        </>
      )}
      {spread ? format(spread.mean) : NO_FIGURE}
      {spread && spread.deviation !== null && (
        <span className={styles.note}>± {formatDifference(spread.deviation).replace(/^\+/, '')}</span>
      )}
      {interval && <IntervalNote interval={interval} covers={difference.covers} format={formatDifference} />}
      {cached && spreads && Number.isFinite(spreads[cached].mean) && (
        <span className={styles.cached}>
          {format(spreads[cached].mean)} <span className={styles.cacheLabel}>with cache</span>
          {difference && (
            <IntervalNote
              interval={difference.metrics[cached]}
              covers={difference.covers}
              format={metricOf(cached).formatDifference}
            />
          )}
        </span>
      )}
    </Table.Td>
  );
}

interface IntervalNoteProps {
  readonly interval: Interval;
  readonly covers: RunDifference['covers'];
  readonly format: (value: number) => string;
}

function IntervalNote({ interval, covers, format }: IntervalNoteProps) {
  const { estimate, low, high } = interval;
  if (low === null || high === null) {
    const why = Number.isFinite(estimate) ? ', too few files' : '';
    return (
      <span className={styles.note}>
        {format(estimate)}
        {why}
      </span>
    );
  }
  const resolved = isResolved(interval);
  return (
    <span className={styles.note} data-clear={resolved || undefined}>
      {format(estimate)}
      <span className={shared.visuallyHidden}>{resolved ? ', between ' : ', unresolved: between '}</span>
      <br />
      {bare(format(low))} to {bare(format(high))}
      {covers === 'files only' && (
        <>
          <br />
          files only
        </>
      )}
    </span>
  );
}

const bare = (text: string) => text.replace(' points', '');

const short = (value: number) => String(Number(value.toFixed(1)));
