/** What the model says of the text at the cursor, as it comes in. The editor and the panel beside it read it here. */
import { create } from 'zustand';
import type { OpenModel } from '#contract/completer.ts';
import type { Candidates, Line } from '#core/completion/answers.ts';
import { failureOf, type Failure } from '#core/failure.ts';
import { completer, nextTicket, onCompleterFailure } from '../../client/completer.ts';
import { useCompleteSettings } from '../../client/completeSettings.ts';

/** A position in a text; an answer holds for one position only. */
export interface Caret {
  readonly text: string;
  readonly cursor: number;
}

export interface CompletionState {
  /** The model that completes; null while none is open. */
  readonly model: OpenModel | null;
  readonly caret: Caret | null;
  /** Candidates at the caret, or still those at the caret before. */
  readonly candidates: Candidates | null;
  readonly candidatesAt: Caret | null;
  /** The line offered at the caret, or still that at the caret before. */
  readonly line: Line | null;
  readonly lineAt: Caret | null;
  /** Which of the candidates the line begins with; null where the decoding chooses. */
  readonly first: number | null;
  readonly failure: Failure | null;
  /** Workers that died under it. */
  readonly lost: number;
  /** To be put into the editor by it. */
  readonly replacement: (Caret & { readonly id: number }) | null;
  /** The source of the text, if it is an example or a file. */
  readonly origin: string | null;
}

export const useCompletion = create<CompletionState>()(() => ({
  model: null,
  caret: null,
  candidates: null,
  line: null,
  candidatesAt: null,
  lineAt: null,
  first: null,
  failure: null,
  lost: 0,
  replacement: null,
  origin: null,
}));

onCompleterFailure((failure) =>
  useCompletion.setState(({ lost }) => ({ failure, lost: lost + 1, model: null, candidates: null, line: null })),
);

export function showFailure(error: unknown): void {
  const failure = failureOf(error);
  if (failure.kind !== 'cancelled') useCompletion.setState({ failure });
}

export function dismissFailure(): void {
  useCompletion.setState({ failure: null });
}

/** The cursor has moved, or the text has changed, or is about to. */
export function moveTo(caret: Caret): void {
  const before = useCompletion.getState().caret;
  if (before?.cursor === caret.cursor && before.text === caret.text) return;
  useCompletion.setState({ caret, first: null, ...(caret.text === '' && { line: null }) });
  void askAgain();
}

/** Text is selected: clears the suggestions, and drops answers that are still on their way. */
export function moveAway(): void {
  nextTicket();
  useCompletion.setState({ caret: null, candidates: null, line: null, first: null });
}

/** Asks what may come next at the cursor, and for the line: after a move, or where the model or a setting has changed. */
export async function askAgain(): Promise<void> {
  const { model, caret } = useCompletion.getState();
  if (!model || !caret) return;
  const { cache, decoding } = useCompleteSettings.getState();
  const request = { ticket: nextTicket(), runId: model.runId, ...caret, cache };
  const isNow = () => useCompletion.getState().caret === caret && useCompletion.getState().model === model;
  try {
    // the worker answers the first, then the second
    await Promise.all([
      completer.candidates(request).then((candidates) => {
        if (candidates && isNow()) useCompletion.setState({ candidates, candidatesAt: caret });
      }),
      // an empty text shows a hint, which a suggestion would cover
      caret.text !== '' &&
        completer.line({ ...request, decoding, first: null }).then((line) => {
          if (line && isNow() && useCompletion.getState().first === null)
            useCompletion.setState({ line, lineAt: caret });
        }),
    ]);
  } catch (error) {
    if (isNow()) showFailure(error);
  }
}

useCompleteSettings.subscribe((now, before) => {
  if (now.decoding !== before.decoding || now.cache !== before.cache) void askAgain();
});

/** Asks for the line that begins with a candidate. */
export async function beginWith(first: number): Promise<void> {
  const { model, caret } = useCompletion.getState();
  if (!model || !caret) return;
  const { cache, decoding } = useCompleteSettings.getState();
  useCompletion.setState({ first });
  try {
    const line = await completer.line({ ticket: nextTicket(), runId: model.runId, ...caret, cache, decoding, first });
    const now = useCompletion.getState();
    if (line && now.caret === caret && now.first === first) useCompletion.setState({ line, lineAt: caret });
  } catch (error) {
    showFailure(error);
  }
}

/** Begins the line with the next candidate that can be written, or the one before. @param step 1 or -1 */
export function cycle(step: 1 | -1): void {
  const { candidates, first } = useCompletion.getState();
  const possible = (candidates?.candidates ?? []).flatMap(({ text }, index) => (text === null ? [] : [index]));
  if (possible.length === 0) return;
  const at = possible.indexOf(first ?? 0);
  const next = at < 0 ? 0 : (at + step + possible.length) % possible.length;
  void beginWith(possible[next]!);
}

let lastReplacement = 0;

/** Puts another text into the editor, as a change that can be undone. @param origin what it is, to be said above it */
export function replaceText(text: string, cursor: number, origin: string | null): void {
  useCompletion.setState({ replacement: { text, cursor, id: ++lastReplacement }, origin });
}
