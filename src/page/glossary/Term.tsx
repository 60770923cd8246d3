/** A question mark beside a word; a click explains it in place. */
import { ActionIcon, Popover, Text } from '@mantine/core';
import { IconHelp } from '@tabler/icons-react';
import { clsx } from 'clsx';
import { GLOSSARY, type TermName } from './glossary.ts';
import styles from './Term.module.css';

interface TermProps {
  readonly of: TermName;
  /** Set where it is not on its own line. */
  readonly className?: string | undefined;
}

export function Term({ of, className }: TermProps) {
  const { title, text } = GLOSSARY[of];
  return (
    <Popover width={290} position="bottom" withArrow>
      <Popover.Target>
        <ActionIcon
          className={clsx(styles.term, className)}
          variant="transparent"
          color="gray"
          size={20}
          aria-label={`Explain: ${title}`}
        >
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
