/** What the colours behind a text say: bands of surprise, a unit's values, the difference of two models. */
import type { Inspection, Surprise } from '#core/completion/answers.ts';
import type { TokenMark } from '../editor/marks.ts';

/** Bands by rank: how many tokens the model considered likelier. */
export const BANDS = [
  { below: 1, title: 'its first guess' },
  { below: 5, title: 'in its first five' },
  { below: 20, title: 'in its first 20' },
  { below: 100, title: 'in its first 100' },
  { below: Infinity, title: 'lower' },
] as const;

export function bandOf(rank: number): number {
  return BANDS.findIndex(({ below }) => rank < below);
}

/** Tokens in each band. */
export function bandCounts(ranks: ArrayLike<number>): number[] {
  const counts = BANDS.map(() => 0);
  for (let i = 0; i < ranks.length; i++) counts[bandOf(ranks[i]!)]!++;
  return counts;
}

/** `3.2 bits`; the surprise of a token. */
export function formatBits(bits: number): string {
  return `${bits.toFixed(bits < 9.95 ? 2 : 1)} bits`;
}

/** `1st`, `2nd`, `11th`: ranks count from 0. */
export function ordinal(rank: number): string {
  const place = rank + 1;
  const tail = place % 100;
  const ending = tail > 10 && tail < 14 ? 'th' : (['th', 'st', 'nd', 'rd'][place % 10] ?? 'th');
  return `${place.toLocaleString('en-US')}${ending}`;
}

type Places = Pick<Inspection, 'starts' | 'ends'>;

function marksOf({ starts, ends }: Places, of: (token: number) => Pick<TokenMark, 'className' | 'title'>): TokenMark[] {
  return Array.from(starts, (from, token) => ({ from, to: ends[token]!, ...of(token) }));
}

/** @param withCache where the inspection has it */
export function shownSurprise(inspection: Inspection, withCache: boolean): Surprise {
  return (withCache ? inspection.cached : null) ?? inspection;
}

export function surpriseMarks(places: Places, { bits, ranks }: Surprise): TokenMark[] {
  return marksOf(places, (token) => ({
    className: `cm-band cm-band-${bandOf(ranks[token]!)}`,
    title: `${formatBits(bits[token]!)}, ${ordinal(ranks[token]!)} guess`,
  }));
}

/** Steps to either side of zero. */
const STEPS = 4;

/** A value from -1 to 1 as one of nine steps, -4 to 4. */
export function stepOf(value: number): number {
  // never -0
  return Math.max(-STEPS, Math.min(STEPS, Math.round(value * STEPS))) || 0;
}

/** @param largest of the values' magnitude, which has the deepest colour; a tanh unit's is 1, a ReLU's may be any */
export function unitMarks(places: Places, values: Float32Array, largest: number): TokenMark[] {
  return marksOf(places, (token) => ({
    className: `cm-value cm-value-${stepOf(largest > 0 ? values[token]! / largest : 0)}`,
    title: values[token]!.toFixed(3),
  }));
}

export function sameTokens(one: Inspection, other: Inspection): boolean {
  const equal = (a: Int32Array, b: Int32Array) => a.length === b.length && a.every((value, i) => value === b[i]);
  return equal(one.starts, other.starts) && equal(one.ends, other.ends);
}

/** Bits at which a difference has the deepest colour. */
const DEEPEST = 4;

/** Where one model is surprised less than the other is blue; where it is more, orange. */
export function differenceMarks(one: Inspection, other: Inspection): TokenMark[] {
  return marksOf(one, (token) => {
    const difference = one.bits[token]! - other.bits[token]!;
    return {
      className: `cm-value cm-value-${stepOf(-difference / DEEPEST)}`,
      title: `${formatBits(one.bits[token]!)} against ${formatBits(other.bits[token]!)}`,
    };
  });
}

export interface Differing {
  readonly token: number;
  /** Bits of the one less bits of the other. */
  readonly bits: number;
}

/** The tokens at which the two are surprised most differently. */
export function mostDiffering(one: Inspection, other: Inspection, count: number): Differing[] {
  return Array.from(one.bits, (bits, token) => ({ token, bits: bits - other.bits[token]! }))
    .toSorted((a, b) => Math.abs(b.bits) - Math.abs(a.bits))
    .slice(0, count);
}

/** Line number of an offset in the text, from 1. */
export function lineOf(text: string, offset: number): number {
  return text.slice(0, offset).split('\n').length;
}

/** The token that the cursor is in or directly behind; null where it is in none. */
export function tokenAt({ starts, ends }: Places, cursor: number): number | null {
  for (let token = starts.length - 1; token >= 0; token--) {
    if (starts[token]! <= cursor && cursor <= ends[token]! && starts[token]! < cursor) return token;
    if (ends[token]! < cursor) break;
  }
  const next = starts.indexOf(cursor);
  return next < 0 ? null : next;
}

/** First and last token of the line that a place is in, its end left out; null where it has none. */
export function lineTokens(text: string, { starts }: Places, cursor: number): readonly [number, number] | null {
  const from = text.lastIndexOf('\n', cursor - 1) + 1;
  const feed = text.indexOf('\n', cursor);
  const to = feed < 0 ? text.length : feed;
  const within = Array.from(starts.keys()).filter((token) => starts[token]! >= from && starts[token]! < to);
  return within.length === 0 ? null : [within[0]!, within.at(-1)!];
}
