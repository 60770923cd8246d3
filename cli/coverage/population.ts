/**
 * A population of test files from which samples are drawn. It has the spread of the study's runs: token counts and losses per file, the
 * effect of each seed, and the rest of each file that file and seed do not explain. The values of the whole population are known
 * exactly, so that intervals can be checked.
 */
import type { Breakdown } from '#core/metrics/breakdown.ts';

/** A statistic: a sum divided by a number of targets. The statistics of groups are one family for the correction. */
export interface Column {
  readonly name: string;
  readonly isGroup: boolean;
}

/** One model. */
export interface Arm {
  /** Sums, as means over the model's seeds. [files x columns] */
  readonly sums: Float64Array;
  /** Effect of each seed: its difference from the mean, per target. [columns] each */
  readonly seeds: readonly Float64Array[];
  /** Residuals of each seed's sums, which add up to zero over the files. [files x columns] each */
  readonly rest: readonly Float64Array[];
}

export interface Population {
  readonly files: number;
  readonly columns: readonly Column[];
  /** Number of targets. [files x columns] */
  readonly counted: Float64Array;
  readonly arms: readonly [baseline: Arm, candidate: Arm];
}

/** The population of measured files. @param baseline one breakdown for each seed, at least two @param candidate likewise */
export function populationOf(baseline: readonly Breakdown[], candidate: readonly Breakdown[]): Population {
  const first = baseline[0]!;
  const { columns, counted } = targetsOf(first);
  return {
    files: first.files,
    columns,
    counted,
    arms: [armOf(baseline, columns.length, counted), armOf(candidate, columns.length, counted)],
  };
}

/**
 * The population of files measured with one seed. The effects of seeds come from another population of the same models. The residuals do
 * too, scaled by the square root of the number of targets.
 */
export function withSeedsOf(other: Population, baseline: Breakdown, candidate: Breakdown): Population {
  const { files } = baseline;
  const { columns, counted } = targetsOf(baseline);
  const places = columns.map(({ name }) => other.columns.findIndex((one) => one.name === name));
  const arms = [baseline, candidate].map((breakdown, arm): Arm => {
    const { seeds, rest } = other.arms[arm]!;
    return {
      sums: sumsOf(breakdown),
      seeds: seeds.map((of) => Float64Array.from(places, (place) => of[place]!)),
      rest: rest.map((of) =>
        centered(
          Float64Array.from({ length: files * columns.length }, (_, at) => {
            const from = (Math.floor(at / columns.length) % other.files) * other.columns.length;
            const place = from + places[at % columns.length]!;
            const like = other.counted[place]!;
            return like === 0 ? 0 : of[place]! * Math.sqrt(counted[at]! / like);
          }),
          counted,
          columns.length,
        ),
      ),
    };
  });
  return { files, columns, counted, arms: [arms[0]!, arms[1]!] };
}

/** The columns: loss and top-5 over all targets, and top-5 of each group. */
function targetsOf(breakdown: Breakdown): Pick<Population, 'columns' | 'counted'> {
  const { groups } = breakdown;
  const columns = [
    { name: 'loss', isGroup: false },
    { name: 'top5', isGroup: false },
    ...groups.map(({ dimension, name }) => ({ name: `${dimension}: ${name}`, isGroup: true })),
  ];
  return { columns, counted: valuesOf(breakdown, ['counted', 'counted'], 'counted') };
}

function sumsOf(breakdown: Breakdown): Float64Array {
  return valuesOf(breakdown, ['loss', 'top5'], 'top5');
}

function valuesOf(
  { files, groups, sums, groupSums, overall, grouped }: Breakdown,
  overAll: readonly string[],
  ofGroup: string,
): Float64Array {
  const width = overAll.length + groups.length;
  const groupColumn = groupSums.indexOf(ofGroup);
  const columns = overAll.map((name) => sums.indexOf(name));
  return Float64Array.from({ length: files * width }, (_, at) => {
    const [file, column] = [Math.floor(at / width), at % width];
    if (column < overAll.length) return overall[file * sums.length + columns[column]!]!;
    const group = column - overAll.length;
    return grouped[(file * groups.length + group) * groupSums.length + groupColumn]!;
  });
}

function armOf(breakdowns: readonly Breakdown[], width: number, counted: Float64Array): Arm {
  const all = breakdowns.map(sumsOf);
  const sums = Float64Array.from(counted, (_, at) => all.reduce((sum, one) => sum + one[at]!, 0) / all.length);
  const mean = ratesOf(sums, counted, width);
  const seeds = all.map((one) => ratesOf(one, counted, width).map((rate, column) => rate - mean[column]!));
  const rest = all.map((one, seed) =>
    one.map((value, at) => value - sums[at]! - counted[at]! * seeds[seed]![at % width]!),
  );
  return { sums, seeds: seeds.map((one) => shrunk(one, rest, seeds, counted, width)), rest };
}

/**
 * Over few files, the measured effects of seeds include the residuals. This removes that part, so that simulated seeds differ as much as
 * measured ones. The factor comes from the losses, the first column.
 */
function shrunk(
  one: Float64Array,
  rest: readonly Float64Array[],
  seeds: readonly Float64Array[],
  counted: Float64Array,
  width: number,
): Float64Array {
  const targets = totalsOf(counted, width)[0]!;
  let left = 0;
  for (const of of rest) for (let at = 0; at < of.length; at += width) left += (of[at]! / targets) ** 2;
  const measured = seeds.reduce((sum, of) => sum + of[0]! ** 2, 0);
  return one.map((effect) => effect * Math.sqrt(Math.max(0, 1 - left / measured)));
}

/** Shifts each column so that it adds up to zero. Then residuals change no expectation. */
function centered(values: Float64Array, counted: Float64Array, width: number): Float64Array {
  const mean = ratesOf(values, counted, width);
  return values.map((value, at) => value - counted[at]! * (mean[at % width] || 0));
}

function ratesOf(sums: Float64Array, counted: Float64Array, width: number): Float64Array {
  const targets = totalsOf(counted, width);
  return totalsOf(sums, width).map((sum, column) => (targets[column] === 0 ? 0 : sum / targets[column]!));
}

export function totalsOf(values: Float64Array, width: number): Float64Array {
  const totals = new Float64Array(width);
  for (const [at, value] of values.entries()) totals[at % width]! += value;
  return totals;
}
