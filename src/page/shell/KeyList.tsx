import { Group, Kbd, Modal, Stack, Text } from '@mantine/core';
import { KEYS } from './keys.ts';

export function KeyList({ onClose }: { readonly onClose: () => void }) {
  return (
    <Modal opened onClose={onClose} title="Keys" closeButtonProps={{ 'aria-label': 'Close the list of keys' }}>
      <Stack gap="sm">
        {KEYS.map(({ keys, does }) => (
          <Group key={does} justify="space-between" wrap="nowrap">
            <Text size="sm">{does}</Text>
            <Group gap={4} wrap="nowrap">
              {keys.map((key) => (
                <Kbd key={key}>{key}</Kbd>
              ))}
            </Group>
          </Group>
        ))}
        <Text size="xs" c="dimmed">
          While you type, only the keys of Complete work.
        </Text>
      </Stack>
    </Modal>
  );
}
