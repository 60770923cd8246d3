/** Takes files to import: dropped anywhere on the page, or chosen with a button. */
import { Button, Text } from '@mantine/core';
import { IconFile, IconFolder } from '@tabler/icons-react';
import { useEffect, useRef } from 'react';
import { gatherFiles } from './gather.ts';
import { recogniseSelection } from './importForm.ts';
import { recogniseFiles } from './recognise.ts';
import styles from './ImportPanel.module.css';

export function DropZone({ over }: { readonly over: boolean }) {
  return (
    <div className={styles.dropZone} data-over={over || undefined}>
      <Text fw={600}>{over ? 'Drop to check it' : 'Drop code here'}</Text>
      <Text size="sm" c="dimmed" mt={2}>
        A folder, a .zip or a .tar.gz with .py files; CodeXGLUE’s train.txt, dev.txt and test.txt; Parquet files; or
        py150’s tarball.
      </Text>
      <div className={styles.buttons}>
        <ChooseButton folder />
        <ChooseButton />
      </div>
    </div>
  );
}

function ChooseButton({ folder = false }: { readonly folder?: boolean }) {
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => {
    // React does not know this property, which all browsers support.
    if (folder) input.current?.setAttribute('webkitdirectory', '');
  }, [folder]);
  return (
    <>
      <input
        ref={input}
        type="file"
        hidden
        multiple
        data-choose={folder ? 'folder' : 'files'}
        aria-label={folder ? 'Folder' : 'Files'}
        {...(folder ? {} : { accept: '.py,.zip,.parquet,.tar,.gz,.tgz,.txt' })}
        onChange={({ currentTarget }) => {
          const files = [...(currentTarget.files ?? [])];
          // Without this, choosing the same file again fires no event.
          currentTarget.value = '';
          if (files.length > 0) void recogniseSelection(() => recogniseFiles(gatherFiles(files)));
        }}
      />
      <Button
        size="xs"
        variant="default"
        leftSection={folder ? <IconFolder size={15} aria-hidden /> : <IconFile size={15} aria-hidden />}
        onClick={() => input.current?.click()}
      >
        {folder ? 'Choose a folder' : 'Choose files'}
      </Button>
    </>
  );
}
