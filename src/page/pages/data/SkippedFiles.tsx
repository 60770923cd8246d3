/** The files that did not become rows, each with its reason. */
import { Code, Text, Title } from '@mantine/core';
import { UntrustedText } from '../../ui/UntrustedText.tsx';
import type { Manifest } from '#core/data/manifest.ts';
import { noteText } from '#core/data/notes.ts';
import { formatCount, formatCounted } from '#core/format.ts';
import shared from '../../ui/shared.module.css';
import styles from './SkippedFiles.module.css';

/** Published sets keep the place of a file that cannot be read, so that rows stay comparable. */
const KEEPS_EMPTY_ROWS: readonly string[] = ['codexglue', 'parquet', 'py150'];

export function SkippedFiles({ manifest: { skipped, figures, source, notes = [] } }: { readonly manifest: Manifest }) {
  const all = figures?.skipped ?? skipped.length;
  const fate = KEEPS_EMPTY_ROWS.includes(source.kind) ? 'kept as empty rows' : 'left out';
  return (
    <section className={shared.sheet} aria-labelledby="left-out-title">
      <Title order={2} id="left-out-title">
        {all === 0 ? 'No files were left out' : `${formatCounted(all, 'file')} ${fate}, and why`}
      </Title>
      {figures?.reasons !== undefined && figures.reasons.length > 1 && (
        <ul className={styles.counts} aria-label="Files left out by reason">
          {figures.reasons.map(({ reason, files }) => (
            <li key={reason}>
              {reason} ({formatCounted(files, 'file')})
            </li>
          ))}
        </ul>
      )}
      {all > 0 && (
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- the keyboard must be able to scroll it
        <ul className={styles.list} tabIndex={0} aria-label="Files left out">
          {skipped.map(({ path, line, reason }) => (
            <li key={`${path}:${line ?? ''}`}>
              <Code>
                <UntrustedText text={line === null ? path : `${path}:${line}`} />
              </Code>{' '}
              <UntrustedText text={reason} />
            </li>
          ))}
        </ul>
      )}
      {all > skipped.length && (
        <Text size="xs" c="dimmed" mt={6}>
          The first {formatCount(skipped.length)} are listed.
        </Text>
      )}
      {notes.length > 0 && (
        <>
          <Text component="h3" id="reading-notes-title" size="sm" fw={600} mt="sm">
            How the files were read
          </Text>
          <ul className={styles.counts} aria-labelledby="reading-notes-title">
            {notes.map((note) => (
              <li key={note.what}>{noteText(note)}</li>
            ))}
          </ul>
        </>
      )}
    </section>
  );
}
