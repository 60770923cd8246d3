/** One row of ids, written as code. */
import { Button } from '@mantine/core';
import { Fragment, useMemo, useState } from 'react';
import { visibleText } from '#core/visibleText.ts';
import { UntrustedText } from '../../ui/UntrustedText.tsx';
import type { Vocabulary } from '#core/data/vocabulary.ts';
import { formatCount } from '#core/format.ts';
import { layOut } from '#core/python/code/layout.ts';
import type { CodePiece } from '#core/python/code/spacing.ts';
import styles from './CodeRow.module.css';

/** Each token is an element of its own: a row of 65,535 would slow the page down. */
const FIRST_SHOWN = 2_000;

/** Words and signs have no style of their own. */
const KIND_CLASSES: Readonly<Record<Exclude<CodePiece['kind'], 'word' | 'sign'>, string | undefined>> = {
  keyword: styles.keyword,
  kept: styles.kept,
  literal: styles.literal,
  unknown: styles.unknown,
  mark: styles.mark,
};

interface CodeRowProps {
  readonly ids: Uint16Array;
  readonly vocabulary: Vocabulary;
  readonly label: string;
}

export function CodeRow({ ids, vocabulary, label }: CodeRowProps) {
  const [all, setAll] = useState(false);
  const lines = useMemo(
    () => layOut(Array.from(all ? ids : ids.subarray(0, FIRST_SHOWN), (id) => vocabulary.token(id))),
    [ids, vocabulary, all],
  );
  return (
    <>
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- the keyboard must be able to scroll it */}
      <section className={styles.row} tabIndex={0} aria-label={label}>
        <pre>
          <code>
            {lines.map((line, number) => (
              // oxlint-disable-next-line react/no-array-index-key -- a line has no other name than its place
              <Fragment key={number}>
                {line.map((piece, at) => (
                  // oxlint-disable-next-line react/no-array-index-key -- nor has a token
                  <Fragment key={at}>
                    {piece.before}
                    <Piece piece={piece} />
                  </Fragment>
                ))}
                {'\n'}
              </Fragment>
            ))}
          </code>
        </pre>
      </section>
      {!all && ids.length > FIRST_SHOWN && (
        <Button size="xs" variant="default" mt="xs" onClick={() => setAll(true)}>
          Show all {formatCount(ids.length)} tokens
        </Button>
      )}
    </>
  );
}

function Piece({ piece: { text, kind, token } }: { readonly piece: CodePiece }) {
  if (kind === 'word' || kind === 'sign') return <UntrustedText dir="ltr" text={text} />;
  return (
    <span className={KIND_CLASSES[kind]} {...(token === text ? {} : { title: visibleText(token) })}>
      <UntrustedText dir="ltr" text={text} />
    </span>
  );
}
