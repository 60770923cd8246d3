/** Stored records that cannot be read: what is wrong with each, its data as a file, and a way to delete it. */
import { Button, Group, Text, Title } from '@mantine/core';
import { IconDownload, IconTrash } from '@tabler/icons-react';
import { useId } from 'react';
import type { DamagedRecord } from '#core/runs/damagedRecord.ts';
import { visibleText } from '#core/visibleText.ts';
import { deleteDamaged, saveDamaged } from '../client/damaged.ts';
import { ConfirmButton } from '../ui/ConfirmButton.tsx';
import { UntrustedText } from '../ui/UntrustedText.tsx';
import shared from '../ui/shared.module.css';
import styles from './DamagedList.module.css';

interface DamagedListProps {
  readonly records: readonly DamagedRecord[];
}

export function DamagedList({ records }: DamagedListProps) {
  const titleId = useId();
  return (
    <section className={shared.sheet} aria-labelledby={titleId}>
      <Title order={2} size="h4" id={titleId}>
        Damaged records
      </Title>
      <Text size="sm" c="dimmed" mt={4}>
        The lab cannot read these records. They stay stored unchanged until you delete them.
      </Text>
      <ul className={styles.list}>
        {records.map((record) => (
          <li key={`${record.store} ${record.id}`}>
            <DamagedItem record={record} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function DamagedItem({ record }: { readonly record: DamagedRecord }) {
  const { store, id, title, what } = record;
  const said = visibleText(title);
  const bin = <IconTrash size={14} aria-hidden />;
  return (
    <>
      <Text size="sm" fw={600}>
        <UntrustedText text={title} />
      </Text>
      <Text size="sm">
        <UntrustedText text={what} />
      </Text>
      <Text size="xs" c="dimmed">
        Stored as <UntrustedText text={id} />
      </Text>
      <Group gap="xs" mt={6}>
        <Button
          size="xs"
          variant="default"
          leftSection={<IconDownload size={14} aria-hidden />}
          aria-label={`Download raw data: ${said}`}
          onClick={() => void saveDamaged(record)}
        >
          Download raw data{' '}
        </Button>
        {store === 'datasets' ? (
          <ConfirmButton
            label="Delete"
            name={`Delete: ${said}`}
            icon={bin}
            question="Delete this data set with all its rows? Runs are kept."
            confirm="Delete it"
            onConfirm={() => void deleteDamaged(record)}
          />
        ) : (
          <Button
            size="xs"
            variant="default"
            leftSection={bin}
            aria-label={`Delete: ${said}`}
            onClick={() => void deleteDamaged(record)}
          >
            Delete
          </Button>
        )}
      </Group>
    </>
  );
}
