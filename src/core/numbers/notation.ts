/** How a locale writes numbers: its decimal mark, separators of thousands, digits and minus sign, as `Intl` gives them. */

export interface Notation {
  readonly locale: string;
  /** Writes whole numbers with their thousands separated. */
  readonly grouped: Intl.NumberFormat;
  readonly decimal: string;
  /** Every character that separates thousands; the first is the one that is written. */
  readonly groups: readonly string[];
  /** Digits of the last group, and of each group before it: 3 and 3, or 3 and 2 in India. */
  readonly groupSizes: readonly [last: number, others: number];
  /** The digits that are written, from 0 to 9. */
  readonly digits: readonly string[];
  /** Value of each digit that can be typed besides 0 to 9. */
  readonly values: ReadonlyMap<string, string>;
  /** The sign of a negative number; in some scripts it has a direction mark. */
  readonly minus: string;
}

/** Keyboards have one kind of space and one apostrophe; what separates thousands is often another. */
const SPACES = [' ', '\u00a0', '\u202f', '\u2009'];
const APOSTROPHES = ["'", '\u2019'];

const known = new Map<string, Notation>();

/** @param locale a language tag such as `de-CH`; an unknown one is written as `en-US` */
export function notationOf(locale: string): Notation {
  const found = known.get(locale) ?? readNotation(supported(locale));
  known.set(locale, found);
  return found;
}

/** Some systems give names that are no language tags, such as `C` or `en-US@posix`. */
function supported(locale: string): string {
  try {
    return Intl.NumberFormat.supportedLocalesOf(locale)[0] ?? 'en-US';
  } catch {
    return 'en-US';
  }
}

function readNotation(locale: string): Notation {
  const parts = new Intl.NumberFormat(locale, { useGrouping: true }).formatToParts(-12_345_678.5);
  const valueOf = (type: string) => parts.find((part) => part.type === type)?.value;
  const integers = parts.filter(({ type }) => type === 'integer').map(({ value }) => Array.from(value).length);
  const first = parts.findIndex(({ type }) => type === 'integer');
  const group = valueOf('group') ?? ',';
  const likeIt = [SPACES, APOSTROPHES].find((alike) => alike.includes(group)) ?? [];
  const digits = digitsOf(locale);
  return {
    locale,
    grouped: new Intl.NumberFormat(locale),
    decimal: valueOf('decimal') ?? '.',
    groups: [group, ...likeIt.filter((one) => one !== group)],
    groupSizes: [integers.at(-1) ?? 3, integers.at(-2) ?? 3],
    digits,
    values: new Map(digits.map((digit, value) => [digit, String(value)])),
    minus: parts
      .slice(0, first)
      .map(({ value }) => value)
      .join(''),
  };
}

function digitsOf(locale: string): readonly string[] {
  const written = new Intl.NumberFormat(locale, { useGrouping: false });
  return Array.from({ length: 10 }, (_, digit) => written.format(digit));
}
