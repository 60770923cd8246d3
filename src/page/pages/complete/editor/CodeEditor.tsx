/** The editor with inline completions. */
import './editor.css';
import { EditorState, type EditorSelection, type Text } from '@codemirror/state';
import { EditorView, placeholder } from '@codemirror/view';
import { useEffect, useRef } from 'react';
import type { TokenMark } from './marks.ts';
import {
  cycle,
  moveAway,
  moveTo,
  showFailure,
  useCompletion,
  type Caret,
  type CompletionState,
} from '../completion.ts';
import { useCompleteSettings } from '../../../client/completeSettings.ts';
import { dismissed, ghostText, setGhost } from './ghost.ts';
import { setMarks } from './marks.ts';
import { codeEditor, typing } from './setup.ts';
import { textLimit } from './textLimit.ts';
import styles from './CodeEditor.module.css';

const INVITATION = 'Type Python here, or start with an example.';

interface CodeEditorProps {
  readonly marks: readonly TokenMark[];
  /** Id of the element that lists the keys. */
  readonly describedBy: string;
  /** Given the view while there is one. */
  readonly onView: (view: EditorView | null) => void;
}

export function CodeEditor({ marks, describedBy, onView }: CodeEditorProps) {
  const host = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView | null>(null);

  useEffect(() => {
    const { text } = useCompleteSettings.getState();
    const tell = (doc: Text, { main }: EditorSelection) => {
      if (main.empty) moveTo({ text: doc.toString(), cursor: main.head });
      else moveAway();
    };
    const editor = new EditorView({
      parent: host.current!,
      state: EditorState.create({
        doc: text,
        selection: { anchor: text.length },
        extensions: [
          ghostText(cycle),
          codeEditor({ label: 'Python code', describedBy }),
          typing,
          textLimit(showFailure),
          askingAhead,
          dismissing,
          placeholder(INVITATION),
        ],
      }),
      // Asked before the change is parsed and drawn, so that the answer may be there with it; a newer question supersedes an older one.
      dispatchTransactions(transactions, editor) {
        const { newDoc, newSelection } = transactions.at(-1)!;
        const isChanged = transactions.some(({ docChanged }) => docChanged);
        if (isChanged || transactions.some(({ selection }) => selection !== undefined)) tell(newDoc, newSelection);
        editor.update(transactions);
        if (isChanged) useCompleteSettings.setState({ text: newDoc.toString() });
      },
    });
    view.current = editor;
    onView(editor);
    tell(editor.state.doc, editor.state.selection);
    // Answers are drawn without React: each key gets two of them.
    const forget = useCompletion.subscribe((now, before) => {
      if (now.line !== before.line) offer(editor, now);
      if (now.replacement && now.replacement !== before.replacement) replace(editor, now.replacement);
    });
    return () => {
      forget();
      editor.destroy();
      view.current = null;
      onView(null);
    };
  }, [describedBy, onView]);

  useEffect(() => view.current?.dispatch({ effects: setMarks.of(marks) }), [marks]);

  return <div className={styles.editor} ref={host} />;
}

/** The browser takes some milliseconds from a key to the change that it makes: the model is asked meanwhile. */
const askingAhead = EditorView.domEventHandlers({
  beforeinput({ inputType, data, isComposing }, { state }) {
    const { main, ranges } = state.selection;
    if (inputType !== 'insertText' || !data || isComposing || ranges.length > 1) return;
    const text = `${state.sliceDoc(0, main.from)}${data}${state.sliceDoc(main.to)}`;
    moveTo({ text, cursor: main.from + data.length });
  },
});

/** A dismissed suggestion also disappears beside the editor. */
const dismissing = EditorView.updateListener.of(({ transactions }) => {
  const isDismissed = transactions.some(({ effects }) => effects.some((effect) => effect.is(dismissed)));
  if (isDismissed) useCompletion.setState({ line: null });
});

/** Draws what is offered behind the cursor, unless it answers what is no longer there. */
function offer(editor: EditorView, { line, lineAt, caret }: CompletionState): void {
  if (!line || !lineAt || lineAt !== caret) return;
  // asked ahead of a change that has not come yet, or never will
  if (editor.state.selection.main.head !== lineAt.cursor || editor.state.doc.length !== lineAt.text.length) return;
  const ghost = line.pieces.length > 0 ? { at: lineAt.cursor, pieces: line.pieces } : null;
  editor.dispatch({ effects: setGhost.of(ghost) });
}

function replace(editor: EditorView, { text, cursor }: Caret): void {
  // as the editor counts: it has line feeds alone
  const insert = text.replaceAll(/\r\n?/g, '\n');
  const before = editor.state.doc;
  editor.dispatch({
    // the same once more is no change
    changes: insert === before.toString() ? [] : { from: 0, to: before.length, insert },
    selection: { anchor: Math.min(cursor, insert.length) },
    scrollIntoView: true,
    effects: setMarks.of([]),
  });
  editor.focus();
}
