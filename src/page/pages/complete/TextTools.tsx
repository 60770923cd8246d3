/** Opens a text: an example, a file of the user, or a random file of the test split. */
import { Button, Menu, Text } from '@mantine/core';
import { IconArrowsShuffle, IconBook2, IconFile } from '@tabler/icons-react';
import { memo, useRef, useState } from 'react';
import { UntrustedText } from '../../ui/UntrustedText.tsx';
import { completer } from '../../client/completer.ts';
import { useDatasets } from '../../client/stores.ts';
import { useFileDrop } from '../../ui/useFileDrop.ts';
import { replaceText, showFailure, useCompletion } from './completion.ts';
import { EXAMPLES } from '../../client/exampleTexts.ts';
import { addFile } from './otherFiles.ts';
import { readTextFile, TEXT_FILES } from './textFile.ts';
import styles from './TextTools.module.css';

async function openFile(file: File): Promise<void> {
  try {
    const text = await readTextFile(file);
    addFile({ name: file.name, text });
    replaceText(text, text.length, file.name);
  } catch (error) {
    showFailure(error);
  }
}

export const TextTools = memo(function TextTools() {
  const input = useRef<HTMLInputElement>(null);
  const model = useCompletion((state) => state.model);
  const origin = useCompletion((state) => state.origin);
  // those of the data set that the model was trained on, where it is here
  const hasTestFiles = useDatasets(({ stored }) =>
    stored.some(({ manifest }) => manifest.id === model?.dataset.id && manifest.sha256 === model.dataset.sha256),
  );
  const [looking, setLooking] = useState(false);
  const over = useFileDrop(({ files: [file] }) => {
    if (file) void openFile(file);
  });
  const takeTestFile = async () => {
    if (!model) return;
    setLooking(true);
    try {
      const draw = crypto.getRandomValues(new Uint32Array(1))[0]!;
      const { name, text, unknown } = await completer.testFile(model.runId, draw);
      const marked = text.includes(unknown) ? `; ${unknown} stands for tokens outside the vocabulary` : '';
      replaceText(text, text.length, `${name}, with guessed indentation${marked}`);
    } catch (error) {
      showFailure(error);
    } finally {
      setLooking(false);
    }
  };
  return (
    <div className={styles.tools} data-over={over || undefined}>
      <Menu position="bottom-start" withArrow>
        <Menu.Target>
          <Button size="xs" variant="default" leftSection={<IconBook2 size={15} aria-hidden />}>
            Examples
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {EXAMPLES.map(({ title, text }) => (
            <Menu.Item key={title} onClick={() => replaceText(text, text.length, null)}>
              {title}
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
      <input
        ref={input}
        type="file"
        hidden
        accept={TEXT_FILES}
        aria-label="Your own file"
        onChange={({ currentTarget }) => {
          const [file] = currentTarget.files ?? [];
          if (file) void openFile(file);
          // Without this, choosing the same file again fires no event.
          currentTarget.value = '';
        }}
      />
      <Button
        size="xs"
        variant="default"
        leftSection={<IconFile size={15} aria-hidden />}
        onClick={() => input.current?.click()}
      >
        Open a file
      </Button>
      {hasTestFiles && (
        <Button
          size="xs"
          variant="default"
          leftSection={<IconArrowsShuffle size={15} aria-hidden />}
          loading={looking}
          onClick={() => void takeTestFile()}
        >
          Random test file
        </Button>
      )}
      <Text size="xs" c="dimmed" className={styles.origin}>
        {over ? 'Drop to open it here' : <UntrustedText text={origin ?? 'or drop a file anywhere'} />}
      </Text>
    </div>
  );
});
