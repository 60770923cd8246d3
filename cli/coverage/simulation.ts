/** Draws test files and seeds from a population, and counts how often intervals cover its true values. */
import type { RandomStream } from '#core/random/stream.ts';
import type { FileSums } from '#core/statistics/jackknife.ts';
import type { Sample } from '#core/statistics/difference.ts';
import type { Interval } from '#core/statistics/interval.ts';
import { totalsOf, type Arm, type Population } from './population.ts';

/** Number of test files, and of seeds of each model. */
export interface Size {
  readonly files: number;
  readonly seeds: number;
}

export interface Drawn {
  readonly baseline: Sample;
  readonly candidate: Sample;
  /** The true difference, candidate minus baseline, of each statistic. */
  readonly truth: readonly number[];
}

/** Computed from totals: `counted` and `sum` of each column, in turn. */
export type Statistic = (totals: Float64Array) => number;

/** The estimated statistics: the rate of every column, and the perplexity. */
export function statisticsOf({ columns }: Population): readonly { readonly name: string; readonly of: Statistic }[] {
  const rate = (column: number) => (totals: Float64Array) => totals[2 * column + 1]! / totals[2 * column]!;
  return [
    ...columns.map(({ name }, column) => ({ name, of: rate(column) })),
    { name: 'perplexity', of: (totals: Float64Array) => Math.exp(rate(0)(totals)) },
  ];
}

/**
 * With one seed of each model, the truth is what these runs have over all files of the population, since such an interval only accounts
 * for the choice of files. With more seeds, it is what the models have over all files and seeds.
 */
export function draw(population: Population, { files, seeds }: Size, random: RandomStream): Drawn {
  const drawn = Array.from({ length: files }, () => random.below(population.files));
  const [a, b] = population.arms.map((arm) => drawArm(population, arm, drawn, seeds, random));
  const truth = statisticsOf(population).map(({ of }) => of(b!.truth) - of(a!.truth));
  return { baseline: a!.sample, candidate: b!.sample, truth };
}

function drawArm(
  { columns: { length: width }, counted }: Population,
  arm: Arm,
  drawn: readonly number[],
  seeds: number,
  random: RandomStream,
): { readonly sample: Sample; readonly truth: Float64Array } {
  const sums = new Float64Array(drawn.length * 2 * width);
  const totals = Array.from({ length: seeds }, () => new Float64Array(2 * width));
  const effects = totals.map(() => combined(arm.seeds, 0, width, random));
  for (const [row, file] of drawn.entries()) {
    const from = file * width;
    for (const [seed, effect] of effects.entries()) {
      const rest = combined(arm.rest, from, width, random);
      for (let column = 0; column < width; column++) {
        const targets = counted[from + column]!;
        const sum = arm.sums[from + column]! + targets * effect[column]! + rest[column]!;
        const to = 2 * (row * width + column);
        sums[to]! += targets / seeds;
        sums[to + 1]! += sum / seeds;
        totals[seed]![2 * column]! += targets;
        totals[seed]![2 * column + 1]! += sum;
      }
    }
  }
  const [targets, all] = [totalsOf(counted, width), totalsOf(arm.sums, width)];
  const truth = new Float64Array(2 * width);
  for (let column = 0; column < width; column++) {
    truth[2 * column] = targets[column]!;
    truth[2 * column + 1] = all[column]! + (seeds === 1 ? targets[column]! * effects[0]![column]! : 0);
  }
  const files: FileSums = { files: drawn.length, columns: 2 * width, sums };
  return { sample: { files, seeds: totals }, truth };
}

/** A normal draw with the covariance of the measured effects. */
function combined(measured: readonly Float64Array[], from: number, width: number, random: RandomStream): Float64Array {
  const values = new Float64Array(width);
  for (const one of measured) {
    const weight = random.normal() / Math.sqrt(measured.length - 1);
    for (let column = 0; column < width; column++) values[column]! += weight * one[from + column]!;
  }
  return values;
}

/** How often intervals of one kind covered the truth. */
export class Coverage {
  #held = 0;
  #all = 0;
  #width = 0;

  /** Leaves out intervals without bounds. */
  add({ low, high }: Pick<Interval, 'low' | 'high'>, truth: number): void {
    if (low === null || high === null) return;
    this.addHeld(low <= truth && truth <= high, high - low);
  }

  addHeld(held: boolean, width = Number.NaN): void {
    this.#all++;
    if (held) this.#held++;
    this.#width += width;
  }

  get rate(): number {
    return this.#held / this.#all;
  }

  /** Standard error of the rate. */
  get error(): number {
    return Math.sqrt((this.rate * (1 - this.rate)) / this.#all);
  }

  /** Mean width of the intervals. */
  get width(): number {
    return this.#width / this.#all;
  }
}
