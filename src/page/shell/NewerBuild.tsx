/** Offers a newer build: it is loaded when the user asks for it, and not while a reload would end a training or an import. */
import { Button } from '@mantine/core';
import { useState } from 'react';
import { loadNewer, useOffline } from '../client/offline.ts';
import { useActivity, useImport } from '../client/stores.ts';
import styles from './NewerBuild.module.css';

export function NewerBuild() {
  const newer = useOffline((state) => state.newer);
  const training = useActivity(({ activity }) => activity.state !== 'idle');
  const importing = useImport((state) => state.importing.state === 'working');
  const [loading, setLoading] = useState(false);
  const wait = training ? 'after training has ended' : importing ? 'after the import has ended' : null;
  return (
    <output className={newer ? styles.newerBuild : undefined}>
      {newer && (
        <>
          <span>
            A newer version of the lab is ready.
            {wait !== null && <span id="newer-build-wait"> You can load it {wait}.</span>}
          </span>
          <Button
            size="compact-sm"
            variant="default"
            disabled={wait !== null}
            loading={loading}
            aria-describedby={wait === null ? undefined : 'newer-build-wait'}
            onClick={() => {
              setLoading(true);
              void loadNewer();
            }}
          >
            Update
          </Button>
        </>
      )}
    </output>
  );
}
