/**
 * A first draft of what a comparison shows, in sentences drawn from its numbers alone. A person edits it. It claims no difference
 * whose interval includes zero, and says what the intervals do not cover.
 */
import { DIMENSIONS, type Dimension } from '../breakdown.ts';
import { cellOf, type ModelName } from '../config.ts';
import {
  formatCounted,
  formatLoss,
  formatParameters,
  formatPercent,
  formatPerplexity,
  formatPoints,
  formatTokenRate,
  MODEL_TITLES,
} from '../format.ts';
import type { Interval } from '../statistics/bootstrap.ts';
import type { Comparison, Difference, GroupDifference } from './comparison.ts';
import type { Pool } from './pools.ts';

/** Mean gradient norm of layer 1 and of layer 2 over the later half of a run's training. */
export interface LayerNorms {
  readonly model: ModelName;
  readonly layer1: number;
  readonly layer2: number;
}

export interface DiscussionOptions {
  readonly comparison: Comparison;
  readonly titleOf: (pool: Pool) => string;
  /** Of the baseline's and the residual model's cell, where they were measured. */
  readonly norms: readonly LayerNorms[];
}

/** Paragraphs. */
export function draftDiscussion({ comparison, titleOf, norms }: DiscussionOptions): readonly string[] {
  const { pools, baseline: key, differences } = comparison;
  const baseline = pools.find((pool) => pool.key === key);
  if (!baseline) return ['No model has finished an epoch yet: there is nothing to discuss.'];
  const told = differences.flatMap((difference) => {
    const pool = pools.find((one) => one.key === difference.key);
    return pool ? [{ pool, difference }] : [];
  });
  const residual = told.find(({ pool }) => pool.model.startsWith('residual'));
  return [
    ranking(pools, titleOf),
    ...told.map(({ pool, difference }) => against(pool, baseline, difference, titleOf)),
    residual ? whereItHelps(residual.pool, residual.difference, titleOf) : null,
    residual ? mechanism(residual.pool, baseline, norms) : null,
    overfitting(pools, titleOf),
    limits(comparison),
  ].filter((paragraph) => paragraph !== null);
}

function ranking(pools: readonly Pool[], titleOf: (pool: Pool) => string): string {
  const tested = pools.every(({ test }) => test !== null);
  const perplexity = (pool: Pool) => (tested ? pool.test! : pool.validation).perplexity.mean;
  const top5 = (pool: Pool) => (tested ? pool.test! : pool.validation).top5.mean;
  const [best, ...others] = pools.toSorted((a, b) => perplexity(a) - perplexity(b));
  const figures = (pool: Pool) =>
    `${titleOf(pool)} (perplexity ${formatPerplexity(perplexity(pool))}, top-5 ${formatPercent(top5(pool))})`;
  const part = tested ? 'test' : 'validation';
  if (others.length === 0)
    return `One model stands here alone: ${figures(best!)} on ${part}. With another it can be compared.`;
  return `On ${part} the lowest perplexity is that of ${figures(best!)}, followed by ${others.map(figures).join(', ')}.`;
}

function against(pool: Pool, baseline: Pool, { figures, files }: Difference, titleOf: (pool: Pool) => string): string {
  const { top5, perplexity } = figures;
  const name = titleOf(pool);
  const to = `Against ${titleOf(baseline)}, ${name}`;
  const sentences = [
    isClear(top5)
      ? `${to} ${top5.estimate > 0 ? 'gains' : 'loses'} ${formatPoints(top5.estimate)} of top-5 (95% of draws of the ${formatCounted(files, 'test file')} lie between ${range(top5, formatPoints)})`
      : `${to} shows no difference of top-5 that can be told from ${formatCounted(files, 'test file')}: ${formatPoints(top5.estimate)}${interval(top5, formatPoints)}`,
    isClear(perplexity)
      ? `its perplexity is ${perplexity.estimate < 0 ? 'lower' : 'higher'} by ${formatPerplexity(Math.abs(perplexity.estimate))} (between ${range(perplexity, formatSigned)})`
      : `nor can a difference of perplexity be told: ${formatSigned(perplexity.estimate)}${interval(perplexity, formatSigned)}`,
  ];
  const cost =
    pool.parameters === baseline.parameters
      ? `Both have ${formatParameters(pool.parameters)} parameters`
      : `It has ${formatParameters(pool.parameters)} parameters, the baseline ${formatParameters(baseline.parameters)}`;
  const speed = `it trained at ${formatTokenRate(pool.tokensPerSecond)}, the baseline at ${formatTokenRate(baseline.tokensPerSecond)}`;
  return `${sentences.join('; ')}. ${cost}; ${speed}.`;
}

const DIMENSION_WORDS: Readonly<Record<Dimension, string>> = {
  kind: 'By kind of token',
  position: 'By place in the file',
  frequency: 'By how common the token is',
};

function whereItHelps(pool: Pool, { groups }: Difference, titleOf: (pool: Pool) => string): string {
  const sentences = DIMENSIONS.flatMap((dimension) => {
    const own = groups.filter((group) => group.dimension === dimension);
    if (own.length === 0) return [];
    const clear = own.filter(({ difference }) => isClear(difference));
    if (clear.length === 0) return `${DIMENSION_WORDS[dimension]} no group’s difference can be told from zero.`;
    const sorted = clear.toSorted((a, b) => b.difference.estimate - a.difference.estimate);
    const gains = sorted.filter(({ difference }) => difference.estimate > 0);
    const losses = sorted.filter(({ difference }) => difference.estimate < 0).toReversed();
    const parts = [
      gains.length > 0 ? `it gains most on ${named(gains)}` : null,
      losses.length > 0 ? `it loses on ${named(losses)}` : null,
      own.length > clear.length ? `${formatCounted(own.length - clear.length, 'group')} undecided` : null,
    ].filter((part) => part !== null);
    return `${DIMENSION_WORDS[dimension]} ${parts.join('; ')}.`;
  });
  return `Where ${titleOf(pool)} differs in top-5: ${sentences.join(' ')}`;
}

/** The two that differ most. */
function named(groups: readonly GroupDifference[]): string {
  return groups
    .slice(0, 2)
    .map(({ name, difference }) => `${name} (${formatPoints(difference.estimate)})`)
    .join(' and ');
}

function mechanism(pool: Pool, baseline: Pool, norms: readonly LayerNorms[]): string {
  const words =
    'The residual model gives the output layer H1 + H2 in place of H2. With logits y = W (H1 + H2) + b the gradient that ' +
    'reaches layer 1 is dL/dH1 = Wᵀ dL/dy + Jᵀ dL/dH2, where J is the Jacobian of layer 2: the first term does not pass ' +
    'through layer 2, its gates or its steps through time, so layer 1 learns from the loss directly. The output also sees ' +
    'features of both depths. The sum is larger than either part, dropout acts on the sum, and both layers must share one ' +
    'space; no weight is added.';
  const own = norms.find(({ model }) => model === pool.model);
  const plain = norms.find(({ model }) => model === cellOf(pool.model) && model === baseline.model);
  if (!own || !plain) return words;
  const ratio = (of: LayerNorms) => of.layer1 / of.layer2;
  return `${words} Measured over the later half of training, the gradient of layer 1 has ${formatLoss(ratio(own))} times the norm of layer 2’s here, and ${formatLoss(ratio(plain))} times in the plain ${MODEL_TITLES[plain.model]}.`;
}

function overfitting(pools: readonly Pool[], titleOf: (pool: Pool) => string): string | null {
  const gaps = pools.map((pool) => {
    const gap = pool.validation.loss.mean - pool.train.loss.mean;
    return `${titleOf(pool)} ${formatLoss(pool.train.loss.mean)} and ${formatLoss(pool.validation.loss.mean)}${gap > 0.15 ? ', a gap that says it begins to learn its files by heart' : ''}`;
  });
  return gaps.length === 0
    ? null
    : `Loss in training (a running mean, with dropout) and on validation at the best epoch: ${gaps.join('; ')}.`;
}

function limits({ pools, undecided, differences, resamples }: Comparison): string {
  const single = pools.filter(({ seeds }) => seeds.length < 2).length;
  const unknown = pools[0]?.unknownShare ?? Number.NaN;
  return [
    differences.length > 0
      ? `The intervals come from ${resamples.toLocaleString('en-US')} paired draws of test files: they say how far a difference depends on which files those are, not on luck in training.`
      : null,
    single > 0 ? 'Where a model was trained with one seed, what the seed does is not measured.' : null,
    Number.isFinite(unknown)
      ? `${formatPercent(unknown)} of the targets are outside the vocabulary: no model can complete those, and top-5 over all targets counts guessing “unknown” as a hit.`
      : null,
    'Files are cut at the length of a row, so what lies beyond is neither learnt nor measured.',
    undecided.length > 0 ? `${formatCounted(undecided.length, 'model')} could not be held against the baseline.` : null,
  ]
    .filter((sentence) => sentence !== null)
    .join(' ');
}

function isClear({ low, high }: Interval): boolean {
  return low !== null && high !== null && (low > 0 || high < 0);
}

function range({ low, high }: Interval, format: (value: number) => string): string {
  return `${format(low!)} and ${format(high!)}`;
}

/** Empty where there is none. */
function interval(of: Interval, format: (value: number) => string): string {
  return of.low === null || of.high === null
    ? ', from too few files for an interval'
    : ` (between ${range(of, format)})`;
}

const formatSigned = (value: number) => `${value > 0 ? '+' : value < 0 ? '−' : ''}${formatPerplexity(Math.abs(value))}`;
