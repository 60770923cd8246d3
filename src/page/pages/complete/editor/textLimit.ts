/**
 * The longest text that the editor takes: a longer one would hold up the page while it is pasted (5 million characters some two seconds),
 * and the browser keeps no text of such a length. The model reads the last 8,191 tokens, some 40,000 characters, in any case.
 */
import { EditorState, StateEffect, type Extension } from '@codemirror/state';
import { EditorView } from '@codemirror/view';
import { LabError } from '#core/failure.ts';
import { formatCount } from '#core/format.ts';

/** As JavaScript counts them: UTF-16 units. */
export const MAX_TEXT = 300_000;

/** What is said of a text that would be longer. @param length of it */
export function tooLong(length: number): LabError {
  return new LabError({
    kind: 'bad-input',
    what: `The text would have ${formatCount(length)} characters. The editor accepts at most ${formatCount(MAX_TEXT)}.`,
    remedy: 'Paste only the part you need. The text in the editor has not changed.',
  });
}

const refused = StateEffect.define<number>();

/** @param onRefused is called for each change that was refused */
export function textLimit(onRefused: (error: LabError) => void): Extension {
  /** Before it is split into lines, which takes a while for a text of millions of characters. */
  const refuse = (text: string | undefined) => {
    if (text === undefined || text.length <= MAX_TEXT) return false;
    onRefused(tooLong(text.length));
    return true;
  };
  return [
    EditorView.domEventHandlers({
      paste: ({ clipboardData }) => refuse(clipboardData?.getData('text/plain')),
      drop: ({ dataTransfer }) => refuse(dataTransfer?.getData('text/plain')),
    }),
    EditorState.transactionFilter.of((transaction) => {
      if (!transaction.docChanged) return transaction;
      const { length } = transaction.newDoc;
      // one that an older lab kept may be longer, and get shorter
      const isFine = length <= MAX_TEXT || length <= transaction.startState.doc.length;
      return isFine ? transaction : { effects: refused.of(length) };
    }),
    EditorView.updateListener.of(({ transactions }) => {
      for (const effect of transactions.flatMap(({ effects }) => effects)) {
        if (effect.is(refused)) onRefused(tooLong(effect.value));
      }
    }),
  ];
}
