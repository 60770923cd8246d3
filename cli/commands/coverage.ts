/**
 * `npm run coverage`: counts how often the lab's 95% intervals cover the truth. Files and seeds are drawn from populations whose true
 * differences are known, and whose spread is that of the study's runs.
 */
import type { Breakdown } from '#core/metrics/breakdown.ts';
import { fail } from '#core/failure.ts';
import { formatPercent } from '#core/format.ts';
import { writeMarkdown, type Block } from '#core/report/blocks.ts';
import { streamFor } from '#core/random/stream.ts';
import { estimateDifferences } from '#core/statistics/difference.ts';
import { simultaneousIntervals } from '#core/statistics/family.ts';
import { intervalOf } from '#core/statistics/interval.ts';
import { METHODS } from '../coverage/methods.ts';
import { populationOf, withSeedsOf, type Population } from '../coverage/population.ts';
import { Coverage, draw, statisticsOf, type Size } from '../coverage/simulation.ts';
import { readArguments, runCommand, wholeNumber } from '../lib/command.ts';
import { DEFAULT_DATASET } from '../lib/paths.ts';
import { LARGE_DATASET, fullTrainings } from '../study/plan.ts';
import { readMeasured, type Measured } from '../study/results.ts';

const HELP = `Usage: npm run coverage -- [options]

Draws test files and seeds from populations with the spread of the runs in docs/results, of which the true differences are
known, and counts how often 95% intervals hold them. With one seed the truth is that of the very runs over all files, since
such an interval covers the files only. Fails if a rate is not between 93% and 97%, or the intervals of a family hold together
in less than 92%. Takes some minutes.

  --rounds N   samples of each size (2000). With 2000 a rate is exact to half a point
  --methods    compares ways to make an interval over files, with one seed
  --seed N     seeds the draws (1)
  --help       this text`;

const SMALL = 42;
const LARGE = 334;
const SEEDS = [1, 3, 10] as const;
const [LEAST, MOST] = [0.93, 0.97];
/** The limit for a family of groups is lower, since Welch’s intervals with three seeds are slightly too narrow in the tails. */
const LEAST_TOGETHER = 0.92;

await runCommand(async () => {
  const { values } = readArguments({
    options: {
      rounds: { type: 'string', default: '2000' },
      methods: { type: 'boolean', default: false },
      seed: { type: 'string', default: '1' },
      help: { type: 'boolean' },
    },
  });
  if (values.help === true) {
    console.log(HELP);
    return;
  }
  const rounds = wholeNumber(values.rounds, 'rounds', 10, 1_000_000);
  const seed = wholeNumber(values.seed, 'seed', 0, 0xffff_ffff);
  const { library, larger } = populationsOf(await readMeasured());
  const samples: readonly Sampled[] = [
    { title: 'library', population: library, files: SMALL },
    { title: 'larger corpus', population: larger, files: SMALL },
    { title: 'larger corpus', population: larger, files: LARGE },
  ];
  const table = values.methods ? methodTable(samples, rounds, seed) : coverageTable(samples, rounds, seed);
  console.log(writeMarkdown([table.block]).trim());
  if (table.wrong.length > 0) {
    fail(
      'internal',
      `Not between ${formatPercent(LEAST, 0)} and ${formatPercent(MOST, 0)}: ${table.wrong.join('; ')}.`,
      '',
    );
  }
});

interface Sampled {
  readonly title: string;
  readonly population: Population;
  readonly files: number;
}

interface Told {
  readonly block: Block;
  /** Descriptions of the rates outside their limits. */
  readonly wrong: readonly string[];
}

function coverageTable(samples: readonly Sampled[], rounds: number, seed: number): Told {
  const wrong: string[] = [];
  const rows = samples.flatMap(({ title, population, files }) =>
    SEEDS.map((seeds) => {
      const covered = coverageOf(population, { files, seeds }, rounds, seed);
      const where = `${title}, ${files} files, ${seeds} seeds`;
      for (const [name, { rate }] of Object.entries(covered.single)) {
        if (rate < LEAST || rate > MOST) wrong.push(`${where}: ${name} ${formatPercent(rate)}`);
      }
      if (covered.together.rate < LEAST_TOGETHER)
        wrong.push(`${where}: groups together ${formatPercent(covered.together.rate)}`);
      return [
        title,
        String(files),
        String(seeds),
        ...Object.values(covered.single).map(({ rate }) => formatPercent(rate)),
        formatPercent(covered.uncorrected.rate),
        formatPercent(covered.together.rate),
        formatPercent(covered.least),
      ];
    }),
  );
  const head = [
    'Files like',
    'Files',
    'Seeds',
    'Loss',
    'Top-5',
    'Perplexity',
    'All groups, each at 95%',
    'All groups, simultaneous',
    'Worst group at 95%',
  ];
  return { block: { type: 'table', head, rows }, wrong };
}

interface Covered {
  /** Coverage of single 95% intervals. */
  readonly single: Readonly<Record<'loss' | 'top5' | 'perplexity', Coverage>>;
  /** How often the intervals of all groups cover the truth at once, with and without correction. */
  readonly together: Coverage;
  readonly uncorrected: Coverage;
  /** Lowest rate of any group, uncorrected. */
  readonly least: number;
}

function coverageOf(population: Population, size: Size, rounds: number, seed: number): Covered {
  const statistics = statisticsOf(population);
  const placeOf = (name: string) => statistics.findIndex((one) => one.name === name);
  const groups = population.columns.flatMap(({ isGroup }, column) => (isGroup ? [column] : []));
  const single = { loss: new Coverage(), top5: new Coverage(), perplexity: new Coverage() };
  const byGroup = groups.map(() => new Coverage());
  const [together, uncorrected] = [new Coverage(), new Coverage()];
  for (let round = 0; round < rounds; round++) {
    const random = streamFor(seed, `coverage/${size.files}/${size.seeds}/${round}`);
    const { baseline, candidate, truth } = draw(population, size, random);
    const of = statistics.map((one) => one.of);
    const estimates = estimateDifferences(baseline, candidate, of);
    for (const [name, coverage] of Object.entries(single)) {
      coverage.add(intervalOf(estimates[placeOf(name)]!), truth[placeOf(name)]!);
    }
    const own = groups.map((column) => intervalOf(estimates[column]!));
    for (const [at, interval] of own.entries()) byGroup[at]!.add(interval, truth[groups[at]!]!);
    const family = simultaneousIntervals(groups.map((column) => estimates[column]!)).intervals;
    const holds = (intervals: typeof family) =>
      intervals.every(({ low, high }, at) => {
        const value = truth[groups[at]!]!;
        return low === null || high === null || (low <= value && value <= high);
      });
    together.addHeld(holds(family));
    uncorrected.addHeld(holds(own));
  }
  const rates = byGroup.map(({ rate }) => rate).filter(Number.isFinite);
  return { single, together, uncorrected, least: Math.min(...rates) };
}

function methodTable(samples: readonly Sampled[], rounds: number, seed: number): Told {
  const rows = samples.flatMap(({ title, population, files }) => {
    const statistics = statisticsOf(population).filter(({ name }) => name === 'loss' || name === 'top5');
    const columns = statistics.map(({ name }) => population.columns.findIndex((one) => one.name === name));
    const covered = Object.keys(METHODS).map(() => statistics.map(() => new Coverage()));
    for (let round = 0; round < rounds; round++) {
      const random = streamFor(seed, `coverage/${files}/1/${round}`);
      const drawn = draw(population, { files, seeds: 1 }, random);
      for (const [at, method] of Object.values(METHODS).entries()) {
        const intervals = method(
          drawn,
          statistics.map(({ of }) => of),
          round,
        );
        for (const [index, interval] of intervals.entries()) {
          covered[at]![index]!.add(interval, drawn.truth[columns[index]!]!);
        }
      }
    }
    return Object.keys(METHODS).map((name, at) => [
      title,
      String(files),
      name,
      ...covered[at]!.map(({ rate }) => formatPercent(rate)),
      ...covered[at]!.map(({ width }) => width.toFixed(4)),
    ]);
  });
  const head = ['Files like', 'Files', 'Method', 'Loss', 'Top-5', 'Width, loss', 'Width, top-5'];
  return { block: { type: 'table', head, rows }, wrong: [] };
}

/** Populations like the study's two data sets. The larger one has one seed of each model, so it uses the library's effects of seeds. */
function populationsOf({ results, runs }: Measured): { readonly library: Population; readonly larger: Population } {
  const breakdownsOf = (dataset: string, model: string): readonly Breakdown[] =>
    fullTrainings(results, dataset)
      .flatMap((name) => runs.get(name) ?? [])
      .flatMap(({ run, breakdown }) => (run.model === model && breakdown ? [breakdown] : []));
  const of = (dataset: string) => [breakdownsOf(dataset, 'lstm'), breakdownsOf(dataset, 'residual-lstm')] as const;
  const [[lstm, residual], [largerLstm, largerResidual]] = [of(DEFAULT_DATASET), of(LARGE_DATASET)];
  if (lstm.length < 2 || residual.length < 2 || !largerLstm[0] || !largerResidual[0]) {
    fail('not-found', 'The runs of the study are missing.', 'They belong under docs/results.');
  }
  const library = populationOf(lstm, residual);
  return { library, larger: withSeedsOf(library, largerLstm[0], largerResidual[0]) };
}
