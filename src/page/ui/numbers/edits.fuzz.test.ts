/**
 * Random edits of number fields: after each, the form has the number that the text means, or an error, and never another number. A separate
 * grammar, which shares no code with the parser, says what a text means: it walks over the characters, and knows the locales from a table
 * written by hand.
 */
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { FUZZ_TIMEOUT, runs } from '#core/fuzz.fixture.ts';
import { isWrong, textOf, type NumberEntry } from './entry.ts';
import { followForm, leaveField, openField, typeInto, type FieldRules, type FieldState } from './field.ts';
import { stepped } from './limits.ts';

interface Written {
  readonly decimal: string;
  readonly group: string;
  /** Digits between two separators, besides three. */
  readonly pair: boolean;
}

const WRITTEN: Readonly<Record<string, Written>> = {
  'en-US': { decimal: '.', group: ',', pair: false },
  'de-DE': { decimal: ',', group: '.', pair: false },
  'fr-FR': { decimal: ',', group: ' \u00a0\u202f\u2009', pair: false },
  'de-CH': { decimal: '.', group: "'\u2019", pair: false },
  'hi-IN': { decimal: '.', group: ',', pair: true },
};
const PLAIN: Written = { decimal: '.', group: '', pair: false };
const LOCALES = Object.keys(WRITTEN);

/** Digits and a power of ten, exactly, and whether decimals were marked. */
interface Meaning {
  readonly digits: bigint;
  readonly power: bigint;
  readonly marked: boolean;
  readonly exponent: boolean;
}

const isDigit = (character: string | undefined) => character !== undefined && character >= '0' && character <= '9';

/** Reads from left to right; null where a character is not where the notation has it. */
function meaningOf(typed: string, { decimal, group, pair }: Written): Meaning | null {
  const text = Array.from(typed.trim(), (character) => (character === '\u2212' ? '-' : character));
  let at = 0;
  let sign = 1n;
  if (text[at] === '-' || text[at] === '+') {
    if (text[at] === '-') sign = -1n;
    at++;
  }
  const groups = [''];
  for (; at < text.length; at++) {
    const character = text[at]!;
    if (isDigit(character)) groups[groups.length - 1] += character;
    else if (group.includes(character)) groups.push('');
    else break;
  }
  if (groups.length > 1) {
    if (groups[0] === '' || groups[0]![0] === '0' || groups.at(-1)!.length !== 3) return null;
    const inner = groups.slice(1, -1).map(({ length }) => length);
    const asIn = (size: number) => groups[0]!.length <= size && inner.every((length) => length === size);
    if (!asIn(3) && !(pair && asIn(2))) return null;
  }
  let digits = groups.join('');
  let power = 0n;
  const marked = text[at] === decimal;
  if (marked) {
    for (at++; isDigit(text[at]); at++) {
      digits += text[at]!;
      power--;
    }
  }
  if (digits === '') return null;
  let exponent = false;
  if (text[at] === 'e' || text[at] === 'E') {
    exponent = true;
    at++;
    const down = text[at] === '-';
    if (down || text[at] === '+') at++;
    let raised = '';
    for (; isDigit(text[at]); at++) raised += text[at]!;
    if (raised === '') return null;
    power += (down ? -1n : 1n) * BigInt(raised);
  }
  return at === text.length ? { digits: sign * BigInt(digits), power, marked, exponent } : null;
}

/** The nearest float64. */
const numberOf = ({ digits, power }: Meaning) => Number(`${digits}e${power}`) + 0;

/** Vitest's own `expect` takes too long for millions of texts. */
function must(holds: boolean, what: () => unknown[]): void {
  if (!holds)
    expect.fail(
      what()
        .map((one) => JSON.stringify(one) ?? String(one))
        .join(' '),
    );
}

/** The one number that a text means: the locale's reading; the plain one where there is none; none where both are and differ. */
function checkMeaning(text: string, entry: NumberEntry, locale: string, whole: boolean): void {
  const report = () => [locale, whole ? 'whole' : 'decimal', text, 'is read as', entry];
  if (text.trim() === '') return must(entry === null, report);
  const readings = [meaningOf(text, WRITTEN[locale]!), meaningOf(text, PLAIN)].filter(
    (meaning) => meaning !== null && !(whole && meaning.marked && !meaning.exponent),
  );
  const numbers = new Set(readings.map((meaning) => numberOf(meaning!)));
  const [meant] = numbers;
  if (!isWrong(entry)) {
    must(numbers.size === 1 && meant === entry && (!whole || Number.isSafeInteger(entry)), report);
    return;
  }
  must(entry.text === text && entry.problem.length > 0, report);
  if (numbers.size !== 1 || meant === undefined) return;
  // An error although it can be read: it does not fit, or may be thousands to those who write a decimal comma.
  const lost = meant === 0 && readings[0]!.digits !== 0n;
  const fits = whole ? Number.isSafeInteger(meant) : Number.isFinite(meant);
  const doubtful = WRITTEN[locale]!.decimal === ',' && /\.\d{3}(?!\d)/.test(text);
  must(lost || !fits || doubtful, report);
}

type Edit =
  | { readonly kind: 'insert'; readonly at: number; readonly text: string }
  | { readonly kind: 'backspace' | 'delete' | 'move'; readonly at: number }
  | { readonly kind: 'replace'; readonly at: number; readonly to: number; readonly text: string }
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'leave' | 'clear' }
  | { readonly kind: 'step'; readonly by: number }
  | { readonly kind: 'elsewhere'; readonly value: number };

const oneOf = (characters: string) => fc.constantFrom(...Array.from(characters));
const character = fc.oneof(
  { weight: 10, arbitrary: oneOf('0123456789') },
  { weight: 6, arbitrary: oneOf("., \u00a0\u202f\u2009'\u2019") },
  { weight: 2, arbitrary: oneOf('eE-+\u2212') },
  { weight: 1, arbitrary: oneOf('xI_%/a٣\u066b') },
);
const chosen = fc.constantFrom(0.001, 0.3, -1, 1e-7, 1.5, 1234.5, 0.005, 42, 1000, 10_000, 100_000, 65_534, 1_234_567);
const number = fc.oneof(
  chosen,
  fc.integer({ min: -99_999, max: 9_999_999 }),
  fc.double({ min: -1e4, max: 1e4, noNaN: true }),
);
const place = fc.nat({ max: 12 });
const edit: fc.Arbitrary<Edit> = fc.oneof(
  { weight: 12, arbitrary: fc.record({ kind: fc.constant('insert'), at: place, text: character }) },
  { weight: 5, arbitrary: fc.record({ kind: fc.constantFrom('backspace', 'delete', 'move'), at: place }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('replace'), at: place, to: place, text: character }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('number'), value: number }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom('leave', 'clear') }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('step'), by: fc.constantFrom(0.001, -0.1, 1, -50) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('elsewhere'), value: number }) },
);

/** The text after an edit at a place in it. */
function edited(text: string, change: Edit): string {
  switch (change.kind) {
    case 'insert':
      return text.slice(0, change.at) + change.text + text.slice(change.at);
    case 'backspace':
      return text.slice(0, Math.max(0, change.at - 1)) + text.slice(change.at);
    case 'delete':
      return text.slice(0, change.at) + text.slice(change.at + 1);
    case 'replace': {
      const [from, to] = [Math.min(change.at, change.to), Math.max(change.at, change.to)];
      return text.slice(0, from) + change.text + text.slice(to);
    }
    case 'clear':
      return '';
    default:
      return text;
  }
}

const LIMITS = {
  decimal: { whole: false, min: -1e6, max: 1e6 },
  whole: { whole: true, min: 0, max: 10_000_000 },
};
type Kind = keyof typeof LIMITS;

/** A field, and a form that has whatever the field says. */
class Played {
  #field: FieldState;
  readonly #rules: FieldRules;

  constructor(locale: string, kind: Kind) {
    this.#rules = { limits: LIMITS[kind], locale };
    this.#field = openField(0, this.#rules);
  }

  edit(change: Edit): void {
    const { locale, limits } = this.#rules;
    const { text, value, entry } = this.#field;
    const round = (number: number) => Number(number.toFixed(limits.whole ? 0 : 6)) + 0;
    switch (change.kind) {
      case 'number': {
        // from its first key to its last, as the locale writes it
        const wanted = round(change.value);
        const options = { maximumFractionDigits: 6, useGrouping: limits.whole };
        const written = new Intl.NumberFormat(locale, options).format(wanted);
        for (let i = 0; i <= written.length; i++) this.#type(written.slice(0, i));
        must(this.#field.value === wanted, () => [locale, written, 'is read as', this.#field.value]);
        return;
      }
      case 'elsewhere':
        this.#field = followForm(this.#field, round(change.value), this.#rules);
        must(this.#field.value === round(change.value), () => [change, this.#field]);
        break;
      case 'leave':
        this.#field = leaveField(this.#field, this.#rules);
        must(this.#field.value === value && (!isWrong(value) || this.#field.text === text), () => [text, this.#field]);
        break;
      case 'step': {
        if (isWrong(entry)) return;
        const next = stepped(entry ?? 0, change.by, limits);
        this.#tell({ ...this.#field, text: textOf(next, limits, locale), entry: next });
        break;
      }
      default:
        this.#type(edited(text, change));
    }
    this.#check();
  }

  #type(text: string): void {
    this.#tell(typeInto(this.#field, text, this.#rules));
    must(this.#field.text === text, () => [text, 'became', this.#field.text]);
    this.#check();
  }

  #tell(next: FieldState): void {
    this.#field = followForm(next, next.entry, this.#rules);
  }

  #check(): void {
    const { locale, limits } = this.#rules;
    checkMeaning(this.#field.text, this.#field.value, locale, limits.whole);
  }
}

const EDITS = 40;
const SEQUENCES = 5_000;

it(
  '200,000 random edits in five locales end in the number that is meant, or in an error',
  { timeout: FUZZ_TIMEOUT },
  () => {
    let count = 0;
    const sequence = fc.record({
      locale: fc.constantFrom(...LOCALES),
      kind: fc.constantFrom<Kind[]>('decimal', 'whole'),
      edits: fc.array(edit, { minLength: EDITS, maxLength: EDITS }),
    });
    fc.assert(
      fc.property(sequence, ({ locale, kind, edits }) => {
        const played = new Played(locale, kind);
        for (const change of edits) {
          played.edit(change);
          count++;
        }
      }),
      runs(SEQUENCES),
    );
    expect(count).toBeGreaterThanOrEqual(200_000);
  },
);
