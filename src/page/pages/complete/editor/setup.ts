/** The parts of CodeMirror that both editors of the page are made of. */
import { defaultKeymap, history, historyKeymap, indentWithTab, temporarilySetTabFocusMode } from '@codemirror/commands';
import { python } from '@codemirror/lang-python';
import { bracketMatching, HighlightStyle, indentOnInput, indentUnit, syntaxHighlighting } from '@codemirror/language';
import { EditorState, type Extension } from '@codemirror/state';
import { EditorView, keymap, lineNumbers } from '@codemirror/view';
import { tags } from '@lezer/highlight';
import { visibleHiddenCharacters } from './hiddenCharacters.ts';
import { tokenMarks } from './marks.ts';

/** Colours are variables of the page's style sheet, one set a theme. */
const highlighting = HighlightStyle.define([
  {
    tag: [tags.keyword, tags.controlKeyword, tags.operatorKeyword, tags.definitionKeyword, tags.moduleKeyword],
    color: 'var(--code-keyword)',
  },
  { tag: [tags.string, tags.special(tags.string)], color: 'var(--code-string)' },
  { tag: [tags.number, tags.bool, tags.null, tags.self], color: 'var(--code-number)' },
  { tag: tags.comment, color: 'var(--code-comment)', fontStyle: 'italic' },
  {
    tag: [tags.function(tags.definition(tags.variableName)), tags.className, tags.definition(tags.className)],
    color: 'var(--code-name)',
  },
  { tag: tags.meta, color: 'var(--code-name)' },
]);

const look = EditorView.theme({
  '&': { fontSize: '13.5px', backgroundColor: 'transparent', color: 'var(--mantine-color-text)' },
  '&.cm-focused': { outline: 'none' },
  '.cm-scroller': { fontFamily: 'var(--mantine-font-family-monospace)', lineHeight: '1.65' },
  '.cm-content': { padding: '14px 0', caretColor: 'var(--mantine-color-text)' },
  '.cm-placeholder': { color: 'var(--mantine-color-placeholder)' },
  '.cm-gutters': { backgroundColor: 'transparent', border: 'none', color: 'var(--mantine-color-dimmed)' },
  '.cm-lineNumbers .cm-gutterElement': { minWidth: '34px' },
  '&.cm-focused .cm-matchingBracket': { backgroundColor: 'var(--code-selection)' },
});

export interface Described {
  readonly label: string;
  /** Id of what describes it. */
  readonly describedBy: string | null;
}

export function codeEditor({ label, describedBy }: Described): Extension {
  return [
    lineNumbers(),
    visibleHiddenCharacters,
    python(),
    syntaxHighlighting(highlighting),
    bracketMatching(),
    EditorState.tabSize.of(4),
    tokenMarks,
    look,
    EditorView.contentAttributes.of({
      'aria-label': label,
      // Not every tool knows that text one can edit can be reached with keys, and so be scrolled.
      tabindex: '0',
      spellcheck: 'false',
      autocapitalize: 'off',
      autocorrect: 'off',
      ...(describedBy === null ? {} : { 'aria-describedby': describedBy }),
    }),
  ];
}

/** Extensions of the editable editor only. */
export const typing: Extension = [
  history(),
  indentOnInput(),
  indentUnit.of('    '),
  keymap.of([
    // After Escape the next Tab leaves the editor, so that the keyboard is never held in it.
    { key: 'Escape', run: temporarilySetTabFocusMode },
    ...defaultKeymap,
    ...historyKeymap,
    indentWithTab,
  ]),
];
