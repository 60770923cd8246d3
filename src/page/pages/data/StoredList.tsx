/** The data sets in this browser, one of which is shown. */
import { Text, Title, UnstyledButton } from '@mantine/core';
import { UntrustedText } from '../../ui/UntrustedText.tsx';
import { formatBytes, formatCounted, formatMoment } from '#core/format.ts';
import { useDatasets } from '../../client/stores.ts';
import { useDataPage, useShownDataset } from './chosen.ts';
import { filesOf } from './facts.ts';
import shared from '../../ui/shared.module.css';
import styles from './StoredList.module.css';

export function StoredList() {
  const stored = useDatasets((state) => state.stored);
  const shown = useShownDataset();
  if (stored.length === 0) return null;
  const total = stored.reduce((sum, { bytes }) => sum + bytes, 0);
  return (
    <section className={shared.sheet} aria-labelledby="stored-title">
      <Title order={2} id="stored-title">
        In this browser
      </Title>
      <ul className={styles.list}>
        {stored.map(({ manifest, bytes, storedAt }) => (
          <li key={manifest.id}>
            <UnstyledButton
              className={styles.choice}
              aria-current={manifest.id === shown?.manifest.id || undefined}
              onClick={() => choose(manifest.id)}
            >
              <Text fw={600} component="span">
                <UntrustedText text={manifest.title} />
              </Text>
              <Text size="xs" c="dimmed" component="span" className={shared.figure}>
                {formatCounted(filesOf(manifest, 'train'), 'training file')} · {formatBytes(bytes)} ·{' '}
                {formatMoment(storedAt)}
              </Text>
            </UnstyledButton>
          </li>
        ))}
      </ul>
      {stored.length > 1 && (
        <Text size="xs" c="dimmed" mt={6}>
          Total: {formatBytes(total)}.
        </Text>
      )}
    </section>
  );
}

/** On a narrow page the data set is below the list. */
function choose(id: string): void {
  useDataPage.setState({ chosen: id });
  const place = document.querySelector('[data-shown-dataset]');
  if (place && place.getBoundingClientRect().top > window.innerHeight * 0.7) place.scrollIntoView({ block: 'start' });
}
