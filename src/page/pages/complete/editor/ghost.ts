/** Ghost text: the suggestion at the cursor, drawn behind it until it is accepted, dismissed or typed over. */
import { snippet } from '@codemirror/autocomplete';
import { Prec, StateEffect, StateField, type Extension, type Transaction } from '@codemirror/state';
import { Decoration, EditorView, keymap, WidgetType, type Command } from '@codemirror/view';
import type { Piece } from '#core/python/code/write.ts';
import { visibleNodes } from './hiddenCharacters.ts';
import { afterTyping, firstLine, firstWord, textOf, toSnippet } from './ghostText.ts';

export interface Ghost {
  /** Where it begins. */
  readonly at: number;
  readonly pieces: readonly Piece[];
}

export const setGhost = StateEffect.define<Ghost | null>();
/** It is not wanted at this place. */
export const dismissed = StateEffect.define();

class GhostWidget extends WidgetType {
  readonly pieces: readonly Piece[];
  constructor(pieces: readonly Piece[]) {
    super();
    this.pieces = pieces;
  }
  override eq(other: GhostWidget): boolean {
    return JSON.stringify(other.pieces) === JSON.stringify(this.pieces);
  }
  override toDOM(): HTMLElement {
    const ghost = document.createElement('span');
    ghost.className = 'cm-ghost';
    // It is read aloud from elsewhere, when typing rests.
    ghost.ariaHidden = 'true';
    for (const { text, field } of this.pieces) {
      const part = document.createElement('span');
      if (field) part.className = 'cm-ghost-field';
      part.append(...visibleNodes(field && text === '' ? '…' : text));
      ghost.append(part);
    }
    return ghost;
  }
}

function afterChange(ghost: Ghost, transaction: Transaction): Ghost | null {
  let [typed, changes, from] = ['', 0, -1];
  transaction.changes.iterChanges((fromA, toA, _fromB, _toB, inserted) => {
    changes++;
    from = fromA === toA ? fromA : -1;
    typed = inserted.toString();
  });
  if (changes !== 1 || from !== ghost.at) return null;
  const pieces = afterTyping(ghost.pieces, typed);
  return pieces && { at: ghost.at + typed.length, pieces };
}

const ghostField = StateField.define<Ghost | null>({
  create: () => null,
  update(ghost, transaction) {
    for (const effect of transaction.effects) {
      if (effect.is(setGhost)) return effect.value;
      if (effect.is(dismissed)) return null;
    }
    if (!ghost) return null;
    if (transaction.docChanged) return afterChange(ghost, transaction);
    const { main } = transaction.newSelection;
    return main.empty && main.head === ghost.at ? ghost : null;
  },
  provide: (field) =>
    EditorView.decorations.from(field, (ghost) =>
      ghost && ghost.pieces.length > 0
        ? Decoration.set(Decoration.widget({ widget: new GhostWidget(ghost.pieces), side: 1 }).range(ghost.at))
        : Decoration.none,
    ),
});

export function ghostOf(view: EditorView): Ghost | null {
  const ghost = view.state.field(ghostField);
  return ghost && ghost.pieces.length > 0 ? ghost : null;
}

function insert(view: EditorView, at: number, text: string): void {
  view.dispatch({
    changes: { from: at, insert: text },
    selection: { anchor: at + text.length },
    scrollIntoView: true,
    userEvent: 'input.complete',
  });
}

/** Writes pieces where the ghost was; their fields are visited with Tab. */
function take(view: EditorView, at: number, pieces: readonly Piece[]): void {
  const indent = /^\s*/.exec(view.state.doc.lineAt(at).text)?.[0] ?? '';
  const template = toSnippet(pieces, indent);
  if (template !== null) {
    // With a completion named it is a step of its own to undo; else it would go along with what was typed just before.
    snippet(template)(view, { label: textOf(pieces) }, at, at);
    return;
  }
  insert(view, at, textOf(pieces));
  const field = pieces.findIndex((piece) => piece.field);
  if (field < 0) return;
  const from = at + textOf(pieces.slice(0, field)).length;
  view.dispatch({ selection: { anchor: from, head: from + pieces[field]!.text.length } });
}

/** A command that does nothing where nothing is offered, so that its key keeps its own meaning. */
const onGhost =
  (act: (view: EditorView, ghost: Ghost) => void): Command =>
  (view) => {
    const ghost = ghostOf(view);
    if (ghost) act(view, ghost);
    return ghost !== null;
  };

export const acceptAll = onGhost((view, { at, pieces }) => take(view, at, pieces));
export const acceptWord = onGhost((view, { at, pieces }) => insert(view, at, firstWord(pieces)));
export const acceptLine = onGhost((view, { at, pieces }) => take(view, at, firstLine(pieces)));
export const dismiss = onGhost((view) => view.dispatch({ effects: dismissed.of(null) }));

/** @param onCycle shows the line that begins with the next candidate, or the one before */
export function ghostText(onCycle: (step: 1 | -1) => void): Extension {
  const cycleWith = (step: 1 | -1) => () => {
    onCycle(step);
    return true;
  };
  return [
    ghostField,
    Prec.highest([
      keymap.of([
        { key: 'Tab', run: acceptAll },
        { key: 'Mod-ArrowRight', run: acceptWord },
        { key: 'Mod-Enter', run: acceptLine },
        { key: 'Escape', run: dismiss },
        { key: 'Alt-]', run: cycleWith(1), preventDefault: true },
        { key: 'Alt-[', run: cycleWith(-1), preventDefault: true },
      ]),
      // Where Alt writes letters of its own, such as on a Mac, the key is known by its place.
      EditorView.domEventHandlers({
        keydown(event) {
          if (!event.altKey || event.ctrlKey || event.metaKey) return false;
          if (event.code !== 'BracketRight' && event.code !== 'BracketLeft') return false;
          event.preventDefault();
          onCycle(event.code === 'BracketRight' ? 1 : -1);
          return true;
        },
      }),
    ]),
  ];
}
