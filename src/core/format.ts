/**
 * How the lab writes its numbers and names, on the page and in the terminal alike: a sensible number of digits and always a unit. NaN is
 * written as a dash; a loss or perplexity that overflowed is marked as such.
 */
import { MAX_PLAIN, powerText } from './numbers/powerOfTen.ts';
import type { DeviceKind } from './devices.ts';
import type { DeviceRecord, RunState } from './runs/run.ts';

/** Written in place of a missing number. */
export const NO_FIGURE = '–';
/** Written for a value too large for a float64, such as the perplexity exp(loss) of a loss above 709. */
export const OVERFLOWED = '∞ (overflowed)';

const grouped = (digits: number) =>
  new Intl.NumberFormat('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits });
const WHOLE = grouped(0);
const ONE = grouped(1);
const TWO = grouped(2);
const THREE = grouped(3);
const threeDecimals = (value: number) => (Math.abs(value) >= MAX_PLAIN ? powerText(value) : THREE.format(value));

type Figure = number | null | undefined;
function isFigure(value: Figure): value is number {
  return value !== null && value !== undefined && Number.isFinite(value);
}

/** Formats a number that may have overflowed. */
function orOverflowed(value: Figure, format: (value: number) => string): string {
  if (value === Infinity) return OVERFLOWED;
  if (value === -Infinity) return `−${OVERFLOWED}`;
  return isFigure(value) ? format(value) : NO_FIGURE;
}

/** Three significant digits above 1, which is precise enough for perplexities, rates and sizes. */
function threeDigits(value: number): string {
  const size = Math.abs(value);
  if (size >= MAX_PLAIN) return powerText(value);
  if (size >= 99.95) return WHOLE.format(value);
  return size >= 9.995 ? ONE.format(value) : TWO.format(value);
}

/** Nats per token: `2.347`. */
export function formatLoss(value: Figure): string {
  return orOverflowed(value, threeDecimals);
}

/** `4.32`, `10.4`, `1,040`, `∞ (overflowed)`. */
export function formatPerplexity(value: Figure): string {
  return orOverflowed(value, threeDigits);
}

/** A fraction from 0 to 1 as `79.1%`. */
export function formatPercent(fraction: Figure, digits: 0 | 1 = 1): string {
  return isFigure(fraction) ? `${(digits === 0 ? WHOLE : ONE).format(fraction * 100)}%` : NO_FIGURE;
}

/** A difference of two fractions in percentage points, signed: `+1.2 points`. */
export function formatPoints(difference: Figure): string {
  if (!isFigure(difference)) return NO_FIGURE;
  return `${signed(ONE.format(difference * 100))} points`;
}

/** A signed difference of perplexities: `−0.42`; `+∞ (overflowed)` where one of them is infinite, a dash where both are. */
export function formatPerplexityDifference(difference: Figure): string {
  return signedOrOverflowed(difference, threeDigits);
}

/** A signed difference of losses: `−0.021`. */
export function formatLossDifference(difference: Figure): string {
  return signedOrOverflowed(difference, threeDecimals);
}

function signedOrOverflowed(difference: Figure, format: (value: number) => string): string {
  return difference === Infinity ? `+${OVERFLOWED}` : orOverflowed(difference, (value) => signed(format(value)));
}

/** A real minus sign, and a plus before what grew; what rounds to nothing has no sign. */
function signed(text: string): string {
  const bare = text.replace(/^[-−]/, '');
  if (/^[0.,]*$/.test(bare)) return bare;
  return bare === text ? `+${bare}` : `−${bare}`;
}

/** `308,123`. */
export function formatCount(value: Figure): string {
  return isFigure(value) ? WHOLE.format(value) : NO_FIGURE;
}

/** `1 file`, `1,240 files`. */
export function formatCounted(value: number, one: string, many = `${one}s`): string {
  return `${WHOLE.format(value)} ${value === 1 ? one : many}`;
}

/** `1,240 tokens/s`; two decimals below ten. */
export function formatTokenRate(tokensPerSecond: Figure): string {
  return isFigure(tokensPerSecond) ? `${threeDigits(tokensPerSecond)} tokens/s` : NO_FIGURE;
}

/** `4.21 steps/s`; slow steps as seconds per step, `12.5 s per step`. */
export function formatStepRate(stepsPerSecond: Figure): string {
  if (!isFigure(stepsPerSecond) || stepsPerSecond <= 0) return NO_FIGURE;
  return stepsPerSecond >= 1
    ? `${threeDigits(stepsPerSecond)} steps/s`
    : `${threeDigits(1 / stepsPerSecond)} s per step`;
}

/** `11.37 M`, `61.2 k`, `912`. */
export function formatParameters(count: Figure): string {
  if (!isFigure(count)) return NO_FIGURE;
  if (count >= 999_950) return `${TWO.format(count / 1e6)} M`;
  if (count >= 1000) return `${ONE.format(count / 1e3)} k`;
  return WHOLE.format(count);
}

const BYTE_UNITS = ['bytes', 'kB', 'MB', 'GB', 'TB'] as const;

/** Decimal units, as disks and networks are sold: `12.4 MB`. */
export function formatBytes(bytes: Figure): string {
  if (!isFigure(bytes)) return NO_FIGURE;
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < BYTE_UNITS.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${unit === 0 ? WHOLE.format(value) : threeDigits(value)} ${BYTE_UNITS[unit]!}`;
}

/** `1.24 MB/s`. */
export function formatByteRate(bytesPerSecond: Figure): string {
  return isFigure(bytesPerSecond) ? `${formatBytes(bytesPerSecond)}/s` : NO_FIGURE;
}

/** `4.2 s`, `42 s`, `3 min 20 s`, `2 h 05 min`. */
export function formatDuration(seconds: Figure): string {
  if (!isFigure(seconds) || seconds < 0) return NO_FIGURE;
  if (seconds < 9.95) return `${ONE.format(seconds)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${String(whole % 60).padStart(2, '0')} s`;
  const minutes = Math.round(seconds / 60);
  return `${WHOLE.format(Math.floor(minutes / 60))} h ${String(minutes % 60).padStart(2, '0')} min`;
}

/** A guess of what is left, no more exact than it can be: `about 3 min`. */
export function formatTimeLeft(seconds: Figure): string {
  if (!isFigure(seconds) || seconds < 0) return NO_FIGURE;
  if (seconds < 60) return `about ${Math.max(1, Math.round(seconds))} s`;
  if (seconds < 3600) return `about ${Math.round(seconds / 60)} min`;
  return `about ${formatDuration(seconds)}`;
}

const MOMENT = new Intl.DateTimeFormat('en-GB', {
  day: 'numeric',
  month: 'short',
  year: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
});

/** @param time milliseconds since 1970, written in the reader's own time zone */
export function formatMoment(time: number): string {
  return Number.isFinite(time) ? MOMENT.format(time) : NO_FIGURE;
}

export const DEVICE_TITLES: Readonly<Record<DeviceKind, string>> = {
  webgpu: 'WebGPU',
  cpu: 'CPU',
  reference: 'Reference',
};

/** The device that computed a run, including imported runs. */
export const COMPUTED_TITLES: Readonly<Record<DeviceRecord['kind'], string>> = {
  ...DEVICE_TITLES,
  torch: 'PyTorch',
  unknown: 'Not known',
};

/** Label of a button that saves weights. */
export const WEIGHTS_TITLES = {
  safetensors: 'Download weights',
  'safetensors-half': 'Download weights, half size',
  tfjs: 'Download for TensorFlow.js',
} as const;

export const RUN_STATE_TITLES: Readonly<Record<RunState, string>> = {
  waiting: 'waiting',
  training: 'training',
  paused: 'paused',
  done: 'done',
  stopped: 'stopped',
  failed: 'failed',
  interrupted: 'interrupted',
};
