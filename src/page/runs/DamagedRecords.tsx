/** Whether stored records cannot be read: their list loads where there are some, which is seldom. */
import { lazy, Suspense } from 'react';
import { useShallow } from 'zustand/react/shallow';
import { useDamaged } from '../client/stores.ts';
import { lazyImport } from '../ui/lazyImport.ts';

const DamagedList = lazy(async () => ({
  default: (await lazyImport(() => import('./DamagedList.tsx'))).DamagedList,
}));

interface DamagedRecordsProps {
  readonly of: 'runs' | 'data sets';
}

export function DamagedRecords({ of }: DamagedRecordsProps) {
  const records = useDamaged(
    useShallow((state) => state.records.filter(({ store }) => (store === 'datasets') === (of === 'data sets'))),
  );
  if (records.length === 0) return null;
  return (
    <Suspense fallback={null}>
      <DamagedList records={records} />
    </Suspense>
  );
}
