/** The same text again, read-only, with the second model's colors; it scrolls together with the first. */
import { EditorState } from '@codemirror/state';
import { EditorView } from '@codemirror/view';
import { useEffect, useRef } from 'react';
import { setMarks, type TokenMark } from './marks.ts';
import { codeEditor } from './setup.ts';
import styles from './CodeEditor.module.css';

interface SecondEditorProps {
  readonly text: string;
  readonly marks: readonly TokenMark[];
  readonly label: string;
  readonly first: EditorView | null;
}

export function SecondEditor({ text, marks, label, first }: SecondEditorProps) {
  const host = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView | null>(null);
  useEffect(() => {
    const editor = new EditorView({
      parent: host.current!,
      state: EditorState.create({
        extensions: [EditorState.readOnly.of(true), codeEditor({ label, describedBy: null })],
      }),
    });
    view.current = editor;
    return () => {
      editor.destroy();
      view.current = null;
    };
  }, [label]);

  useEffect(() => {
    const editor = view.current;
    if (!editor) return;
    const before = editor.state.doc.toString();
    const changes = before === text ? [] : [{ from: 0, to: before.length, insert: text }];
    editor.dispatch({ changes, effects: setMarks.of(marks) });
  }, [text, marks]);

  useEffect(() => {
    const [one, other] = [first?.scrollDOM, view.current?.scrollDOM];
    if (!one || !other) return undefined;
    const follow = (leader: HTMLElement, follower: HTMLElement) => () => {
      if (Math.abs(follower.scrollTop - leader.scrollTop) > 1) follower.scrollTop = leader.scrollTop;
    };
    const [down, up] = [follow(one, other), follow(other, one)];
    one.addEventListener('scroll', down);
    other.addEventListener('scroll', up);
    return () => {
      one.removeEventListener('scroll', down);
      other.removeEventListener('scroll', up);
    };
  }, [first]);

  return <div className={styles.editor} ref={host} />;
}
