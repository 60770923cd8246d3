/** What a model sees of the whole text. */
import { useEffect, useState } from 'react';
import type {
  Candidate,
  Inspection,
  Layer,
  OpenModel,
  TellingUnit,
  UnitTrace,
} from '../../../../workers/protocol-complete.ts';
import { completer, nextTicket } from '../../../lab/completer.ts';
import { showFailure } from '../completion.ts';

/** An answer, and the text that it is of. */
export interface Seen<T> {
  readonly text: string;
  readonly answer: T;
}

/**
 * Asks again whenever the key changes. @param key of the question, empty where nothing is asked
 * @returns the newest answer, which may still be that of another text
 */
function useAnswer<T>(key: string, text: string, ask: (ticket: number) => Promise<T | null>): Seen<T> | null {
  const [seen, setSeen] = useState<(Seen<T> & { readonly key: string }) | null>(null);
  useEffect(() => {
    if (key === '') return undefined;
    let wanted = true;
    ask(nextTicket()).then((answer) => wanted && answer !== null && setSeen({ key, text, answer }), showFailure);
    return () => {
      wanted = false;
    };
    // oxlint-disable-next-line react/exhaustive-deps -- the key says all that the question depends on
  }, [key, text]);
  return key === '' ? null : seen;
}

const keyOf = (model: OpenModel | null, ...parts: readonly (string | number)[]) =>
  model ? [model.runId, model.epoch, ...parts].join('/') : '';

export function useInspection(model: OpenModel | null, text: string): Seen<Inspection> | null {
  return useAnswer(keyOf(model), text, (ticket) => completer.inspect({ ticket, runId: model?.runId ?? '', text }));
}

export function useUnit(model: OpenModel | null, text: string, layer: Layer, unit: number): Seen<UnitTrace> | null {
  return useAnswer(keyOf(model, layer, unit), text, (ticket) =>
    completer.unit({ ticket, runId: model?.runId ?? '', text, layer, unit }),
  );
}

export function useTellingUnits(model: OpenModel | null, text: string): Seen<readonly TellingUnit[]> | null {
  return useAnswer(keyOf(model), text, (ticket) => completer.tellingUnits({ ticket, runId: model?.runId ?? '', text }));
}

/** @param token of the inspection of the same text; null asks nothing */
export function useExpected(
  model: OpenModel | null,
  text: string,
  token: number | null,
): Seen<readonly Candidate[]> | null {
  return useAnswer(token === null ? '' : keyOf(model, token), text, (ticket) =>
    completer.expected({ ticket, runId: model?.runId ?? '', text, token: token ?? 0 }),
  );
}
