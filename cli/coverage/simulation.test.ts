/** The populations resemble the measured runs, and the lab's intervals cover the truth. `npm run coverage` takes many more rounds. */
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { Breakdown } from '#core/metrics/breakdown.ts';
import { streamFor } from '#core/random/stream.ts';
import { estimateDifferences } from '#core/statistics/difference.ts';
import { intervalOf } from '#core/statistics/interval.ts';
import { totalsOf } from '#core/statistics/jackknife.ts';
import { RESULTS } from '../lib/paths.ts';
import { readRunFile } from '../lib/results.ts';
import { populationOf, withSeedsOf } from './population.ts';
import { Coverage, draw, statisticsOf } from './simulation.ts';

const breakdownOf = async (name: string): Promise<Breakdown> =>
  (await readRunFile(join(RESULTS, name, 'run.zip'))).breakdown!;
const seedsOf = (model: string) =>
  Promise.all([42, 43, 44].map((seed) => breakdownOf(`python-stdlib/${model}-seed-${seed}`)));
const library = populationOf(await seedsOf('lstm'), await seedsOf('residual-lstm'));
const larger = withSeedsOf(
  library,
  await breakdownOf('python-debian/lstm-seed-42'),
  await breakdownOf('python-debian/residual-lstm-seed-42'),
);
const [loss] = statisticsOf(library);

const deviationOf = (values: readonly number[]) => {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1));
};

it('files and seeds are drawn with the spread of the study', () => {
  const ROUNDS = 300;
  const [files, seeds]: [number[], number[]] = [[], []];
  for (let round = 0; round < ROUNDS; round++) {
    const random = streamFor(round, 'spread');
    const { baseline, candidate, truth } = draw(library, { files: 42, seeds: 2 }, random);
    const [a, b] = baseline.seeds.map((totals) => loss!.of(totals));
    seeds.push((a! - b!) / Math.SQRT2);
    expect(truth[0]).toBeCloseTo(-0.139, 3);
    files.push(loss!.of(totalsOf(candidate.files)) - loss!.of(totalsOf(baseline.files)));
  }
  // expected: 0.013 over seeds of the LSTM; over files and seeds √(0.0097² + 2 · 0.013² / 2), less what both models share
  expect(deviationOf(seeds)).toBeGreaterThan(0.0115);
  expect(deviationOf(seeds)).toBeLessThan(0.0145);
  expect(deviationOf(files)).toBeGreaterThan(0.0125);
  expect(deviationOf(files)).toBeLessThan(0.0175);
});

it('the truth of one seed is that of the very runs', () => {
  const truths = [1, 2].map((seed) => draw(library, { files: 5, seeds: 1 }, streamFor(seed, 'truth')).truth[0]);
  expect(truths[0]).not.toBe(truths[1]);
  const many = draw(larger, { files: 20_000, seeds: 1 }, streamFor(3, 'truth'));
  const [estimate] = estimateDifferences(many.baseline, many.candidate, [loss!.of]);
  expect(Math.abs(estimate!.estimate - many.truth[0]!)).toBeLessThan(0.004);
});

it.each([
  ['library', library, 42, 1],
  ['library', library, 42, 3],
  ['larger corpus', larger, 334, 3],
] as const)('intervals hold the truth: %s', (_, population, files, seeds) => {
  const coverage = new Coverage();
  for (let round = 0; round < 400; round++) {
    const { baseline, candidate, truth } = draw(population, { files, seeds }, streamFor(round, `held/${seeds}`));
    const [estimate] = estimateDifferences(baseline, candidate, [loss!.of]);
    coverage.add(intervalOf(estimate!), truth[0]!);
  }
  // within three standard errors
  expect(coverage.rate).toBeGreaterThan(0.92);
  expect(coverage.rate).toBeLessThan(0.982);
});
