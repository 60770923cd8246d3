/** All runs: found, sorted, picked, pinned. Rows are plain elements, so that hundreds of them draw at once. */
import { ActionIcon, Button, NativeSelect, TextInput } from '@mantine/core';
import { IconDots, IconPin, IconPinFilled, IconSearch, IconTrash } from '@tabler/icons-react';
import { clsx } from 'clsx';
import { memo, useCallback, useDeferredValue, useMemo, useState } from 'react';
import { useShallow } from 'zustand/react/shallow';
import { visibleText } from '#core/visibleText.ts';
import { UntrustedText } from '../ui/UntrustedText.tsx';
import { formatCounted, formatPercent, formatPerplexity, RUN_STATE_TITLES } from '#core/format.ts';
import { deleteRuns } from '../client/runActions.ts';
import { pickRuns, pinBaseline, useSelection } from '../client/selection.ts';
import { noBestEpochReason } from '#core/runs/findings.ts';
import { hasWeights } from '#core/runs/run.ts';
import { useRuns } from '../client/stores.ts';
import { ImportRunsButton } from './ImportRunsButton.tsx';
import { ORDERS, runItems, searchRuns, sortRuns, type Order, type RunItem } from './list.ts';
import type { RunStyles } from './runStyle.ts';
import { RunSheet } from './RunSheet.tsx';
import shared from '../ui/shared.module.css';
import styles from './RunsPanel.module.css';

interface RunsPanelProps {
  /** Ids of the runs that are shown, picked or by themselves. */
  readonly shown: ReadonlySet<string>;
  readonly look: RunStyles;
  /** Tells which run the pointer or the keyboard is at. */
  readonly onPoint: (id: string | null) => void;
}

export function RunsPanel({ shown, look, onPoint }: RunsPanelProps) {
  const runs = useRuns(useShallow((state) => Object.values(state.runs)));
  const labels = useRuns((state) => state.labels);
  const baseline = useSelection((state) => state.baseline);
  const [query, setQuery] = useState('');
  const [order, setOrder] = useState<Order>('newest');
  const [opened, setOpened] = useState<string | null>(null);
  const sought = useDeferredValue(query);
  const items = useMemo(() => runItems(runs, labels), [runs, labels]);
  const found = useMemo(() => sortRuns(searchRuns(items, sought), order), [items, sought, order]);
  const ids = found.map(({ run }) => run.id);
  const picked = ids.filter((id) => shown.has(id));

  const toggle = useCallback(
    (id: string) => pickRuns(shown.has(id) ? [...shown].filter((one) => one !== id) : [...shown, id]),
    [shown],
  );
  return (
    <section className={styles.panel} aria-label="All runs">
      <div className={styles.tools}>
        <TextInput
          size="xs"
          data-search-runs
          aria-label="Search runs"
          placeholder="Search runs"
          leftSection={<IconSearch size={14} aria-hidden />}
          value={query}
          onChange={({ currentTarget }) => setQuery(currentTarget.value)}
        />
        <NativeSelect
          size="xs"
          aria-label="Sort runs by"
          data={[...ORDERS]}
          value={order}
          onChange={({ currentTarget }) => setOrder(ORDERS.find((one) => one === currentTarget.value) ?? 'newest')}
        />
      </div>
      <div className={styles.picked}>
        <output>
          {formatCounted(found.length, 'run')}, {picked.length} shown
        </output>
        <Button size="compact-xs" variant="subtle" onClick={() => pickRuns([...shown, ...ids])}>
          Show all
        </Button>
        <Button size="compact-xs" variant="subtle" onClick={() => pickRuns([])}>
          Newest only
        </Button>
      </div>
      <ul className={styles.list} onPointerLeave={() => onPoint(null)}>
        {found.map((item) => (
          <RunRow
            key={item.run.id}
            item={item}
            colour={look.colourOf(item.run)}
            shown={shown.has(item.run.id)}
            pinned={baseline === item.run.id}
            onToggle={toggle}
            onOpen={setOpened}
            onPoint={onPoint}
          />
        ))}
      </ul>
      {found.length === 0 && <p className={styles.none}>No runs match your search.</p>}
      <div className={styles.foot}>
        <ImportRunsButton size="xs" onImported={(imported) => pickRuns([...shown, ...imported])} />
        <Button
          size="xs"
          variant="default"
          leftSection={<IconTrash size={14} aria-hidden />}
          disabled={picked.length === 0}
          onClick={() => void deleteRuns(picked)}
        >
          Delete {picked.length} shown
        </Button>
      </div>
      <RunSheet runId={opened} onClose={() => setOpened(null)} />
    </section>
  );
}

interface RunRowProps {
  readonly item: RunItem;
  readonly colour: string;
  readonly shown: boolean;
  readonly pinned: boolean;
  readonly onToggle: (id: string) => void;
  readonly onOpen: (id: string) => void;
  readonly onPoint: (id: string | null) => void;
}

const RunRow = memo(function RunRow(props: RunRowProps) {
  const { item, colour, shown, pinned, onToggle, onOpen, onPoint } = props;
  const { run, name, difference, notes, best } = item;
  const said = visibleText(name);
  const state = run.state === 'done' ? '' : RUN_STATE_TITLES[run.state];
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- nothing is done by pointing: it fades other curves
    <li
      className={styles.row}
      data-shown={shown || undefined}
      onPointerEnter={() => onPoint(run.id)}
      onFocus={() => onPoint(run.id)}
      onBlur={() => onPoint(null)}
    >
      <label>
        <input type="checkbox" checked={shown} onChange={() => onToggle(run.id)} />
        <span className={clsx(shared.swatch, styles.swatch)} style={{ background: colour }} aria-hidden />
        <span className={styles.text}>
          <span className={styles.name}>
            <UntrustedText text={name} />
          </span>
          <span className={clsx(styles.figures, shared.figure)}>
            {best
              ? `perplexity ${formatPerplexity(best.perplexity)}, top-5 ${formatPercent(best.top5)}`
              : run.epochs.length === 0 && hasWeights(run)
                ? 'weights only'
                : run.epochs.length === 0
                  ? 'no epoch yet'
                  : noBestEpochReason(run)}
            {state && `, ${state}`}
          </span>
          {difference && (
            <span className={styles.difference}>
              <UntrustedText text={difference} />
            </span>
          )}
          {notes && (
            <span className={styles.notes}>
              <UntrustedText text={notes} />
            </span>
          )}
        </span>
      </label>
      <ActionIcon
        variant="subtle"
        color={pinned ? 'iris' : 'gray'}
        size={26}
        aria-label={pinned ? `Unpin ${said} as the baseline` : `Pin ${said} as the baseline`}
        aria-pressed={pinned}
        onClick={() => pinBaseline(pinned ? null : run.id)}
      >
        {pinned ? <IconPinFilled size={15} aria-hidden /> : <IconPin size={15} aria-hidden />}
      </ActionIcon>
      <ActionIcon
        variant="subtle"
        color="gray"
        size={26}
        aria-label={`Name, notes and more for ${said}`}
        onClick={() => onOpen(run.id)}
      >
        <IconDots size={15} aria-hidden />
      </ActionIcon>
    </li>
  );
});
