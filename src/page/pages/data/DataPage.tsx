/** Data sets: what the server offers, what people bring, what this browser keeps, and what is in the chosen one. */
import { Stack, Text, Title } from '@mantine/core';
import { DamagedRecords } from '../../runs/DamagedRecords.tsx';
import { ImportPanel } from './ImportPanel.tsx';
import { useShownDataset } from './chosen.ts';
import { DatasetView } from './DatasetView.tsx';
import { Offered } from './Offered.tsx';
import { StorageNote } from './StorageNote.tsx';
import { StoredList } from './StoredList.tsx';
import shared from '../../ui/shared.module.css';
import styles from './DataPage.module.css';

export function DataPage() {
  const shown = useShownDataset();
  return (
    <div className={styles.page}>
      <Stack gap="md">
        <section className={shared.sheet} aria-label="Offered data sets">
          <Title order={1}>Data</Title>
          <Text size="sm" c="dimmed" mt={4} mb="md">
            What this server offers. A data set is loaded once, checked piece by piece, and kept in this browser.
          </Text>
          <Offered />
        </section>
        <ImportPanel />
        <StoredList />
        <DamagedRecords of="data sets" />
        <StorageNote />
      </Stack>
      <Stack gap="md" className={styles.main}>
        {shown ? (
          <DatasetView dataset={shown} />
        ) : (
          <section className={shared.sheet} aria-label="Stored data sets">
            <Title order={2}>Nothing stored yet</Title>
            <Text size="sm" c="dimmed" mt={4}>
              Download what the server offers, or bring code of your own. The data set then stands here: its parts, rows
              of it as code, how long its files are, and what its vocabulary misses. It can be trained on without a
              network.
            </Text>
          </section>
        )}
      </Stack>
    </div>
  );
}
