/** Says that included models could not be read. */
import { Button } from '@mantine/core';
import { FailureNote } from '../../ui/FailureNote.tsx';
import { dismissReadyMadeFailure, readReadyMade, useReadyMade } from '../../client/readyMade.ts';

export function MissingModels() {
  const failure = useReadyMade((state) => state.failure);
  if (failure === null) return null;
  return (
    <FailureNote failure={failure} onDismiss={dismissReadyMadeFailure}>
      <Button size="xs" mt="xs" onClick={() => void readReadyMade()}>
        Try again
      </Button>
    </FailureNote>
  );
}
