/** How much this page stores, and whether the browser promised to keep it. */
import { useEffect } from 'react';
import { Progress, Text } from '@mantine/core';
import { formatBytes, formatPercent } from '#core/format.ts';
import { measureStorage } from '../../client/actions.ts';
import { useDatasets } from '../../client/stores.ts';
import shared from '../../ui/shared.module.css';

export function StorageNote() {
  const storage = useDatasets((state) => state.storage);
  useEffect(() => {
    void measureStorage();
    return useDatasets.subscribe(({ stored }, before) => {
      if (stored !== before.stored) void measureStorage();
    });
  }, []);
  if (!storage) return null;
  const { durable, usedBytes, quotaBytes } = storage;
  const share = usedBytes !== null && quotaBytes ? usedBytes / quotaBytes : null;
  return (
    <section className={shared.sheet} aria-label="Storage">
      <Text fw={600} size="sm">
        Browser storage
      </Text>
      {usedBytes !== null && (
        <Text size="sm" mt={4} className={shared.figure}>
          {formatBytes(usedBytes)} used
          {quotaBytes !== null && ` of the ${formatBytes(quotaBytes)} the browser allows`}
          {share !== null && share >= 0.01 && ` (${formatPercent(share, 0)})`}.
        </Text>
      )}
      {share !== null && (
        <Progress.Root size="sm" mt={8}>
          <Progress.Section value={Math.max(0.5, share * 100)} aria-label="Share of the storage used" />
        </Progress.Root>
      )}
      <Text size="xs" c="dimmed" mt={8}>
        {durable === true && 'Storage is persistent: the browser keeps it until you delete it.'}
        {durable === false &&
          'Storage is not persistent: the browser may clear it when the disk is full. The lab asks for persistent storage when you store a data set. Browsers grant it to pages that you use regularly.'}
        {durable === null && 'This browser does not say whether storage is persistent.'}
      </Text>
    </section>
  );
}
