/** Values of settings drawn from ranges: at random, or along a Sobol sequence, which leaves no gaps. */
import { fail } from '../failure.ts';
import { streamFor } from '../random/stream.ts';
import { isNumberSetting, SETTING_NAMES, settingOf, type SettingName } from '../settings/registry.ts';
import { isSettingValue } from '../settings/values.ts';
import { boundsInWords } from '../settings/words.ts';
import type { Sample, SampleRange } from './searchSchema.ts';
import { MAX_SOBOL_DIMENSIONS, sobolPoints } from './sobol.ts';

/** Digits of a drawn number that is not whole: more make no difference to a training, and are a burden to read. */
const DIGITS = 4;

/** @param where for the sentence, such as the file's name @throws LabError `bad-input` for a range that cannot be drawn from */
export function requireSample({ method, ranges }: Sample, where: string): void {
  const names = namesOf(ranges);
  if (names.length === 0)
    fail('bad-input', `${where}: the sample has no range.`, 'Give a range to at least one setting.');
  if (method === 'sobol' && names.length > MAX_SOBOL_DIMENSIONS) {
    fail('bad-input', `${where}: too many ranges.`, `Give at most ${MAX_SOBOL_DIMENSIONS}.`);
  }
  for (const name of names) {
    const { from, to } = ranges[name]!;
    const place = `${where}: ${name}`;
    if (!isNumberSetting(name)) fail('bad-input', `${place} is not a number.`, 'Give its values as a list.');
    if (name === 'seed')
      fail('bad-input', `${place} cannot be drawn.`, 'Give the seeds as a list, so that they can be pooled.');
    for (const value of [from, to]) {
      if (!isSettingValue(name, value))
        fail('bad-input', `${place}: ${String(value)} is not ${boundsInWords(name)}.`, 'Correct it.');
    }
    if (from >= to) fail('bad-input', `${place}: ${from} is not below ${to}.`, 'Write the lower number first.');
    if (scaleOf(name, ranges[name]!) === 'log' && from <= 0) {
      fail(
        'bad-input',
        `${place}: a logarithmic range cannot begin at ${from}.`,
        'Begin above 0, or set its scale to linear.',
      );
    }
  }
}

/** The drawn values, a point after the other. Points that rounding makes equal are there once. */
export function samplePoints({
  method,
  count,
  seed,
  ranges,
}: Sample): readonly Readonly<Partial<Record<SettingName, number>>>[] {
  const names = namesOf(ranges);
  const shares = method === 'random' ? randomShares(count, seed, names) : sobolShares(count, seed, names);
  const points = shares.map((point) =>
    Object.fromEntries(names.map((name, at) => [name, valueAt(name, ranges[name]!, point[at]!)])),
  );
  return [...new Map(points.map((point) => [JSON.stringify(point), point])).values()];
}

function namesOf(ranges: Sample['ranges']): readonly SettingName[] {
  return SETTING_NAMES.filter((name) => ranges[name] !== undefined);
}

/** Each setting has a stream of its own, so that a further range changes no other value. */
function randomShares(count: number, seed: number, names: readonly SettingName[]): readonly (readonly number[])[] {
  const streams = names.map((name) => streamFor(seed, `sample/${name}`));
  return Array.from({ length: count }, () => streams.map((stream) => stream.uniform()));
}

/** Shifted by random bits a setting (Cranley and Patterson's idea in base 2), since the sequence itself begins in a corner. */
function sobolShares(count: number, seed: number, names: readonly SettingName[]): readonly (readonly number[])[] {
  const shifts = names.map((name) => streamFor(seed, `sobol/${name}`).u32());
  return sobolPoints(count, names.length).map((point) =>
    shifts.map((shift, at) => ((point[at]! ^ shift) >>> 0) / 2 ** 32),
  );
}

function scaleOf(name: SettingName, { scale }: SampleRange): 'linear' | 'log' {
  const setting = settingOf(name);
  return scale ?? (setting.kind === 'number' ? setting.scale : undefined) ?? 'linear';
}

/** @param share from 0 up to 1 */
export function valueAt(name: SettingName, range: SampleRange, share: number): number {
  const setting = settingOf(name);
  const { from, to } = range;
  const isWhole = setting.kind === 'number' && setting.bounds.whole;
  const isLog = scaleOf(name, range) === 'log';
  // every whole number has an equal share of a linear range
  if (isWhole && !isLog) return from + Math.floor(share * (to - from + 1));
  const exact = isLog ? Math.exp(Math.log(from) + share * Math.log(to / from)) : from + share * (to - from);
  // rounding also makes engines agree whose exponential functions differ in the last bit
  const rounded = isWhole ? Math.round(exact) : Number(exact.toPrecision(DIGITS));
  return Math.min(to, Math.max(from, rounded));
}
