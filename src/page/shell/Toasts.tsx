/** Short messages about what was done, with undo: they disappear after a while, but never under the pointer. */
import { ActionIcon, Button } from '@mantine/core';
import { IconX } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import { UntrustedText } from '../ui/UntrustedText.tsx';
import { dismissNotice, useNotices, type Notice } from '../ui/notices.ts';
import styles from './Toasts.module.css';

/** Long enough to read it, find the button and press it. */
const SHOWN_MS = 20_000;

export function Toasts() {
  const shown = useNotices((state) => state.shown);
  return (
    <div className={styles.toasts} aria-live="polite">
      {shown.map((notice) => (
        <Toast key={notice.id} notice={notice} />
      ))}
    </div>
  );
}

function Toast({ notice: { id, text, action } }: { readonly notice: Notice }) {
  const [held, hold] = useState(false);
  useEffect(() => {
    if (held) return undefined;
    const timer = setTimeout(() => dismissNotice(id), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [held, id]);
  return (
    <div
      className={styles.toast}
      onPointerEnter={() => hold(true)}
      onPointerLeave={() => hold(false)}
      onFocus={() => hold(true)}
      onBlur={() => hold(false)}
    >
      <span>
        <UntrustedText text={text} />
      </span>
      {action && (
        <Button
          size="compact-sm"
          variant="default"
          onClick={() => {
            dismissNotice(id);
            action.run();
          }}
        >
          {action.label}
        </Button>
      )}
      <ActionIcon variant="subtle" color="gray" aria-label="Dismiss" onClick={() => dismissNotice(id)}>
        <IconX size={15} aria-hidden />
      </ActionIcon>
    </div>
  );
}
