/** How good a value is, as a colour. */
import './ramp.css';

/** @param goodness from 0, the worst, to 1, the best @param of lines, or of cells that have text on them */
export function rampColour(goodness: number, of: 'ramp' | 'cell'): string {
  return `color-mix(in oklab, var(--${of}-better) ${Math.round(goodness * 100)}%, var(--${of}-worse))`;
}

/** Where a value lies between the worst and the best of all; 1 where all are alike, NaN for what is not finite. */
export function goodnessOf(values: readonly number[], better: 'more' | 'less'): (value: number) => number {
  const finite = values.filter(Number.isFinite);
  const [low, high] = [Math.min(...finite), Math.max(...finite)];
  return (value) => {
    if (!Number.isFinite(value)) return Number.NaN;
    if (high <= low) return 1;
    const share = (value - low) / (high - low);
    return better === 'more' ? share : 1 - share;
  };
}
