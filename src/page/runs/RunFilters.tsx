/** What the list of runs is filtered and grouped by, folded away until it is needed. */
import { Button, Collapse, NativeSelect } from '@mantine/core';
import { IconFilter } from '@tabler/icons-react';
import { useId, useState } from 'react';
import { formatCounted } from '#core/format.ts';
import { visibleText } from '#core/visibleText.ts';
import { GROUPINGS, TRAITS, traitValues, type Filters, type Grouping, type RunItem } from './list.ts';
import styles from './RunsPanel.module.css';

interface RunFiltersProps {
  readonly items: readonly RunItem[];
  readonly filters: Filters;
  readonly grouping: Grouping;
  readonly onFilter: (filters: Filters) => void;
  readonly onGroup: (grouping: Grouping) => void;
  readonly onClear: () => void;
}

export function RunFilters({ items, filters, grouping, onFilter, onGroup, onClear }: RunFiltersProps) {
  const [open, setOpen] = useState(false);
  const id = useId();
  const count = Object.values(filters).length;
  return (
    <div>
      <div className={styles.filterHead}>
        <Button
          size="compact-xs"
          variant="subtle"
          leftSection={<IconFilter size={14} aria-hidden />}
          aria-expanded={open}
          aria-controls={id}
          onClick={() => setOpen(!open)}
        >
          Filter and group
        </Button>
        {count > 0 && (
          <Button size="compact-xs" variant="subtle" onClick={onClear}>
            Clear {formatCounted(count, 'filter')}
          </Button>
        )}
      </div>
      <Collapse expanded={open} id={id}>
        <div className={styles.filters}>
          {open &&
            TRAITS.map((trait) => (
              <NativeSelect
                key={trait}
                size="xs"
                label={trait.charAt(0).toUpperCase() + trait.slice(1)}
                data={[
                  { value: '', label: 'any' },
                  ...traitValues(items, trait).map(({ value, title }) => ({ value, label: visibleText(title) })),
                ]}
                value={filters[trait] ?? ''}
                onChange={({ currentTarget: { value } }) => {
                  const { [trait]: _, ...others } = filters;
                  onFilter(value === '' ? others : { ...others, [trait]: value });
                }}
              />
            ))}
          <NativeSelect
            size="xs"
            label="Group by"
            data={[...GROUPINGS]}
            value={grouping}
            onChange={({ currentTarget }) => onGroup(GROUPINGS.find((one) => one === currentTarget.value) ?? 'nothing')}
          />
        </div>
      </Collapse>
    </div>
  );
}
