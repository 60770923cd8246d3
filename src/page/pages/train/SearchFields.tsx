/** Says that fields take several values, and unfolds how these are tried. */
import { Stack, Text } from '@mantine/core';
import { lazy, Suspense, useState } from 'react';
import { lazyImport } from '../../ui/lazyImport.ts';
import { useTrainForm } from './form.ts';
import { hasSeveralValues } from './formExperiment.ts';
import styles from './ModelPicker.module.css';

const SearchOptions = lazy(async () => ({
  default: (await lazyImport(() => import('./SearchOptions.tsx'))).SearchOptions,
}));

export function SearchFields() {
  const { draft, sample, halving } = useTrainForm();
  const [opened, setOpened] = useState(false);
  const open = opened || hasSeveralValues(draft) || sample !== undefined || halving !== undefined;
  return (
    <details className={styles.more} open={open} onToggle={({ currentTarget }) => setOpened(currentTarget.open)}>
      <summary>Several values</summary>
      <Stack gap="sm" mt="xs">
        <Text size="xs" c="dimmed">
          Number fields take several values: 0.001, 0.002 or 42-46. Each combination becomes a run of the queue.
        </Text>
        <Suspense>{open && <SearchOptions />}</Suspense>
      </Stack>
    </details>
  );
}
