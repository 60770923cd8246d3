/** The list of all runs: search, filter, sort, group, pick and pin. Rows are plain elements, so that hundreds of them draw at once. */
import { Button, NativeSelect, TextInput } from '@mantine/core';
import { IconSearch, IconTrash } from '@tabler/icons-react';
import { useCallback, useDeferredValue, useEffect, useMemo, useRef, useState } from 'react';
import { useShallow } from 'zustand/react/shallow';
import { formatCounted } from '#core/format.ts';
import { UntrustedText } from '../ui/UntrustedText.tsx';
import { deleteRuns } from '../client/runActions.ts';
import { chooseExperiment, pickRuns, useSelection } from '../client/selection.ts';
import { useRuns } from '../client/stores.ts';
import { ImportRunsButton } from './ImportRunsButton.tsx';
import {
  filterRuns,
  groupRuns,
  ORDERS,
  runItems,
  searchRuns,
  sortRuns,
  type Filters,
  type Grouping,
  type Order,
} from './list.ts';
import { RunFilters } from './RunFilters.tsx';
import { RunRow } from './RunRow.tsx';
import type { RunStyles } from './runStyle.ts';
import { RunSheet } from './RunSheet.tsx';
import { TagRuns } from './TagRuns.tsx';
import { useExperimentTitles } from './useExperimentTitles.ts';
import styles from './RunsPanel.module.css';

interface RunsPanelProps {
  /** Ids of the runs that are shown, whether picked or by default. */
  readonly shown: ReadonlySet<string>;
  readonly look: RunStyles;
  /** Tells which run the pointer or the keyboard is at. */
  readonly onPoint: (id: string | null) => void;
}

const NO_FILTERS: Filters = {};

export function RunsPanel({ shown, look, onPoint }: RunsPanelProps) {
  const runs = useRuns(useShallow((state) => Object.values(state.runs)));
  const labels = useRuns((state) => state.labels);
  const baseline = useSelection((state) => state.baseline);
  const [query, setQuery] = useState('');
  const [filters, setFilters] = useState(NO_FILTERS);
  const [grouping, setGrouping] = useState<Grouping>('nothing');
  const [order, setOrder] = useState<Order>('newest');
  const [opened, setOpened] = useState<string | null>(null);
  const sought = useDeferredValue(query);
  const items = useMemo(() => runItems(runs, labels), [runs, labels]);
  const found = useMemo(
    () => sortRuns(filterRuns(searchRuns(items, sought), filters), order),
    [items, sought, filters, order],
  );
  const titles = useExperimentTitles(grouping === 'experiment' ? runs : null);
  const groups = useMemo(() => groupRuns(found, grouping, titles), [found, grouping, titles]);
  const ids = found.map(({ run }) => run.id);
  const picked = ids.filter((id) => shown.has(id));
  const narrowed = found.length < items.length;

  // rows are drawn again only where they change
  const latest = useRef(shown);
  useEffect(() => {
    latest.current = shown;
  }, [shown]);
  const toggle = useCallback((id: string) => {
    const before = [...latest.current];
    pickRuns(latest.current.has(id) ? before.filter((one) => one !== id) : [...before, id]);
  }, []);
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
      <RunFilters
        items={items}
        filters={filters}
        grouping={grouping}
        onFilter={setFilters}
        onGroup={setGrouping}
        onClear={() => setFilters(NO_FILTERS)}
      />
      <div className={styles.picked}>
        <output>
          {formatCounted(found.length, 'run')}, {picked.length} shown
        </output>
        {narrowed && (
          <Button size="compact-xs" variant="subtle" disabled={ids.length === 0} onClick={() => pickRuns(ids)}>
            Show only these
          </Button>
        )}
        <Button size="compact-xs" variant="subtle" onClick={() => pickRuns([...shown, ...ids])}>
          Show all
        </Button>
        <Button size="compact-xs" variant="subtle" onClick={() => chooseExperiment(null)}>
          Newest only
        </Button>
      </div>
      <div className={styles.list} onPointerLeave={() => onPoint(null)}>
        {groups.map(({ key, title, items: own }) => (
          <section key={key} aria-label={title ?? undefined}>
            {title !== null && (
              <div className={styles.group}>
                <h3>
                  <UntrustedText text={title} />
                </h3>
                <span>{own.length}</span>
                <Button
                  size="compact-xs"
                  variant="subtle"
                  aria-label={`Show only: ${title}`}
                  onClick={() => pickRuns(own.map(({ run }) => run.id))}
                >
                  Show
                </Button>
              </div>
            )}
            <ul>
              {own.map((item) => (
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
          </section>
        ))}
      </div>
      {found.length === 0 && <p className={styles.none}>No runs match your search and filters.</p>}
      <div className={styles.foot}>
        <ImportRunsButton size="xs" onImported={(imported) => pickRuns([...shown, ...imported])} />
        <TagRuns ids={picked} />
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
