/** The exact commands that train the current settings with PyTorch, and how to import the results. */
import { ActionIcon, Button, Code, CopyButton, List, Modal, Stack, Text } from '@mantine/core';
import { IconCheck, IconCopy, IconFileZip } from '@tabler/icons-react';
import type { StoredDataset } from '#core/data/stored.ts';
import type { TrainingConfig } from '#core/settings/config.ts';
import { pytorchCommands, type Command } from '#core/formats/pytorchCommands.ts';
import { attempt } from '../../ui/failures.ts';
import { saveDataset } from '../../client/datasetFile.ts';
import { useTrainForm } from './form.ts';
import { chosenModels, presetFor } from './plan.ts';
import styles from './PytorchDialog.module.css';

export interface PytorchSettings {
  /** Null while a number is out of bounds. */
  readonly config: TrainingConfig | null;
  readonly datasetId: string | null;
  /** Undefined while it is only offered. */
  readonly dataset: StoredDataset | undefined;
}

export function PytorchDialog({ onClose, ...settings }: PytorchSettings & { readonly onClose: () => void }) {
  return (
    <Modal opened onClose={onClose} title="Train with PyTorch" size="lg" closeButtonProps={{ 'aria-label': 'Close' }}>
      <Ways {...settings} />
    </Modal>
  );
}

function Ways({ config, datasetId, dataset }: PytorchSettings) {
  const { preset, kinds, variants } = useTrainForm();
  if (config === null || datasetId === null || kinds.length === 0) {
    return (
      <Text size="sm">
        {datasetId === null
          ? 'Choose a data set first. The commands include its name.'
          : 'Correct the models and settings first. The commands include them.'}
      </Text>
    );
  }
  const models = chosenModels(kinds, variants);
  const commands = pytorchCommands({ datasetId, models, config, preset: presetFor(preset, dataset) });
  return (
    <Stack gap="md">
      <Text size="sm">
        The repository has the same models, data and measures in PyTorch. These commands train with the current
        settings, on one or more GPUs, CPUs or machines. You can import the results as runs.
      </Text>
      <div>
        <Text size="sm" fw={600}>
          Data set
        </Text>
        <Text size="sm" mb={6}>
          Export it and unpack it where you train. The file contains the folder <Code>{datasetId}</Code>.
        </Text>
        <Button
          size="xs"
          variant="default"
          leftSection={<IconFileZip size={14} aria-hidden />}
          disabled={!dataset}
          onClick={() => void attempt(() => saveDataset(datasetId))}
        >
          Export the data set
        </Button>
        {!dataset && (
          <Text size="xs" c="dimmed" mt={4}>
            {`It is not in this browser yet. In the repository, npm run data prepares it under public/datasets/${datasetId}.`}
          </Text>
        )}
      </div>
      {commands.map((command) => (
        <CommandLine key={command.title} command={command} />
      ))}
      <div>
        <Text size="sm" fw={600}>
          Import the results
        </Text>
        <List size="sm" spacing={4}>
          <List.Item>
            In Compare, click “Import” and select <Code>results/metrics.json</Code> together with the{' '}
            <Code>.safetensors</Code> files next to it. The curves appear in the charts, and the weights can complete
            code.
          </List.Item>
          <List.Item>
            PyTorch draws the batch order and the initial weights with its own generators, so its curves are similar,
            not identical.
          </List.Item>
        </List>
      </div>
    </Stack>
  );
}

function CommandLine({ command: { title, text } }: { readonly command: Command }) {
  return (
    <div>
      <Text size="sm" fw={600} mb={4}>
        {title}
      </Text>
      <div className={styles.command}>
        <Code block className={styles.text}>
          {text}
        </Code>
        <CopyButton value={text}>
          {({ copied, copy }) => (
            <ActionIcon variant="default" size={30} aria-label={copied ? 'Copied' : `Copy: ${title}`} onClick={copy}>
              {copied ? <IconCheck size={15} aria-hidden /> : <IconCopy size={15} aria-hidden />}
            </ActionIcon>
          )}
        </CopyButton>
      </div>
    </div>
  );
}
