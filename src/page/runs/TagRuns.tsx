/** Adds a tag to several runs at once, or takes it away from them. */
import { Button, Group, Popover, TextInput } from '@mantine/core';
import { IconTag } from '@tabler/icons-react';
import { useState } from 'react';
import { parseTags, TAG_LIMIT, withTag } from '#core/runs/runLabel.ts';
import { tagRuns } from '../client/runActions.ts';

export function TagRuns({ ids }: { readonly ids: readonly string[] }) {
  const [opened, setOpened] = useState(false);
  const [text, setText] = useState('');
  const [tag] = parseTags(text);
  const apply = (change: (tags: readonly string[]) => readonly string[]) => {
    setOpened(false);
    setText('');
    void tagRuns(ids, change);
  };
  const add = () => tag !== undefined && apply((tags) => withTag(tags, tag));
  return (
    <Popover opened={opened} onChange={setOpened} position="top-start" withArrow trapFocus>
      <Popover.Target>
        <Button
          size="xs"
          variant="default"
          leftSection={<IconTag size={14} aria-hidden />}
          disabled={ids.length === 0}
          onClick={() => setOpened(!opened)}
        >
          Tag {ids.length} shown
        </Button>
      </Popover.Target>
      <Popover.Dropdown>
        <TextInput
          size="xs"
          label="Tag"
          data-autofocus
          maxLength={TAG_LIMIT}
          value={text}
          onChange={({ currentTarget }) => setText(currentTarget.value)}
          onKeyDown={({ key }) => key === 'Enter' && add()}
        />
        <Group gap="xs" mt="xs">
          <Button size="compact-sm" disabled={tag === undefined} onClick={add}>
            Add tag
          </Button>
          <Button
            size="compact-sm"
            variant="default"
            disabled={tag === undefined}
            onClick={() => tag !== undefined && apply((tags) => tags.filter((one) => one !== tag))}
          >
            Remove tag
          </Button>
        </Group>
      </Popover.Dropdown>
    </Popover>
  );
}
