/** The editor in which the model writes along. */
import { EditorState } from '@codemirror/state';
import { EditorView } from '@codemirror/view';
import { useEffect, useRef } from 'react';
import type { TokenMark } from './marks.ts';
import { cycle, moveAway, moveTo, useCompletion, type Caret, type CompletionState } from '../completion.ts';
import { changeText, useText } from '../settings.ts';
import { ghostText, setGhost } from './ghost.ts';
import { setMarks } from './marks.ts';
import { codeEditor, typing } from './setup.ts';

interface CodeEditorProps {
  readonly marks: readonly TokenMark[];
  /** Id of what says which keys there are. */
  readonly describedBy: string;
  /** Given the view while there is one. */
  readonly onView: (view: EditorView | null) => void;
}

export function CodeEditor({ marks, describedBy, onView }: CodeEditorProps) {
  const host = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView | null>(null);

  useEffect(() => {
    const { text } = useText.getState();
    const tell = ({ doc, selection: { main } }: EditorState) => {
      if (main.empty) moveTo({ text: doc.toString(), cursor: main.head });
      else moveAway();
    };
    const editor = new EditorView({
      parent: host.current!,
      state: EditorState.create({
        doc: text,
        selection: { anchor: text.length },
        extensions: [ghostText(cycle), codeEditor({ label: 'Python code', describedBy }), typing],
      }),
      // Asked before the change is drawn, so that the answer may be there with it; a newer question supersedes an older one.
      dispatchTransactions(transactions, editor) {
        const { state } = transactions.at(-1)!;
        if (transactions.some(({ docChanged, selection }) => docChanged || selection !== undefined)) tell(state);
        editor.update(transactions);
        if (transactions.some(({ docChanged }) => docChanged)) changeText(state.doc.toString());
      },
    });
    view.current = editor;
    onView(editor);
    tell(editor.state);
    // Answers are drawn without React: a key brings two of them.
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

  return <div className="code-editor" ref={host} />;
}

/** Draws what is offered behind the cursor, unless it answers what is no longer there. */
function offer(editor: EditorView, { line, lineAt, caret }: CompletionState): void {
  if (!line || !lineAt || lineAt !== caret) return;
  const ghost = line.pieces.length > 0 ? { at: lineAt.cursor, pieces: line.pieces } : null;
  editor.dispatch({ effects: setGhost.of(ghost) });
}

function replace(editor: EditorView, { text, cursor }: Caret): void {
  // as the editor counts: it has line feeds alone
  const insert = text.replaceAll(/\r\n?/g, '\n');
  editor.dispatch({
    changes: { from: 0, to: editor.state.doc.length, insert },
    selection: { anchor: Math.min(cursor, insert.length) },
    scrollIntoView: true,
    effects: setMarks.of([]),
  });
  editor.focus();
}
