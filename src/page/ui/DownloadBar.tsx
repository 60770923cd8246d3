/** How far a data set's download is, with its rate and what is left. */
import { Button, Progress, Text } from '@mantine/core';
import { clsx } from 'clsx';
import { formatByteRate, formatBytes, formatTimeLeft } from '#core/format.ts';
import type { DownloadProgress } from '#core/data/stored.ts';
import shared from './shared.module.css';

interface DownloadBarProps {
  /** Null before the first bytes. */
  readonly progress: DownloadProgress | null;
  readonly onCancel: () => void;
}

export function DownloadBar({ progress, onCancel }: DownloadBarProps) {
  const share = progress && progress.totalBytes > 0 ? progress.bytes / progress.totalBytes : 0;
  return (
    <div>
      <div className={shared.downloadHead}>
        <Text size="sm" fw={600} component="output">
          Downloading the data set
        </Text>
        <Button size="xs" variant="default" onClick={onCancel}>
          Cancel
        </Button>
      </div>
      <Progress.Root size="md" my={8}>
        <Progress.Section value={share * 100} aria-label="Progress of the download" />
      </Progress.Root>
      <Text size="sm" className={clsx(shared.statusFigures, shared.figure)}>
        {progress ? (
          <>
            <span>
              {formatBytes(progress.bytes)} of {formatBytes(progress.totalBytes)}
            </span>
            <span>{formatByteRate(progress.bytesPerSecond)}</span>
            {progress.secondsLeft !== null && <span>{formatTimeLeft(progress.secondsLeft)} left</span>}
          </>
        ) : (
          <span>Connecting to the server.</span>
        )}
      </Text>
    </div>
  );
}
