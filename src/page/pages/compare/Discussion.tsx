/** A draft discussion of the results, which the user can edit; kept in this browser as long as the same runs are shown. */
import { Button, Group, Text, Textarea } from '@mantine/core';
import { ConfirmButton } from '../../ui/ConfirmButton.tsx';

interface DiscussionProps {
  readonly draft: string;
  /** Null where it was not edited. */
  readonly edited: string | null;
  readonly onEdit: (text: string | null) => void;
}

export function Discussion({ draft, edited, onEdit }: DiscussionProps) {
  return (
    <>
      <Text size="xs" c="dimmed" mb={6}>
        A draft based on the results above. It changes with them until you edit it, and claims no difference whose
        interval includes zero. Exported reports include this text.
      </Text>
      <Textarea
        aria-label="Discussion"
        autosize
        minRows={6}
        maxRows={30}
        maxLength={100_000}
        value={edited ?? draft}
        onChange={({ currentTarget }) => onEdit(currentTarget.value === draft ? null : currentTarget.value)}
      />
      <Group mt="xs" gap="xs">
        {edited === null ? (
          <Button size="xs" variant="default" disabled>
            Not edited
          </Button>
        ) : (
          <ConfirmButton
            label="Reset to draft"
            question="Replace your text with a new draft?"
            confirm="Replace"
            onConfirm={() => onEdit(null)}
          />
        )}
      </Group>
    </>
  );
}
