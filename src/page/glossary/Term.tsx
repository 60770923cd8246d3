/** A question mark beside a word; a click explains it in place. */
import { ActionIcon, Popover, Text } from '@mantine/core';
import { IconHelp } from '@tabler/icons-react';
import { GLOSSARY, type TermName } from './glossary.ts';

export function Term({ of }: { readonly of: TermName }) {
  const { title, text } = GLOSSARY[of];
  return (
    <Popover width={290} position="bottom" withArrow>
      <Popover.Target>
        <ActionIcon className="word" variant="transparent" color="gray" size={20} aria-label={`What is: ${title}`}>
          <IconHelp size={15} stroke={1.75} aria-hidden />
        </ActionIcon>
      </Popover.Target>
      <Popover.Dropdown>
        <Text size="sm" fw={600} mb={4}>
          {title}
        </Text>
        <Text size="sm">{text}</Text>
      </Popover.Dropdown>
    </Popover>
  );
}
