/** Asks before resuming a run that could reach different weights than without the interruption. */
import { Button, Group, Modal, Stack, Text } from '@mantine/core';
import { cancelResume, resumeFromCheckpoint, type ResumeState } from '../../client/resume.ts';
import { UntrustedText } from '../../ui/UntrustedText.tsx';

export function ResumeQuestion({ asked }: { readonly asked: NonNullable<ResumeState['asked']> }) {
  return (
    <Modal
      opened
      onClose={cancelResume}
      title="Resuming will not be bit-identical"
      closeButtonProps={{ 'aria-label': 'Cancel' }}
    >
      <Stack gap="md">
        <Text size="sm">
          <UntrustedText text={asked.failure.what} />
        </Text>
        <Text size="sm">{asked.failure.remedy}</Text>
        <Group justify="flex-end">
          <Button variant="default" onClick={cancelResume}>
            Cancel
          </Button>
          <Button onClick={() => void resumeFromCheckpoint(asked.request.runId, { ...asked.request, anyway: true })}>
            Resume anyway
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
