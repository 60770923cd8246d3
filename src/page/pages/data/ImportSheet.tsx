/** The recognized source, and the few choices before it becomes a data set. */
import { Alert, Button, Checkbox, SimpleGrid, Stack, Text, TextInput } from '@mantine/core';
import { visibleText } from '#core/visibleText.ts';
import { useActivity, useConnection, useDatasets } from '../../client/stores.ts';
import { noteText } from '#core/data/notes.ts';
import { formatBytes, formatCounted } from '#core/format.ts';
import { dismissImport, importDataset } from '../../client/imports.ts';
import { NumberInput } from '../../ui/numbers/NumberInput.tsx';
import { useTrainForm } from '../train/form.ts';
import { Term } from '../../glossary/Term.tsx';
import { useDataPage } from './chosen.ts';
import {
  errorsOf,
  idOf,
  LENGTH_LIMITS,
  closeImportForm,
  requestOf,
  useImportForm,
  VOCABULARY_LIMITS,
} from './importForm.ts';
import type { Recognised } from './recognise.ts';
import shared from '../../ui/shared.module.css';
import styles from './ImportPanel.module.css';

export function ImportSheet({ what }: { readonly what: Recognised }) {
  const form = useImportForm();
  const errors = errorsOf(form);
  const ready = useConnection(({ state }) => state === 'ready');
  const training = useActivity(({ activity }) => activity.state !== 'idle');
  const id = idOf(form.title, what);
  const replaced = useDatasets((state) => state.stored.find(({ manifest }) => manifest.id === id));
  const request = requestOf(form);
  return (
    <form
      className={styles.box}
      aria-label="Import"
      onSubmit={(event) => {
        event.preventDefault();
        void begin();
      }}
    >
      <div aria-live="polite">
        <Text fw={600}>{what.kind}</Text>
        <Text size="sm" className={shared.figure}>
          {what.amount}, {what.bytes === null ? 'size known after reading' : formatBytes(what.bytes)}
        </Text>
        {what.passedOver > 0 && (
          <Text size="xs" c="dimmed">
            {formatCounted(what.passedOver, 'other file')} ignored.
          </Text>
        )}
        {what.notes.map((note) => (
          <Text key={note.what} size="xs" c="dimmed">
            {noteText(note)}.
          </Text>
        ))}
        <Text size="xs" c="dimmed">
          License: {what.licence}.
        </Text>
        <Text size="xs" c="dimmed">
          {what.hasTest
            ? 'It has its own test split. A fifth of its training files, drawn with seed 42, become validation.'
            : 'A tenth of the files become test and a fifth of the rest validation, drawn with seed 42.'}
        </Text>
      </div>
      <Stack gap="sm" mt="sm">
        <TextInput
          label="Name"
          value={form.title}
          error={errors.title}
          onChange={({ currentTarget }) => useImportForm.setState({ title: currentTarget.value })}
        />
        {replaced && !errors.title && (
          <Alert color="yellow" variant="light" className={styles.plainNote}>
            {training
              ? `“${visibleText(replaced.manifest.title)}” already has this name. A stored data set cannot be replaced during training: wait until it ends, or choose another name.`
              : `“${visibleText(replaced.manifest.title)}” already has this name. It is replaced when the import is complete.`}
          </Alert>
        )}
        <SimpleGrid cols={2} spacing="sm">
          <NumberInput
            label={
              <span className={shared.withTerm}>
                Vocabulary <Term of="vocabulary" />
              </span>
            }
            labelProps={{ component: 'div' }}
            aria-label="Vocabulary"
            description="The task’s size. You can choose a smaller one for training."
            inputWrapperOrder={['label', 'input', 'error', 'description']}
            value={form.vocabulary}
            error={errors.vocabulary}
            limits={VOCABULARY_LIMITS}
            step={1_000}
            onChange={(vocabulary) => useImportForm.setState({ vocabulary })}
          />
          <NumberInput
            label={
              <span className={shared.withTerm}>
                Row length <Term of="cut" />
              </span>
            }
            labelProps={{ component: 'div' }}
            aria-label="Row length"
            description="Tokens per row. The task cuts files at 1,000."
            inputWrapperOrder={['label', 'input', 'error', 'description']}
            value={form.length}
            error={errors.length}
            limits={LENGTH_LIMITS}
            step={100}
            onChange={(length) => useImportForm.setState({ length })}
          />
        </SimpleGrid>
        <Checkbox
          label="Keep long files whole"
          description="Splits them into several rows instead of cutting them. Useful with few files. The task cuts them."
          checked={form.wholeFiles}
          onChange={({ currentTarget }) => useImportForm.setState({ wholeFiles: currentTarget.checked })}
        />
        <Checkbox
          label="Drop exact duplicates"
          description="Copies in several splits make results look better than they are. They are counted either way. The task keeps them."
          checked={form.dropDuplicates}
          onChange={({ currentTarget }) => useImportForm.setState({ dropDuplicates: currentTarget.checked })}
        />
      </Stack>
      <div className={styles.buttons}>
        <Button type="submit" disabled={request === null || !ready || (training && replaced !== undefined)}>
          Import
        </Button>
        <Button
          variant="default"
          onClick={() => {
            closeImportForm();
            dismissImport();
          }}
        >
          Choose other files
        </Button>
      </div>
    </form>
  );
}

/** The new data set is shown here and chosen for training; the sheet stays where it failed, to try again. */
async function begin(): Promise<void> {
  const form = useImportForm.getState();
  const request = requestOf(form);
  if (!request) return;
  // the note above the fields names the data set that is replaced
  const replaced = useDatasets.getState().stored.find(({ manifest }) => manifest.id === request.id);
  const stored = await importDataset({ ...request, replaces: replaced?.manifest.sha256 ?? null }, form.title.trim());
  if (!stored) return;
  const { id } = stored.manifest;
  useDataPage.setState({ chosen: id });
  useTrainForm.setState({ datasetId: id });
  closeImportForm();
}
