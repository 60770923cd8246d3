/** What a model sees of the whole text. */
import { useEffect, useState } from 'react';
import type { OpenModel } from '#contract/completer.ts';
import type {
  Candidate,
  Inspection,
  Layer,
  InformativeUnit,
  TextRequest,
  UnitTrace,
} from '#core/completion/answers.ts';
import { completer, nextTicket } from '../../../client/completer.ts';
import { showFailure } from '../completion.ts';

/** An answer, and the text that it describes. */
export interface Seen<T> {
  readonly text: string;
  /** What was asked beside the text. */
  readonly asked: string;
  readonly answer: T;
}

/**
 * Asks again whenever something of the question changes.
 * @param model the model that is asked; null for none
 * @param asked what is asked beside the text
 * @returns the newest answer of this model, which may still be that of another text
 */
function useAnswer<T>(
  model: OpenModel | null,
  asked: string,
  text: string,
  ask: (request: TextRequest) => Promise<T | null>,
): Seen<T> | null {
  const [seen, setSeen] = useState<(Seen<T> & { readonly runId: string }) | null>(null);
  const { runId, epoch } = model ?? { runId: null, epoch: null };
  useEffect(() => {
    if (runId === null) return undefined;
    let wanted = true;
    ask({ ticket: nextTicket(), runId, text }).then(
      (answer) => wanted && answer !== null && setSeen({ runId, text, asked, answer }),
      (error: unknown) => wanted && showFailure(error),
    );
    return () => {
      wanted = false;
    };
    // oxlint-disable-next-line react/exhaustive-deps -- `asked` says what `ask` depends on
  }, [runId, epoch, asked, text]);
  return seen?.runId === runId ? seen : null;
}

export function useInspection(model: OpenModel | null, text: string, cache: boolean): Seen<Inspection> | null {
  return useAnswer(model, String(cache), text, (request) => completer.inspect({ ...request, cache }));
}

export function useUnit(model: OpenModel | null, text: string, layer: Layer, unit: number): Seen<UnitTrace> | null {
  return useAnswer(model, `${layer}.${unit}`, text, (request) => completer.unit({ ...request, layer, unit }));
}

export function useInformativeUnits(model: OpenModel | null, text: string): Seen<readonly InformativeUnit[]> | null {
  return useAnswer(model, '', text, completer.informativeUnits);
}

/** @param token of the inspection of the same text; null asks nothing */
export function useExpected(
  model: OpenModel | null,
  text: string,
  token: number | null,
  cache: boolean,
): readonly Candidate[] | null {
  const asked = `${token} ${cache}`;
  const seen = useAnswer(token === null ? null : model, asked, text, (request) =>
    completer.expected({ ...request, token: token ?? 0, cache }),
  );
  return seen?.asked === asked && seen.text === text ? seen.answer : null;
}
