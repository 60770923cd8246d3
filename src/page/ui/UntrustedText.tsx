/**
 * Text from elsewhere, such as a token or the name of an imported run. Its characters that are invisible or reorder text are shown as
 * boxes, and it cannot reorder the text around it. Copied text has its true characters.
 */
import { hiddenName, visibleParts } from '#core/visibleText.ts';
import styles from './UntrustedText.module.css';

/** Most text is of these alone, and needs no element of its own. */
const PLAIN = /^[\t\n\r\x20-\x7e]*$/;

interface UntrustedTextProps {
  readonly text: string;
  /** Code is read from left to right, whatever script its names and strings are in; other text by its first letter. */
  readonly dir?: 'ltr' | 'auto';
}

export function UntrustedText({ text, dir = 'auto' }: UntrustedTextProps) {
  if (PLAIN.test(text)) return text;
  return (
    <bdi dir={dir}>
      {visibleParts(text).map(({ text: part, code }, at) =>
        code === null ? (
          part
        ) : (
          // oxlint-disable-next-line react/no-array-index-key -- a character has no other name than its place
          <span key={at} className={styles.hiddenCharacter} data-code={code} title={hiddenName(part.codePointAt(0)!)}>
            <span>{part}</span>
          </span>
        ),
      )}
    </bdi>
  );
}
