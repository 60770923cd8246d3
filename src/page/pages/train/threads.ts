/** Cores of this computer, and how many of them training uses by default. */
import type { DeviceReport } from '#core/devices.ts';
import { isWrong, type NumberEntry } from '../../ui/numbers/entry.ts';
import { limitsProblem, type NumberLimits } from '../../ui/numbers/limits.ts';
import { LOCALE } from '../../ui/numbers/locale.ts';
import type { TrainForm } from './form.ts';

export function availableCores(): number {
  return Math.max(1, navigator.hardwareConcurrency);
}

/** All but one: the page that draws the training needs one too. */
export function threadsByDefault(cores = availableCores()): number {
  return Math.max(1, cores - 1);
}

export function threadLimits(cores = availableCores()): NumberLimits {
  return { whole: true, min: 1, max: cores };
}

/** What is wrong with what was typed, or null. @param entry null takes the default */
export function threadsProblem(entry: NumberEntry, cores = availableCores()): string | null {
  if (entry === null) return null;
  return isWrong(entry) ? entry.problem : limitsProblem(entry, threadLimits(cores), LOCALE);
}

/** The number to train with; null while what was typed is wrong. Devices without threads show no field and do not ask for it. */
export function threadsOf(
  { threads, device }: Pick<TrainForm, 'threads' | 'device'>,
  devices: DeviceReport | null,
  cores = availableCores(),
): number | null {
  if (typeof threads === 'number' && threadsProblem(threads, cores) === null) return threads;
  const kind = device === 'auto' ? devices?.chosen : device;
  return threads !== null && kind === 'cpu' ? null : threadsByDefault(cores);
}
