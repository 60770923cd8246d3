/** A button for an action that cannot be undone: it asks once, in place. */
import { Button, Group, Popover, Text, type MantineSize } from '@mantine/core';
import { useState, type ReactNode } from 'react';

interface ConfirmButtonProps {
  readonly label: string;
  /** Where the label alone does not say what it acts on. */
  readonly name?: string;
  readonly icon?: ReactNode;
  readonly question: string;
  /** Label of the button that confirms. */
  readonly confirm: string;
  /** Label of the button that cancels. */
  readonly keep?: string;
  readonly size?: MantineSize;
  readonly disabled?: boolean;
  readonly onConfirm: () => void;
}

export function ConfirmButton(props: ConfirmButtonProps) {
  const { label, name, icon, question, confirm, keep = 'Cancel', size = 'xs', disabled = false, onConfirm } = props;
  const [asked, setAsked] = useState(false);
  return (
    <Popover opened={asked} onChange={setAsked} width={270} withArrow trapFocus position="bottom-end">
      <Popover.Target>
        <Button
          size={size}
          variant="default"
          leftSection={icon}
          disabled={disabled}
          aria-label={name}
          onClick={() => setAsked((before) => !before)}
        >
          {label}
        </Button>
      </Popover.Target>
      <Popover.Dropdown>
        <Text size="sm">{question}</Text>
        <Group mt="sm" gap="xs" justify="flex-end">
          <Button size="xs" variant="default" onClick={() => setAsked(false)}>
            {keep}
          </Button>
          <Button
            size="xs"
            color="red.9"
            onClick={() => {
              setAsked(false);
              onConfirm();
            }}
          >
            {confirm}
          </Button>
        </Group>
      </Popover.Dropdown>
    </Popover>
  );
}
