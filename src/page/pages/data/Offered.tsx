/** What the server offers, or why it offers nothing. */
import { Button, Code, Skeleton, Stack, Text } from '@mantine/core';
import { IconRefresh } from '@tabler/icons-react';
import { UntrustedText } from '../../ui/UntrustedText.tsx';
import { formatBytes } from '#core/format.ts';
import { askOffered } from '../../client/actions.ts';
import { useConnection, useDatasets } from '../../client/stores.ts';
import { OfferedSet } from './OfferedSet.tsx';

export function Offered() {
  const offered = useDatasets((state) => state.offered);
  const failed = useConnection(({ state }) => state === 'failed');
  if (offered.state === 'asking') {
    return failed ? (
      <Text size="sm">The lab is not running. See the message above.</Text>
    ) : (
      <Skeleton height={64} radius="md" aria-label="Asking the server" />
    );
  }
  if (offered.state === 'failed') {
    return (
      <div aria-live="polite">
        <Text size="sm" fw={600}>
          <UntrustedText text={offered.failure.what} />
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
        <Text size="sm">This server has no data sets yet.</Text>
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
          Total: {formatBytes(total)}.
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
      Try again
    </Button>
  );
}
