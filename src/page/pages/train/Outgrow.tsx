/** The way out of a tab that is too small: the exact commands that train what is set here with PyTorch, and the way back. */
import { ActionIcon, Button, Code, CopyButton, List, Modal, Stack, Text } from '@mantine/core';
import { IconCheck, IconCopy, IconFileZip, IconServer2 } from '@tabler/icons-react';
import { useState } from 'react';
import type { StoredDataset } from '#core/data/stored.ts';
import type { TrainingConfig } from '#core/settings/config.ts';
import { outgrowCommands, type Command } from '#core/formats/outgrow.ts';
import { attempt } from '../../ui/failures.ts';
import { saveDataset } from '../../client/datasetFile.ts';
import { useTrainForm } from './form.ts';
import { chosenModels, presetFor } from './plan.ts';
import styles from './Outgrow.module.css';

interface OutgrowProps {
  /** Null while a number is out of bounds. */
  readonly config: TrainingConfig | null;
  readonly datasetId: string | null;
  /** Undefined while it is only offered. */
  readonly dataset: StoredDataset | undefined;
}

export function Outgrow(props: OutgrowProps) {
  const [opened, setOpened] = useState(false);
  return (
    <>
      <Button
        variant="subtle"
        size="compact-sm"
        leftSection={<IconServer2 size={15} aria-hidden />}
        onClick={() => setOpened(true)}
      >
        Outgrow this tab
      </Button>
      <Modal
        opened={opened}
        onClose={() => setOpened(false)}
        title="Outgrow this tab"
        size="lg"
        closeButtonProps={{ 'aria-label': 'Close' }}
      >
        <Ways {...props} />
      </Modal>
    </>
  );
}

function Ways({ config, datasetId, dataset }: OutgrowProps) {
  const { preset, kinds, variants } = useTrainForm();
  if (config === null || datasetId === null || kinds.length === 0) {
    return (
      <Text size="sm">
        {datasetId === null
          ? 'Choose a data set first: the commands name it.'
          : 'Settle the models and numbers first: the commands name them.'}
      </Text>
    );
  }
  const models = chosenModels(kinds, variants);
  const commands = outgrowCommands({ datasetId, models, config, preset: presetFor(preset, dataset) });
  return (
    <Stack gap="md">
      <Text size="sm">
        The lab’s repository holds the same three models, data and measures in PyTorch. What is set here trains there
        with these commands, on as many processors or machines as you have, and comes back as runs beside your own.
      </Text>
      <div>
        <Text size="sm" fw={600}>
          The data set
        </Text>
        <Text size="sm" mb={6}>
          Save it and unpack it where you train: it makes a folder <Code>{datasetId}</Code>.
        </Text>
        <Button
          size="xs"
          variant="default"
          leftSection={<IconFileZip size={14} aria-hidden />}
          disabled={!dataset}
          onClick={() => void attempt(() => saveDataset(datasetId))}
        >
          Save the data set as a file
        </Button>
        {!dataset && (
          <Text size="xs" c="dimmed" mt={4}>
            It is not in this browser yet. In the repository, npm run data prepares it under public/datasets/{datasetId}
            .
          </Text>
        )}
      </div>
      {commands.map((command) => (
        <CommandLine key={command.title} command={command} />
      ))}
      <div>
        <Text size="sm" fw={600}>
          And back
        </Text>
        <List size="sm" spacing={4}>
          <List.Item>
            In Compare, “Bring runs or weights” takes <Code>results/metrics.json</Code> and the{' '}
            <Code>.safetensors</Code> files beside it, chosen together: curves beside your own, and weights to complete
            with.
          </List.Item>
          <List.Item>
            The order of batches and the first weights come from PyTorch’s generators there, so curves are like these,
            not the same.
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
