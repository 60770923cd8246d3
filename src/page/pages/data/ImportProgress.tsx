/** How far an import is. The rest of the page can be used meanwhile. */
import { Button, Progress, Text } from '@mantine/core';
import { clsx } from 'clsx';
import type { ImportState } from '#contract/lab.ts';
import { formatByteRate, formatBytes, formatCounted, formatTimeLeft } from '#core/format.ts';
import { cancelImport } from '../../client/imports.ts';
import type { ImportingState } from '../../client/stores.ts';
import shared from '../../ui/shared.module.css';
import styles from './ImportPanel.module.css';

const PHASES: Readonly<Record<ImportState['phase'], string>> = {
  reading: 'Reading the files',
  counting: 'Splitting, and counting the vocabulary',
  writing: 'Writing rows',
};

interface ImportProgressProps {
  readonly importing: Extract<ImportingState, { readonly state: 'working' }>;
}

export function ImportProgress({ importing: { title, progress, cancelling } }: ImportProgressProps) {
  const share = progress?.totalBytes ? Math.min(1, progress.bytes / progress.totalBytes) : null;
  return (
    <div className={styles.box}>
      <div className={shared.downloadHead}>
        <Text fw={600}>Importing {title}</Text>
        <Button size="xs" variant="default" disabled={cancelling} onClick={() => void cancelImport()}>
          {cancelling ? 'Cancelling' : 'Cancel'}
        </Button>
      </div>
      <Progress.Root size="md" my={8}>
        {share === null ? (
          <Progress.Section value={100} animated withAria={false} />
        ) : (
          <Progress.Section value={share * 100} aria-label="Progress of the import" />
        )}
      </Progress.Root>
      <Text size="sm" component="output">
        {progress ? PHASES[progress.phase] : 'Starting'}.
      </Text>
      {progress && (
        <Text size="sm" className={clsx(shared.statusFigures, shared.figure)} mt={4}>
          <span>{formatCounted(progress.files, 'file')}</span>
          <span>{formatCounted(progress.tokens, 'token')}</span>
          {progress.rows > 0 && <span>{formatCounted(progress.rows, 'row')} written</span>}
          <span>
            {formatBytes(progress.bytes)}
            {progress.totalBytes === null ? ' read' : ` of ${formatBytes(progress.totalBytes)}`}
          </span>
          {progress.phase === 'reading' && progress.bytesPerSecond > 0 && (
            <span>{formatByteRate(progress.bytesPerSecond)}</span>
          )}
          {progress.secondsLeft !== null && <span>{formatTimeLeft(progress.secondsLeft)} left</span>}
        </Text>
      )}
      <Text size="xs" c="dimmed" mt={6}>
        You can use other pages or train meanwhile. Keep this tab open. Stored data does not change until the import is
        complete.
      </Text>
    </div>
  );
}
