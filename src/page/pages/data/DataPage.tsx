/** Data sets: those that the server offers, import, those stored in this browser, and the content of the chosen one. */
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
            Data sets on this server. Each is downloaded once, verified and stored in this browser.
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
            <Title order={2}>No data set stored yet</Title>
            <Text size="sm" c="dimmed" mt={4}>
              Download a data set from the server, or import your own code. Then this page shows its splits, its rows as
              code, the lengths of its files and the tokens outside its vocabulary. You can train on it offline.
            </Text>
          </section>
        )}
      </Stack>
    </div>
  );
}
