/** Colours behind the tokens of a text. */
import { StateEffect, StateField } from '@codemirror/state';
import { Decoration, EditorView, type DecorationSet } from '@codemirror/view';

export interface TokenMark {
  readonly from: number;
  readonly to: number;
  readonly className: string;
  /** Shown under the pointer. */
  readonly title: string;
}

/** In order of their places. */
export const setMarks = StateEffect.define<readonly TokenMark[]>();

export const tokenMarks = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update(marks, transaction) {
    for (const effect of transaction.effects) {
      if (effect.is(setMarks)) return decorations(effect.value, transaction.newDoc.length);
    }
    // What is typed meanwhile has no colour until the model has read it.
    return marks.map(transaction.changes);
  },
  provide: (field) => EditorView.decorations.from(field),
});

function decorations(marks: readonly TokenMark[], length: number): DecorationSet {
  return Decoration.set(
    marks.flatMap(({ from, to, className, title }) =>
      from < to && to <= length ? [Decoration.mark({ class: className, attributes: { title } }).range(from, to)] : [],
    ),
  );
}
