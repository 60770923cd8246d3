/** Which other files the cache knows. */
import { ActionIcon, Button, Switch, Text } from '@mantine/core';
import { IconFilePlus, IconX } from '@tabler/icons-react';
import { useRef } from 'react';
import { formatCounted } from '#core/format.ts';
import { visibleText } from '#core/visibleText.ts';
import { UntrustedText } from '../../ui/UntrustedText.tsx';
import { showFailure, useCompletion } from './completion.ts';
import { addFile, filesBeside, removeFile, useOtherFiles } from './otherFiles.ts';
import { readTextFile, TEXT_FILES } from './textFile.ts';
import styles from './OtherFilesMemory.module.css';

async function addFiles(files: readonly File[]): Promise<void> {
  for (const file of files) {
    try {
      addFile({ name: file.name, text: await readTextFile(file) });
    } catch (error) {
      showFailure(error);
    }
  }
}

export function OtherFilesMemory() {
  const input = useRef<HTMLInputElement>(null);
  const { files, on, tokens } = useOtherFiles();
  const origin = useCompletion((state) => state.origin);
  const beside = filesBeside(files, origin);
  return (
    <div className={styles.files}>
      <Switch
        size="xs"
        label="Memory of other files"
        description="Files that you add or opened on this page, such as others of your project. They stay in this tab."
        checked={on}
        disabled={beside.length === 0 && !on}
        onChange={({ currentTarget }) => useOtherFiles.setState({ on: currentTarget.checked })}
      />
      <input
        ref={input}
        type="file"
        multiple
        hidden
        accept={TEXT_FILES}
        aria-label="Other files"
        onChange={({ currentTarget }) => {
          void addFiles([...(currentTarget.files ?? [])]);
          // without this, choosing the same file again fires no event
          currentTarget.value = '';
        }}
      />
      {beside.length > 0 && (
        <ul className={styles.list} aria-label="Other files">
          {beside.map(({ name }, index) => (
            <li key={name} className={styles.file}>
              <UntrustedText text={name} />
              <Text size="xs" c="dimmed" component="span">
                {on && (tokens === null ? 'reading' : `${formatCounted(tokens[index] ?? 0, 'token')} read`)}
              </Text>
              <ActionIcon
                size="xs"
                variant="subtle"
                color="gray"
                aria-label={`Remove ${visibleText(name)}`}
                onClick={() => removeFile(name)}
              >
                <IconX size={12} aria-hidden />
              </ActionIcon>
            </li>
          ))}
        </ul>
      )}
      <Button
        size="compact-xs"
        variant="default"
        leftSection={<IconFilePlus size={14} aria-hidden />}
        onClick={() => input.current?.click()}
      >
        Add files
      </Button>
    </div>
  );
}
