/** The editor in which the model writes along. */
import { EditorState } from '@codemirror/state';
import { EditorView } from '@codemirror/view';
import { useEffect, useRef } from 'react';
import type { TokenMark } from './marks.ts';
import { cycle, moveAway, moveTo, useCompletion } from '../completion.ts';
import { change, useSettings } from '../settings.ts';
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
    const { text } = useSettings.getState();
    let frame = 0;
    const tell = ({ state }: EditorView) => {
      const { main } = state.selection;
      if (main.empty) moveTo({ text: state.doc.toString(), cursor: main.head });
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
          EditorView.updateListener.of((update) => {
            if (update.docChanged) change({ text: update.state.doc.toString() });
            if (!update.docChanged && !update.selectionSet) return;
            // several changes of one frame are asked about once
            cancelAnimationFrame(frame);
            frame = requestAnimationFrame(() => tell(update.view));
          }),
        ],
      }),
    });
    view.current = editor;
    onView(editor);
    tell(editor);
    return () => {
      cancelAnimationFrame(frame);
      editor.destroy();
      view.current = null;
      onView(null);
    };
  }, [describedBy, onView]);

  const { caret, line, replacement } = useCompletion();
  useEffect(() => {
    const editor = view.current;
    if (!editor || !caret || !line) return;
    // an answer to what is no longer there
    if (editor.state.selection.main.head !== caret.cursor || editor.state.doc.toString() !== caret.text) return;
    editor.dispatch({
      effects: setGhost.of(line.pieces.length > 0 ? { at: caret.cursor, pieces: line.pieces } : null),
    });
  }, [caret, line]);

  useEffect(() => {
    const editor = view.current;
    if (!editor || !replacement) return;
    const { text, cursor } = replacement;
    useCompletion.setState({ replacement: null });
    // as the editor counts: it has line feeds alone
    const insert = text.replaceAll(/\r\n?/g, '\n');
    editor.dispatch({
      changes: { from: 0, to: editor.state.doc.length, insert },
      selection: { anchor: Math.min(cursor, insert.length) },
      scrollIntoView: true,
      effects: setMarks.of([]),
    });
    editor.focus();
  }, [replacement]);

  useEffect(() => view.current?.dispatch({ effects: setMarks.of(marks) }), [marks]);

  return <div className="code-editor" ref={host} />;
}
