/** Shows a failure: what happened, what to do, and the details in a collapsed section. */
import { Alert, Text } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { clsx } from 'clsx';
import type { ReactNode } from 'react';
import { UntrustedText } from './UntrustedText.tsx';
import type { Failure } from '#core/failure.ts';
import styles from './FailureNote.module.css';

interface FailureNoteProps {
  readonly className?: string | undefined;
  readonly failure: Omit<Failure, 'kind'>;
  readonly onDismiss?: () => void;
  /** Buttons that follow the remedy. */
  readonly children?: ReactNode;
}

export function FailureNote({ className, failure, onDismiss, children }: FailureNoteProps) {
  return (
    <Alert
      className={clsx(styles.note, className)}
      color="red"
      variant="light"
      icon={<IconAlertTriangle size={18} aria-hidden />}
      withCloseButton={onDismiss !== undefined}
      closeButtonLabel="Dismiss"
      {...(onDismiss ? { onClose: onDismiss } : {})}
    >
      <Text size="sm" fw={600}>
        <UntrustedText text={failure.what} />
      </Text>
      <Text size="sm" mt={2}>
        <UntrustedText text={failure.remedy} />
      </Text>
      {failure.detail && (
        <details className={styles.detail}>
          <summary>Details for a bug report</summary>
          <pre>
            <UntrustedText text={failure.detail} />
          </pre>
        </details>
      )}
      {children}
    </Alert>
  );
}
