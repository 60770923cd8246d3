/** One run at a time: its name, notes, tags and colour, and what can be done with it. */
import { Button, ColorInput, Group, Modal, Stack, Text, TextInput } from '@mantine/core';
import { IconDownload, IconFileZip, IconTrash } from '@tabler/icons-react';
import { lazy, Suspense, useState } from 'react';
import { lazyImport } from '../ui/lazyImport.ts';
import { UntrustedText } from '../ui/UntrustedText.tsx';
import { PALETTE } from './colours.ts';
import { NameAndNotes } from './NameAndNotes.tsx';
import { formatMoment, formatParameters, RUN_STATE_TITLES, WEIGHTS_TITLES } from '#core/format.ts';
import { parseTags } from '#core/runs/runLabel.ts';
import { allSettingsInWords, runName } from '#core/runs/runNames.ts';
import { hasWeights, type RunRecord } from '#core/runs/run.ts';
import { attempt } from '../ui/failures.ts';
import { deleteRuns, labelRun, saveRun, saveWeights } from '../client/runActions.ts';
import { useRuns } from '../client/stores.ts';

/** Loaded with the charts, which a first visit does not show. */
const CacheSettings = lazy(async () => ({
  default: (await lazyImport(() => import('./CacheSettings.tsx'))).CacheSettings,
}));

const UNDER_WAY: readonly RunRecord['state'][] = ['training', 'paused', 'waiting'];

export function RunSheet({ runId, onClose }: { readonly runId: string | null; readonly onClose: () => void }) {
  const run = useRuns(({ runs }) => (runId === null ? undefined : runs[runId]));
  return (
    <Modal
      opened={run !== undefined}
      onClose={onClose}
      title="Run"
      size="md"
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      {run && <Sheet key={run.id} run={run} onClose={onClose} />}
    </Modal>
  );
}

function Sheet({ run, onClose }: { readonly run: RunRecord; readonly onClose: () => void }) {
  const label = useRuns(({ labels }) => labels[run.id]);
  const [tags, setTags] = useState(label?.tags.join(', ') ?? '');
  const saveTags = () => {
    const parsed = parseTags(tags);
    setTags(parsed.join(', '));
    void labelRun(run.id, { tags: parsed });
  };
  const busy = UNDER_WAY.includes(run.state);
  return (
    <Stack gap="md">
      <NameAndNotes id={run.id} defaultName={runName(run)} />
      <TextInput
        label="Tags"
        placeholder="baseline, paper"
        value={tags}
        onChange={({ currentTarget }) => setTags(currentTarget.value)}
        onBlur={saveTags}
        onKeyDown={({ key, currentTarget }) => key === 'Enter' && currentTarget.blur()}
        description="Separated by commas."
        inputWrapperOrder={['label', 'input', 'description', 'error']}
      />
      <ColorInput
        label="Color"
        placeholder="Default"
        format="hex"
        swatches={[...PALETTE]}
        swatchesPerRow={8}
        value={label?.colour ?? ''}
        onChange={(colour) => {
          if (colour === '') void labelRun(run.id, { colour: null });
          else if (/^#[0-9a-f]{6}$/i.test(colour)) void labelRun(run.id, { colour: colour.toLowerCase() });
        }}
        rightSection={
          label?.colour ? (
            <Button size="compact-xs" variant="subtle" onClick={() => void labelRun(run.id, { colour: null })}>
              default
            </Button>
          ) : null
        }
        rightSectionWidth={56}
      />
      <Text size="xs" c="dimmed">
        {RUN_STATE_TITLES[run.state]}, {formatMoment(run.createdAt)}, {formatParameters(run.parameters)} parameters,{' '}
        <UntrustedText text={run.device.name} />. <UntrustedText text={allSettingsInWords(run)} />.
      </Text>
      {run.cache && (
        <Suspense fallback={null}>
          <CacheSettings runId={run.id} search={run.cache} />
        </Suspense>
      )}
      <Group gap="xs">
        {(['safetensors', 'safetensors-half', 'tfjs'] as const).map((format) => (
          <Button
            key={format}
            size="xs"
            variant="default"
            leftSection={<IconDownload size={14} aria-hidden />}
            disabled={!hasWeights(run)}
            onClick={() => void attempt(() => saveWeights(run.id, format))}
          >
            {WEIGHTS_TITLES[format]}
          </Button>
        ))}
        <Button
          size="xs"
          variant="default"
          leftSection={<IconFileZip size={14} aria-hidden />}
          disabled={busy}
          onClick={() => void attempt(() => saveRun(run.id))}
        >
          Export the run
        </Button>
        <Button
          size="xs"
          variant="default"
          leftSection={<IconTrash size={14} aria-hidden />}
          disabled={busy}
          onClick={() => {
            onClose();
            void deleteRuns([run.id]);
          }}
        >
          Delete the run
        </Button>
      </Group>
    </Stack>
  );
}
