/** Imports runs and weights from files of the lab, PyTorch and TensorFlow.js. */
import { Button, FileButton, type ButtonProps } from '@mantine/core';
import { IconFileImport } from '@tabler/icons-react';
import { importRuns, RUN_FILES } from '../client/runActions.ts';

interface ImportRunsButtonProps extends Required<Pick<ButtonProps, 'size'>> {
  /** Ids of the runs that came in. */
  readonly onImported?: (ids: readonly string[]) => void;
}

export function ImportRunsButton({ size, onImported }: ImportRunsButtonProps) {
  return (
    <FileButton
      accept={RUN_FILES}
      multiple
      onChange={(files) => void importRuns(files).then((ids) => ids.length > 0 && onImported?.(ids))}
    >
      {(props) => (
        <Button {...props} size={size} variant="default" leftSection={<IconFileImport size={14} aria-hidden />}>
          Import
        </Button>
      )}
    </FileButton>
  );
}
