/** What can be done with a run: take its weights, delete it. */
import { ActionIcon, Button, Group, Menu, Modal, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconDots, IconDownload, IconTrash } from '@tabler/icons-react';
import { formatMoment, MODEL_TITLES } from '../core/format.ts';
import type { RunRecord } from '../core/run.ts';
import { attempt, deleteRun, saveWeights } from '../lab/actions.ts';

const UNDER_WAY: readonly RunRecord['state'][] = ['training', 'paused', 'waiting'];

export function RunMenu({ run }: { readonly run: RunRecord }) {
  const [asked, question] = useDisclosure(false);
  const title = MODEL_TITLES[run.model];
  return (
    <>
      <Menu position="bottom-end" withArrow>
        <Menu.Target>
          <ActionIcon variant="subtle" color="gray" aria-label={`Menu of ${title}`}>
            <IconDots size={16} aria-hidden />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item
            leftSection={<IconDownload size={15} aria-hidden />}
            disabled={run.bestEpoch === null}
            onClick={() => void attempt(() => saveWeights(run.id))}
          >
            Download weights{run.bestEpoch === null ? ' (after the first epoch)' : ''}
          </Menu.Item>
          <Menu.Item
            leftSection={<IconTrash size={15} aria-hidden />}
            disabled={UNDER_WAY.includes(run.state)}
            onClick={question.open}
          >
            Delete the run
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <Modal
        opened={asked}
        onClose={question.close}
        title={`Delete this ${title}?`}
        closeButtonProps={{ 'aria-label': 'Close' }}
      >
        <Text size="sm">
          Its measures and weights from {formatMoment(run.createdAt)} go for good. Download the weights first if you may
          want them.
        </Text>
        <Group mt="md" justify="flex-end" gap="xs">
          <Button variant="default" onClick={question.close}>
            Keep it
          </Button>
          <Button
            color="red.9"
            onClick={() => {
              question.close();
              void deleteRun(run.id);
            }}
          >
            Delete the run
          </Button>
        </Group>
      </Modal>
    </>
  );
}
