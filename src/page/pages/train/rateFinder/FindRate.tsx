/** Opens the search for learning rates, and starts it. */
import { Button } from '@mantine/core';
import { IconChartLine } from '@tabler/icons-react';
import { lazy, Suspense, useState } from 'react';
import { findRates } from '../../../client/actions.ts';
import { useRateFinder } from '../../../client/stores.ts';
import { lazyImport } from '../../../ui/lazyImport.ts';
import { requestOf, runnable } from '../begin.ts';

const RateFinderDialog = lazy(async () => ({
  default: (await lazyImport(() => import('./RateFinderDialog.tsx'))).RateFinderDialog,
}));

export function FindRate() {
  const [opened, setOpened] = useState(false);
  return (
    <>
      <Button
        variant="subtle"
        size="compact-sm"
        leftSection={<IconChartLine size={15} aria-hidden />}
        onClick={() => {
          searchRates();
          setOpened(true);
        }}
      >
        Find a learning rate
      </Button>
      {opened && (
        <Suspense>
          <RateFinderDialog onSearch={searchRates} onClose={() => setOpened(false)} />
        </Suspense>
      )}
    </>
  );
}

/** With what the form is set to; nothing starts where it could not train. */
function searchRates(): void {
  const ready = runnable({ whileTraining: false });
  if (ready) void findRates(ready.datasetId, (stored) => requestOf(ready, stored));
  else useRateFinder.setState({ search: { state: 'idle' } });
}
