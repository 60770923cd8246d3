/** The intervals of the first edition's runs match values that were computed independently of this code. */
import { expect, it } from 'vitest';
import type { RunDifference } from '#core/comparison/comparison.ts';
import { compareRunFiles } from '#core/comparison/runFiles.ts';
import { isResolved, type Interval } from '#core/statistics/interval.ts';
import { LARGE_DATASET, fullTrainings } from './plan.ts';
import { DEFAULT_DATASET } from '../lib/paths.ts';
import { readMeasured } from './results.ts';

const { results, runs } = await readMeasured();

function differences(dataset: string): readonly RunDifference[] {
  const files = fullTrainings(results, dataset).flatMap((name) => runs.get(name) ?? []);
  return compareRunFiles(files).differences;
}

const rounded = ({ estimate, low, high }: Interval, scale: number, digits: number) =>
  [estimate, low!, high!].map((value) => Number((value * scale).toFixed(digits)));

it('the intervals of three seeds against three cover seeds and files', () => {
  const [residual, rnn] = differences(DEFAULT_DATASET);
  expect(residual).toMatchObject({ covers: 'seeds and files', seeds: { baseline: 3, candidate: 3 }, files: 42 });
  expect(rounded(residual!.metrics.top5, 100, 1)).toEqual([1.3, 0.4, 2.2]);
  expect(rounded(residual!.metrics.loss, 1, 3)).toEqual([-0.139, -0.171, -0.108]);
  expect(rounded(residual!.metrics.perplexity, 1, 2).slice(1)).toEqual([-2.13, -1.25]);
  expect(rounded(rnn!.metrics.top5, 100, 1)).toEqual([-0.7, -1.5, 0.1]);
  expect(rounded(rnn!.metrics.loss, 1, 3)).toEqual([0.034, -0.002, 0.069]);
});

it('the residual LSTM has the lower loss on nearly every test file', () => {
  expect(differences(DEFAULT_DATASET)[0]).toMatchObject({ lowerLossFiles: 41, files: 42 });
  expect(differences(LARGE_DATASET)[0]).toMatchObject({ lowerLossFiles: 298, files: 334, covers: 'files only' });
});

it('of the groups, corrected for their number, two of the residual LSTM are resolved and none of the RNN', () => {
  const resolved = differences(DEFAULT_DATASET).map(({ groups }) =>
    groups.filter(({ difference }) => isResolved(difference)).map(({ name }) => name),
  );
  expect(resolved).toEqual([['101–1,000', '1,001–10,000'], []]);
});
