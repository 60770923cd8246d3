/** Parquet files that lie elsewhere: only what is needed of them is read. */
import { Anchor, Button, Textarea } from '@mantine/core';
import { useState } from 'react';
import { look } from './importForm.ts';
import { recogniseAddresses } from './recognise.ts';
import styles from './ImportPanel.module.css';

const SET_PAGE = 'https://huggingface.co/datasets/google/code_x_glue_cc_code_completion_token';

export function AddressField() {
  const [text, setText] = useState('');
  const [open, setOpen] = useState(false);
  if (!open) {
    return (
      <Anchor component="button" type="button" size="sm" onClick={() => setOpen(true)}>
        Or paste the address of Parquet files
      </Anchor>
    );
  }
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void look(() => recogniseAddresses(text));
      }}
    >
      <Textarea
        label="Addresses of Parquet files"
        description="On Hugging Face or elsewhere, one a line. This browser asks that server for them and sends nothing else. The server has to let other pages read it, as Hugging Face does."
        placeholder={SET_PAGE}
        autosize
        minRows={2}
        maxRows={6}
        value={text}
        onChange={({ currentTarget }) => setText(currentTarget.value)}
        // oxlint-disable-next-line jsx-a11y/no-autofocus -- the click that opened it asked for it
        autoFocus
      />
      <div className={styles.buttons}>
        <Button type="submit" size="xs" disabled={text.trim() === ''}>
          Look at it
        </Button>
        <Button size="xs" variant="subtle" onClick={() => setText(SET_PAGE)}>
          CodeXGLUE’s own set
        </Button>
      </div>
    </form>
  );
}
