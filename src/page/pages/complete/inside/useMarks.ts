/** Colors of the code for the chosen view, if its values are known for the current text. */
import { useMemo } from 'react';
import type { Inspection, UnitTrace } from '#core/completion/answers.ts';
import type { TokenMark } from '../editor/marks.ts';
import { useCompleteSettings } from '../../../client/completeSettings.ts';
import { differenceMarks, sameTokens, shownSurprise, surpriseMarks, unitMarks } from './colouring.ts';
import type { Seen } from './useSeen.ts';

export interface Marks {
  readonly marks: readonly TokenMark[];
  /** Marks of the same text under the second model. */
  readonly secondMarks: readonly TokenMark[];
}

const NO_MARKS: readonly TokenMark[] = [];

export function useMarks(
  seen: Seen<Inspection> | null,
  secondSeen: Seen<Inspection> | null,
  trace: Seen<UnitTrace> | null,
): Marks {
  const colouring = useCompleteSettings((state) => state.colouring);
  const withCache = useCompleteSettings((state) => state.surpriseWithCache);
  const marks = useMemo(() => {
    if (!seen) return NO_MARKS;
    if (colouring === 'unit') {
      if (trace?.text !== seen.text) return NO_MARKS;
      const largest = trace.answer.hidden.reduce((most, value) => Math.max(most, Math.abs(value)), 1);
      return unitMarks(seen.answer, trace.answer.hidden, largest);
    }
    if (colouring === 'nothing') return NO_MARKS;
    const both = colouring === 'difference' ? comparable(seen, secondSeen) : null;
    return both ? differenceMarks(...both) : surpriseMarks(seen.answer, shownSurprise(seen.answer, withCache));
  }, [colouring, seen, secondSeen, trace, withCache]);
  const secondMarks = useMemo(() => {
    if (!secondSeen) return NO_MARKS;
    const both = colouring === 'difference' ? comparable(seen, secondSeen) : null;
    return both
      ? differenceMarks(both[1], both[0])
      : surpriseMarks(secondSeen.answer, shownSurprise(secondSeen.answer, withCache));
  }, [colouring, seen, secondSeen, withCache]);
  return { marks, secondMarks };
}

/** Both, where they are of one text and of the same tokens. */
function comparable(one: Seen<Inspection> | null, other: Seen<Inspection> | null): [Inspection, Inspection] | null {
  if (!one || !other || one.text !== other.text) return null;
  return sameTokens(one.answer, other.answer) ? [one.answer, other.answer] : null;
}
