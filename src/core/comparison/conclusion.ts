/** What a training showed, in one sentence with its uncertainty: the first extended model against its baseline, else the first other model. */
import { isBaseline, modelTitle } from '../models/registry.ts';
import { formatCounted, formatPercent, formatPoints } from '../format.ts';
import { isResolved } from '../statistics/interval.ts';
import { seedsText, type Comparison } from './comparison.ts';
import { bounds, points } from './discussion.ts';

/** @returns null where no two models were tested on the same files */
export function conclusionOf(comparison: Comparison): string | null {
  const poolOf = (key: string | null) => comparison.pools.find((pool) => pool.key === key);
  const baseline = poolOf(comparison.baseline);
  const compared = comparison.differences.flatMap((difference) => {
    const pool = poolOf(difference.key);
    return pool?.test ? [{ pool, test: pool.test, difference }] : [];
  });
  const shown = compared.find(({ pool }) => !isBaseline(pool.model)) ?? compared[0];
  if (!baseline?.test || !shown) return null;
  const { pool, test, difference } = shown;
  const { top5 } = difference.metrics;
  const over = difference.covers === 'files only' ? ', over test files only: another seed may change it' : '';
  const range = bounds(top5, formatPoints, over);
  const figures = `${formatPercent(test.top5.mean)} against ${formatPercent(baseline.test.top5.mean)}, ${seedsText(difference.seeds)}`;
  const where = `On the ${formatCounted(difference.files, 'test file')}`;
  const [own, plain] = [modelTitle(pool.model), modelTitle(baseline.model)];
  if (!isResolved(top5)) {
    return `${where} the difference in top-5 between the ${own} and the ${plain} is unresolved: ${figures}, ${formatPoints(top5.estimate)}${range}.`;
  }
  const standing = top5.estimate > 0 ? 'above' : 'below';
  return `${where} the top-5 of the ${own} is ${points(top5.estimate)} ${standing} that of the ${plain}: ${figures}${range}.`;
}
