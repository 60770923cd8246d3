/** The name and the notes of an experiment. */
import { Modal, Stack } from '@mantine/core';
import { experimentLabelId } from '#core/runs/runLabel.ts';
import { NameAndNotes } from '../../../runs/NameAndNotes.tsx';

interface ExperimentSheetProps {
  /** Null while none is open; `title` is what it is called without a name. */
  readonly experiment: { readonly id: string; readonly title: string } | null;
  readonly onClose: () => void;
}

export function ExperimentSheet({ experiment, onClose }: ExperimentSheetProps) {
  return (
    <Modal
      opened={experiment !== null}
      onClose={onClose}
      title="Experiment"
      size="md"
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      {experiment && (
        <Stack gap="md">
          <NameAndNotes
            key={experiment.id}
            id={experimentLabelId(experiment.id)}
            defaultName={experiment.title.slice(0, 80)}
          />
        </Stack>
      )}
    </Modal>
  );
}
