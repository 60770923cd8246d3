/** Import of the user's code: choose, check, import, result. */
import { Anchor, Button, Loader, Text, Title } from '@mantine/core';
import { clsx } from 'clsx';
import { useEffect, useRef } from 'react';
import { useHashLocation } from 'wouter/use-hash-location';
import { UntrustedText } from '../../ui/UntrustedText.tsx';
import { FailureNote } from '../../ui/FailureNote.tsx';
import type { Failure } from '#core/failure.ts';
import { noteText } from '#core/data/notes.ts';
import { formatCounted } from '#core/format.ts';
import { dismissImport } from '../../client/imports.ts';
import { useDatasets, useImport } from '../../client/stores.ts';
import { AddressField } from './AddressField.tsx';
import { DropZone } from './DropZone.tsx';
import { closeImportForm, useImportForm } from './importForm.ts';
import { ImportProgress } from './ImportProgress.tsx';
import { ImportSheet } from './ImportSheet.tsx';
import { useDrop } from './useDrop.ts';
import shared from '../../ui/shared.module.css';
import styles from './ImportPanel.module.css';

export function ImportPanel() {
  const importing = useImport((state) => state.importing);
  const selection = useImportForm((state) => state.selection);
  const over = useDrop(importing.state === 'working');
  const place = useRef<HTMLElement>(null);
  const steps = `${importing.state} ${selection.state}`;
  const lastSteps = useRef(steps);
  useEffect(() => {
    // The button that was pressed may be gone, so the focus moves here.
    if (steps !== lastSteps.current && document.activeElement === document.body) {
      place.current?.focus({ preventScroll: true });
    }
    lastSteps.current = steps;
  }, [steps]);
  return (
    <section className={shared.sheet} aria-labelledby="bring-title" tabIndex={-1} ref={place}>
      <Title order={2} id="bring-title">
        Import your own code
      </Title>
      <Text size="sm" c="dimmed" mt={2} mb="sm">
        Nothing leaves this computer. The page reads the files and stores them in this browser, even if the browser
        calls it an upload.
      </Text>
      {importing.state === 'failed' && <Failed failure={importing.failure} />}
      {importing.state === 'done' && <Done datasetId={importing.datasetId} />}
      {importing.state === 'working' ? (
        <ImportProgress importing={importing} />
      ) : selection.state === 'recognised' ? (
        <ImportSheet what={selection.what} />
      ) : (
        <>
          {selection.state === 'refused' && (
            <FailureNote
              className={styles.refusal}
              failure={withoutNoise(selection.failure)}
              onDismiss={closeImportForm}
            />
          )}
          {selection.state === 'looking' ? <Looking found={selection.found} /> : <DropZone over={over} />}
          <div className={styles.address}>
            <AddressField />
          </div>
        </>
      )}
    </section>
  );
}

function Looking({ found }: { readonly found: number }) {
  return (
    <div className={styles.dropZone}>
      <Loader size="sm" aria-hidden />
      <Text size="sm" mt={6} component="output" className={shared.figure}>
        Looking for files{found > 0 ? `: ${formatCounted(found, 'file')} so far` : ''}.
      </Text>
      <Button size="xs" variant="default" mt="sm" onClick={closeImportForm}>
        Stop
      </Button>
    </div>
  );
}

function Failed({ failure }: { readonly failure: Failure }) {
  if (failure.kind === 'cancelled') {
    return (
      <div className={styles.note} aria-live="polite">
        <Text size="sm">
          <UntrustedText text={`${failure.what} ${failure.remedy}`} />
        </Text>
      </div>
    );
  }
  return (
    <div className={styles.note}>
      <FailureNote failure={withoutNoise(failure)} onDismiss={dismissImport}>
        <Text size="sm" mt={2}>
          Nothing from this import was stored. Data sets stored earlier have not changed.
        </Text>
      </FailureNote>
    </div>
  );
}

function Done({ datasetId }: { readonly datasetId: string }) {
  const [, go] = useHashLocation();
  const manifest = useDatasets((state) => state.stored.find(({ manifest }) => manifest.id === datasetId)?.manifest);
  if (!manifest) return null;
  const skipped = manifest.figures?.skipped ?? manifest.skipped.length;
  return (
    <div className={clsx(styles.note, styles.done)}>
      <Text size="sm" component="output">
        <b>
          <UntrustedText text={manifest.title} />
        </b>{' '}
        is stored: {formatCounted(manifest.counts.files, 'file')}, {formatCounted(manifest.counts.tokens, 'token')}.
        {skipped > 0 && ` ${formatCounted(skipped, 'file')} without tokens: see the list at the end.`}
        {manifest.notes?.map((note) => ` ${noteText(note)}.`)}
      </Text>
      <Anchor component="button" type="button" size="sm" onClick={() => go('/train')}>
        Train on it
      </Anchor>
    </div>
  );
}

/** Details are shown only where the lab or the machine is at fault: a wrong choice of file is nothing to report. */
function withoutNoise({ what, remedy, detail, kind }: Failure): Pick<Failure, 'what' | 'remedy' | 'detail'> {
  return kind === 'bad-input' || detail === undefined ? { what, remedy } : { what, remedy, detail };
}
