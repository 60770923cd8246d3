import type { Scale } from './axes.ts';

/** What the y axis counts, with its scale where that is not linear. */
export function unitOn(unit: string, scale: Scale): string {
  return scale === 'log' ? `${unit}, log axis` : unit;
}
