/** Data sets: what the server offers, what this browser keeps, and how much room there is. */
import './data.css';
import { Button, Code, Skeleton, Stack, Text, Title } from '@mantine/core';
import { IconRefresh } from '@tabler/icons-react';
import { formatBytes } from '../../core/format.ts';
import { askOffered } from '../../lab/actions.ts';
import { useConnection, useDatasets } from '../../lab/stores.ts';
import { OfferedSet } from './OfferedSet.tsx';
import { StorageNote } from './StorageNote.tsx';
import { StoredSet } from './StoredSet.tsx';

export function DataRoom() {
  const stored = useDatasets((state) => state.stored);
  return (
    <div className="data-room">
      <Stack gap="md">
        <section className="sheet" aria-label="Offered data sets">
          <Title order={1}>Data</Title>
          <Text size="sm" c="dimmed" mt={4} mb="md">
            What this server offers. A data set is loaded once, checked piece by piece, and kept in this browser.
          </Text>
          <Offered />
        </section>
        <StorageNote />
      </Stack>
      <Stack gap="md">
        {stored.length === 0 ? (
          <section className="sheet" aria-label="Stored data sets">
            <Title order={2}>Nothing stored yet</Title>
            <Text size="sm" c="dimmed" mt={4}>
              A stored data set stands here with its size, its parts and its vocabulary, and can be trained on without a
              network.
            </Text>
          </section>
        ) : (
          stored.map((dataset) => <StoredSet key={dataset.manifest.id} dataset={dataset} />)
        )}
      </Stack>
    </div>
  );
}

function Offered() {
  const offered = useDatasets((state) => state.offered);
  const failed = useConnection(({ state }) => state === 'failed');
  if (offered.state === 'asking') {
    return failed ? (
      <Text size="sm">The lab is not running: see above.</Text>
    ) : (
      <Skeleton height={64} radius="md" aria-label="Asking the server" />
    );
  }
  if (offered.state === 'failed') {
    return (
      <div aria-live="polite">
        <Text size="sm" fw={600}>
          {offered.failure.what}
        </Text>
        <Text size="sm" mt={2}>
          {offered.failure.remedy}
        </Text>
        <Retry />
      </div>
    );
  }
  if (offered.list.length === 0) {
    return (
      <div aria-live="polite">
        <Text size="sm">This server offers no data set yet.</Text>
        <HowToPrepare />
        <Retry />
      </div>
    );
  }
  const total = offered.list.reduce((sum, { bytes }) => sum + bytes, 0);
  return (
    <Stack gap="sm">
      {offered.list.map((offer) => (
        <OfferedSet key={offer.id} offer={offer} />
      ))}
      {offered.list.length > 1 && (
        <Text size="xs" c="dimmed">
          All together {formatBytes(total)}.
        </Text>
      )}
    </Stack>
  );
}

function HowToPrepare() {
  return (
    <Text size="sm" mt="xs">
      If you run the server yourself, <Code>npm run data</Code> prepares the Python standard library.
    </Text>
  );
}

function Retry() {
  return (
    <Button
      mt="sm"
      size="xs"
      variant="default"
      leftSection={<IconRefresh size={14} aria-hidden />}
      onClick={() => void askOffered()}
    >
      Ask again
    </Button>
  );
}
