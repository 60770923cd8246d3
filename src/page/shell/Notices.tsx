/** Above every page: the lab's state if it is not ready, and recent failures. */
import { Button, Stack } from '@mantine/core';
import { IconRefresh } from '@tabler/icons-react';
import { reopenLab } from '../client/session.ts';
import { useConnection } from '../client/stores.ts';
import { dismissFailure, useFailures } from '../ui/failures.ts';
import { FailureNote } from '../ui/FailureNote.tsx';
import styles from './Notices.module.css';

export function Notices() {
  const connectionFailure = useConnection((state) => state.failure);
  const shown = useFailures((state) => state.shown);
  if (!connectionFailure && shown.length === 0) return null;
  return (
    <Stack gap="xs" className={styles.notices} aria-live="polite">
      {connectionFailure && (
        <FailureNote failure={connectionFailure}>
          {connectionFailure.kind === 'superseded' ? (
            <ReloadButton />
          ) : (
            <Button
              mt="sm"
              size="xs"
              variant="default"
              leftSection={<IconRefresh size={14} aria-hidden />}
              onClick={() => void reopenLab()}
            >
              Restart
            </Button>
          )}
        </FailureNote>
      )}
      {shown.map(({ id, failure }) => (
        <FailureNote key={id} failure={failure} onDismiss={() => dismissFailure(id)} />
      ))}
    </Stack>
  );
}

/** Only a new page is of the newer version. */
function ReloadButton() {
  return (
    <Button
      mt="sm"
      size="xs"
      variant="default"
      leftSection={<IconRefresh size={14} aria-hidden />}
      onClick={() => window.location.reload()}
    >
      Reload the page
    </Button>
  );
}
