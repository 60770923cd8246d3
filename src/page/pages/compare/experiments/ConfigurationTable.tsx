/** A row for each configuration: what varies, over how many seeds it was measured, and mean and deviation of the measures. Best first. */
import { UnstyledButton } from '@mantine/core';
import { clsx } from 'clsx';
import { useMemo, useState } from 'react';
import {
  dimensionText,
  dimensionTitle,
  incomparableBy,
  type Configuration,
  type Dimension,
} from '#core/experiments/table.ts';
import { formatCounted, NO_FIGURE, RUN_STATE_TITLES } from '#core/format.ts';
import { metricOf, type MetricName } from '#core/metrics/registry.ts';
import { ascending, descending } from '#core/order.ts';
import type { RunState } from '#core/runs/run.ts';
import { modelColour } from '../../../runs/colours.ts';
import { UntrustedText } from '../../../ui/UntrustedText.tsx';
import { bestPlaces } from '../marks.ts';
import { namedAxis } from './axes.ts';
import { spreadOf, type Part } from './measured.ts';
import shared from '../../../ui/shared.module.css';
import tableStyles from '../ComparisonTable.module.css';
import styles from './Configurations.module.css';

interface ConfigurationTableProps {
  /** Best first. */
  readonly configurations: readonly Configuration[];
  readonly dimensions: readonly Dimension[];
  readonly metrics: readonly MetricName[];
  readonly part: Part;
  /** Key of the configuration that is pointed at in a chart. */
  readonly pointed: string | null;
  readonly onPoint: (key: string | null) => void;
}

type Column =
  { readonly of: 'dimension'; readonly name: Dimension } | { readonly of: 'metric'; readonly name: MetricName };
interface Order {
  readonly column: Column | null;
  readonly down: boolean;
}

/** More rows than this scroll within the table. */
const MAX_ROWS = 12;

export function ConfigurationTable(props: ConfigurationTableProps) {
  const { configurations, dimensions, metrics, part, pointed, onPoint } = props;
  const [order, setOrder] = useState<Order>({ column: null, down: false });
  const rows = useMemo(() => sorted(configurations, order, part), [configurations, order, part]);
  const marks = useMemo(() => {
    if (incomparableBy(rows).length > 0) return [];
    return metrics.map((name) =>
      bestPlaces(
        rows.map((one) => spreadOf(one, part, name)?.mean ?? null),
        metricOf(name).better,
      ),
    );
  }, [rows, metrics, part]);
  const settings = dimensions.filter((dimension) => dimension !== 'model');
  const head = (column: Column, title: string, help?: string) => {
    const isSorted = order.column?.of === column.of && order.column.name === column.name;
    return (
      <th
        key={`${column.of} ${column.name}`}
        scope="col"
        title={help}
        aria-sort={isSorted ? (order.down ? 'descending' : 'ascending') : 'none'}
      >
        <UnstyledButton
          className={tableStyles.sortButton}
          onClick={() => setOrder({ column, down: isSorted ? !order.down : startsDown(column) })}
        >
          {title}
          <span aria-hidden>{isSorted ? (order.down ? ' ↓' : ' ↑') : ''}</span>
        </UnstyledButton>
      </th>
    );
  };
  return (
    <section
      className={clsx(styles.scroll, rows.length > MAX_ROWS && styles.long)}
      // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- the keyboard must be able to scroll it
      tabIndex={0}
      aria-label="Table of configurations"
    >
      <table className={clsx(shared.stickyFirstColumn, tableStyles.table, styles.table)} aria-label="Configurations">
        <thead>
          <tr>
            {head({ of: 'dimension', name: 'model' }, 'Model')}
            {settings.map((dimension) => head({ of: 'dimension', name: dimension }, dimensionTitle(dimension)))}
            <th scope="col">Seeds</th>
            {metrics.map((name) => head({ of: 'metric', name }, metricOf(name).title, metricOf(name).help))}
          </tr>
        </thead>
        <tbody onPointerLeave={() => onPoint(null)}>
          {rows.map((configuration, row) => (
            <tr
              key={configuration.key}
              data-pointed={configuration.key === pointed || undefined}
              onPointerEnter={() => onPoint(configuration.key)}
            >
              <th scope="row">
                <span className={shared.modelName}>
                  <span
                    className={shared.swatch}
                    style={{ background: modelColour(configuration.model) }}
                    aria-hidden
                  />
                  {dimensionText(configuration, 'model')}
                </span>
              </th>
              {settings.map((dimension) => {
                const text = dimensionText(configuration, dimension);
                return (
                  <td key={dimension} className={shared.figure}>
                    {text === null ? NO_FIGURE : <UntrustedText text={text} />}
                  </td>
                );
              })}
              <SeedsCell configuration={configuration} />
              {metrics.map((name, at) => (
                <FigureCell
                  key={name}
                  configuration={configuration}
                  part={part}
                  name={name}
                  best={marks[at]?.has(row) ?? false}
                />
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

/** How many seeds the figures are over, and what became of runs without any. */
function SeedsCell({ configuration: { runs, pool } }: { readonly configuration: Configuration }) {
  const measured = new Set(pool?.runIds);
  const others = runs.filter(({ id }) => !measured.has(id));
  const counts = new Map<RunState, number>();
  for (const { state } of others) counts.set(state, (counts.get(state) ?? 0) + 1);
  const repeated = (pool?.runIds.length ?? 0) - (pool?.seeds.length ?? 0);
  const notes = [
    ...[...counts].map(([state, count]) => `${count} ${RUN_STATE_TITLES[state]}`),
    ...(repeated > 0 ? [formatCounted(pool!.runIds.length, 'run')] : []),
  ];
  return (
    <td className={shared.figure}>
      {pool?.seeds.length ?? 0}
      {notes.length > 0 && <span className={tableStyles.note}>{notes.join(', ')}</span>}
    </td>
  );
}

interface FigureCellProps {
  readonly configuration: Configuration;
  readonly part: Part;
  readonly name: MetricName;
  readonly best: boolean;
}

function FigureCell({ configuration, part, name, best }: FigureCellProps) {
  const spread = spreadOf(configuration, part, name);
  const { format, formatDifference } = metricOf(name);
  return (
    <td className={shared.figure} data-best={best || undefined}>
      {best && (
        <>
          <span className={tableStyles.bestMark} aria-hidden>
            ◆
          </span>
          <span className={shared.visuallyHidden}>best: </span>
        </>
      )}
      {spread ? format(spread.mean) : NO_FIGURE}
      {spread && spread.deviation !== null && (
        <span className={tableStyles.note}>± {formatDifference(spread.deviation).replace(/^\+/, '')}</span>
      )}
    </td>
  );
}

/** The better figures come first at the first click. */
function startsDown(column: Column): boolean {
  return column.of === 'metric' && metricOf(column.name).better === 'more';
}

/** A configuration without a value comes last in either direction. */
function sorted(
  configurations: readonly Configuration[],
  { column, down }: Order,
  part: Part,
): readonly Configuration[] {
  if (column === null) return configurations;
  const compare = down ? descending : ascending;
  if (column.of === 'metric') {
    const meanOf = (one: Configuration) => spreadOf(one, part, column.name)?.mean ?? Number.NaN;
    return configurations.toSorted((a, b) => compare(meanOf(a), meanOf(b)));
  }
  const { valueOf } = namedAxis(column.name, configurations);
  return configurations.toSorted((a, b) => compare(valueOf(a), valueOf(b)));
}
