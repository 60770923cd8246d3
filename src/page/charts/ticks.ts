/**
 * How the ticks of an axis are written: all of one axis alike, with the digits that tell them apart, and short whatever their
 * size. `1,000`, `25k`, `1.5M`, `2×10⁻⁸`.
 */
import { timesPower } from '#core/numbers/powerOfTen.ts';

/** Written once for all ticks of an axis: what one of them needs, all of them have. */
export type TickFormat = (ticks: readonly number[]) => (tick: number) => string;

interface Unit {
  readonly size: number;
  readonly letter: string;
}

const ONES: Unit = { size: 1, letter: '' };
const THOUSANDS: Unit = { size: 1e3, letter: 'k' };
const MILLIONS: Unit = { size: 1e6, letter: 'M' };
const BILLIONS: Unit = { size: 1e9, letter: 'B' };

/** Largest over smallest tick: equal steps never come to this ratio. */
const LOG_RATIO = 20;

/** Writes measured values; from 10⁹ up, and below 0.001, as powers of ten. */
export const numberTicks: TickFormat = (ticks) => {
  const { largest, smallest, gap } = extentOf(ticks);
  // on a log axis each tick has digits of its own
  if (largest >= LOG_RATIO * smallest) return ownText;
  if (largest >= 1e9 || (largest > 0 && largest < 1e-3))
    return poweredTicks(ticks, gap, Math.floor(Math.log10(largest)));
  return inUnit(ticks, gap, largest >= 1e6 ? MILLIONS : ONES);
};

/** Writes counts: `10k`, `1.5M`, `2B`. */
export const countTicks: TickFormat = (ticks) => {
  const { largest, smallest, gap } = extentOf(ticks);
  if (largest >= 1e12) return poweredTicks(ticks, gap, Math.floor(Math.log10(largest)));
  // on a log axis each tick has a unit of its own: 10, 100, 1,000, 10k
  if (largest >= LOG_RATIO * smallest)
    return (tick) => inUnit([tick], Math.abs(tick) / 10, unitOf(Math.abs(tick)))(tick);
  return inUnit(ticks, gap, unitOf(largest));
};

function unitOf(largest: number): Unit {
  return [BILLIONS, MILLIONS].find(({ size }) => largest >= size) ?? (largest >= 1e4 ? THOUSANDS : ONES);
}

/** Writes fractions from 0 to 1 as percentages: `62.5%`. */
export const percentTicks: TickFormat = (ticks) => {
  const write = inUnit(
    ticks.map((tick) => tick * 100),
    extentOf(ticks).gap * 100,
    ONES,
  );
  return (tick) => `${write(tick * 100)}%`;
};

/** Writes differences of fractions in percentage points, with their sign: `+0.5`. */
export const pointTicks: TickFormat = (ticks) => {
  const write = inUnit(
    ticks.map((tick) => tick * 100),
    extentOf(ticks).gap * 100,
    ONES,
  );
  return (tick) => `${tick > 0 ? '+' : ''}${write(tick * 100)}`;
};

interface Extent {
  /** Largest magnitude. */
  readonly largest: number;
  /** Smallest magnitude above zero; infinite where there is none. */
  readonly smallest: number;
  /** Smallest distance of two neighbours. */
  readonly gap: number;
}

function extentOf(ticks: readonly number[]): Extent {
  const sizes = ticks.map(Math.abs);
  const gaps = ticks.slice(1).map((tick, i) => Math.abs(tick - ticks[i]!));
  const largest = Math.max(0, ...sizes);
  return {
    largest,
    smallest: Math.min(Infinity, ...sizes.filter((size) => size > 0)),
    gap: gaps.length > 0 ? Math.min(...gaps) : largest / 10 || 1,
  };
}

function ownText(tick: number): string {
  const size = Math.abs(tick);
  if (size === 0) return '0';
  if (size < 1e-3 || size >= 1e6) {
    const exponent = Math.floor(Math.log10(size) + 1e-9);
    const mantissa = tick / 10 ** exponent;
    return timesPower(plain(mantissa, decimalsOf([mantissa], Math.abs(mantissa) / 10)), exponent);
  }
  return plain(tick, decimalsOf([tick], size / 10));
}

function poweredTicks(ticks: readonly number[], gap: number, exponent: number): (tick: number) => string {
  const power = 10 ** exponent;
  const decimals = decimalsOf(
    ticks.map((tick) => tick / power),
    gap / power,
  );
  return (tick) => (tick === 0 ? '0' : timesPower(plain(tick / power, decimals), exponent));
}

function inUnit(ticks: readonly number[], gap: number, { size, letter }: Unit): (tick: number) => string {
  const decimals = decimalsOf(
    ticks.map((tick) => tick / size),
    gap / size,
  );
  return (tick) => (tick === 0 ? '0' : `${plain(tick / size, decimals)}${letter}`);
}

const MAX_DECIMALS = 12;

/** As many as it takes to be right to a twentieth of the gap between two ticks. */
function decimalsOf(values: readonly number[], gap: number): number {
  for (let decimals = 0; decimals < MAX_DECIMALS; decimals++) {
    const scale = 10 ** decimals;
    if (values.every((value) => Math.abs(Math.round(value * scale) / scale - value) <= gap / 20)) return decimals;
  }
  return MAX_DECIMALS;
}

const formats = new Map<number, Intl.NumberFormat>();

function plain(value: number, decimals: number): string {
  let format = formats.get(decimals);
  if (!format) {
    format = new Intl.NumberFormat('en-US', { minimumFractionDigits: decimals, maximumFractionDigits: decimals });
    formats.set(decimals, format);
  }
  return format.format(value).replace(/^-/, '−');
}
