/** Name and notes of a run or an experiment, saved when a field is left. */
import { Textarea, TextInput } from '@mantine/core';
import { useState } from 'react';
import { NAME_LIMIT, NOTES_LIMIT } from '#core/runs/runLabel.ts';
import { labelRun } from '../client/runActions.ts';
import { useRuns } from '../client/stores.ts';

interface NameAndNotesProps {
  /** Id of the label. */
  readonly id: string;
  /** Title shown if it has no name. */
  readonly defaultName: string;
}

export function NameAndNotes({ id, defaultName }: NameAndNotesProps) {
  const label = useRuns(({ labels }) => labels[id]);
  const [name, setName] = useState(label?.name ?? '');
  const [notes, setNotes] = useState(label?.notes ?? '');
  return (
    <>
      <TextInput
        label="Name"
        placeholder={defaultName}
        maxLength={NAME_LIMIT}
        value={name}
        onChange={({ currentTarget }) => setName(currentTarget.value)}
        onBlur={() => void labelRun(id, { name: name.trim() === '' ? null : name.trim() })}
        onKeyDown={({ key, currentTarget }) => key === 'Enter' && currentTarget.blur()}
        description="Leave empty for the default name."
        inputWrapperOrder={['label', 'input', 'description', 'error']}
      />
      <Textarea
        label="Notes"
        autosize
        minRows={3}
        maxRows={12}
        maxLength={NOTES_LIMIT}
        value={notes}
        onChange={({ currentTarget }) => setNotes(currentTarget.value)}
        onBlur={() => void labelRun(id, { notes })}
      />
    </>
  );
}
