/**
 * Characters that draw nothing or reorder a line, as boxes with their codes, as in `UntrustedText`; and strings and comments that cannot
 * reorder the code around them. The text keeps its true characters, and so does what is copied.
 */
import '../../../ui/UntrustedText.module.css';
import { syntaxTree } from '@codemirror/language';
import { Prec, RangeSetBuilder, type Extension } from '@codemirror/state';
import {
  Decoration,
  Direction,
  EditorView,
  highlightSpecialChars,
  ViewPlugin,
  type DecorationSet,
  type ViewUpdate,
} from '@codemirror/view';
import { codeOf, HIDDEN_CHARACTERS, hiddenName, visibleParts } from '#core/visibleText.ts';

function boxOf(codePoint: number): HTMLElement {
  const box = document.createElement('span');
  box.className = 'cm-hidden-character';
  box.textContent = codeOf(codePoint);
  box.title = hiddenName(codePoint);
  return box;
}

/** A text that is drawn in the editor and is not part of its document. */
export function visibleNodes(text: string): readonly Node[] {
  return visibleParts(text).map(({ text: part, code }) =>
    code === null ? document.createTextNode(part) : boxOf(part.codePointAt(0)!),
  );
}

// CodeMirror's own `bidiIsolates` draws a comment that begins in Hebrew from right to left, its # at the end.
const ISOLATE = Decoration.mark({ attributes: { dir: 'ltr' }, bidiIsolate: Direction.LTR });
/** Nodes of @lezer/python whose text may be of any script. */
const ISOLATED: ReadonlySet<string> = new Set(['String', 'FormatString', 'Comment']);

function isolatesOf({ state, visibleRanges }: EditorView): DecorationSet {
  const isolates = new RangeSetBuilder<Decoration>();
  for (const { from, to } of visibleRanges) {
    if (!/[^\0-\x7f]/.test(state.sliceDoc(from, to))) continue;
    syntaxTree(state).iterate({
      from,
      to,
      enter(node) {
        if (!ISOLATED.has(node.name)) return true;
        isolates.add(node.from, node.to, ISOLATE);
        return false;
      },
    });
  }
  return isolates.finish();
}

const isolates = ViewPlugin.fromClass(
  class {
    decorations: DecorationSet;
    constructor(view: EditorView) {
      this.decorations = isolatesOf(view);
    }
    update({ view, docChanged, viewportChanged, startState, state }: ViewUpdate) {
      if (docChanged || viewportChanged || syntaxTree(startState) !== syntaxTree(state)) {
        this.decorations = isolatesOf(view);
      }
    }
  },
  {
    provide(plugin) {
      const decorations = (view: EditorView) => view.plugin(plugin)?.decorations ?? Decoration.none;
      return [EditorView.outerDecorations.of(decorations), Prec.lowest(EditorView.bidiIsolatedRanges.of(decorations))];
    },
  },
);

export const visibleHiddenCharacters: Extension = [
  highlightSpecialChars({ specialChars: HIDDEN_CHARACTERS, render: boxOf }),
  isolates,
];
