/** One data set of the server, with its download button. */
import { Badge, Button, Text } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { clsx } from 'clsx';
import { visibleText } from '#core/visibleText.ts';
import { UntrustedText } from '../../ui/UntrustedText.tsx';
import type { OfferedDataset } from '#core/data/stored.ts';
import { formatBytes } from '#core/format.ts';
import { cancelDownload, downloadDataset } from '../../client/actions.ts';
import { attempt } from '../../ui/failures.ts';
import { useActivity, useDatasets } from '../../client/stores.ts';
import { DownloadBar } from '../../ui/DownloadBar.tsx';
import styles from './OfferedSet.module.css';

export function OfferedSet({ offer }: { readonly offer: OfferedDataset }) {
  const stored = useDatasets((state) => state.stored.find(({ manifest }) => manifest.id === offer.id));
  const download = useDatasets((state) => state.download);
  const training = useActivity(({ activity }) => activity.state !== 'idle');
  // the same rows with fewer bytes lack what is kept of `<UNK>`s
  const current = stored?.manifest.sha256 === offer.sha256 && stored.bytes === offer.bytes;
  // people may have given this id to a data set of their own
  const isUpdate = stored?.manifest.title === offer.title;
  if (download?.datasetId === offer.id) {
    return (
      <div className={styles.offered}>
        <Text fw={600}>
          <UntrustedText text={offer.title} />
        </Text>
        <DownloadBar progress={download.progress} onCancel={() => void cancelDownload()} />
      </div>
    );
  }
  return (
    <div className={clsx(styles.offered, styles.line)}>
      <div>
        <Text fw={600}>
          <UntrustedText text={offer.title} />
        </Text>
        <Text size="sm" c="dimmed">
          {formatBytes(offer.bytes)}
          {stored && !current && isUpdate && '. The server has a different version than the stored one.'}
          {stored &&
            !current &&
            !isUpdate &&
            `. It would replace “${visibleText(stored.manifest.title)}”, which has the same name.`}
        </Text>
      </div>
      {current ? (
        <Badge variant="default" size="lg">
          stored
        </Badge>
      ) : (
        <Button
          variant={stored ? 'default' : 'filled'}
          leftSection={<IconDownload size={16} aria-hidden />}
          disabled={download !== null || (training && stored !== undefined)}
          aria-label={`${isUpdate ? 'Update' : 'Download'} ${visibleText(offer.title)}`}
          onClick={() => void attempt(() => downloadDataset(offer))}
        >
          {isUpdate ? 'Update' : 'Download'}
        </Button>
      )}
    </div>
  );
}
