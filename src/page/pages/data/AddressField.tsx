/** Parquet files on other servers: only the needed parts are read. */
import { Anchor, Button, Textarea } from '@mantine/core';
import { useState } from 'react';
import { recogniseSelection } from './importForm.ts';
import { recogniseAddresses } from './recognise.ts';
import styles from './ImportPanel.module.css';

const SET_PAGE = 'https://huggingface.co/datasets/google/code_x_glue_cc_code_completion_token';

export function AddressField() {
  const [text, setText] = useState('');
  const [open, setOpen] = useState(false);
  if (!open) {
    return (
      <Anchor component="button" type="button" size="sm" onClick={() => setOpen(true)}>
        Or paste the URLs of Parquet files
      </Anchor>
    );
  }
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void recogniseSelection(() => recogniseAddresses(text));
      }}
    >
      <Textarea
        label="URLs of Parquet files"
        description="On Hugging Face or elsewhere, one per line. The browser downloads them from that server and sends nothing else. The server must allow requests from other sites (CORS), as Hugging Face does."
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
          Check
        </Button>
        <Button size="xs" variant="subtle" onClick={() => setText(SET_PAGE)}>
          Use CodeXGLUE’s data set
        </Button>
      </div>
    </form>
  );
}
