/**
 * A first draft of what a comparison shows, in sentences drawn from its numbers alone, for the user to edit. It claims no difference whose
 * interval includes zero, and says what the intervals do not cover.
 */
import { DIMENSION_TITLES, DIMENSIONS } from '../metrics/breakdown.ts';
import { CONNECTIONS, isBaseline, modelTitle, type ModelName } from '../models/registry.ts';
import {
  formatCount,
  formatCounted,
  formatLoss,
  formatParameters,
  formatPercent,
  formatPerplexity,
  formatPerplexityDifference,
  formatPoints,
  formatTokenRate,
} from '../format.ts';
import { ascending } from '../order.ts';
import { baselineAmong, firstExtended } from '../runs/baseline.ts';
import { ABOVE_CHANCE } from '../runs/divergence.ts';
import { isResolved, type Interval } from '../statistics/interval.ts';
import type { Comparison, RunDifference, GroupDifference } from './comparison.ts';
import type { Pool } from './pools.ts';

/** Nats between the losses of training and validation from which a draft speaks of overfitting. */
const OVERFITTING = 0.15;
/** The variance over fewer files is itself too uncertain for a good interval. */
const FEW_FILES = 30;

/** Mean gradient norm of layer 1 and of layer 2 over some steps of a run. */
export interface LayerNorms {
  readonly model: ModelName;
  readonly layer1: number;
  readonly layer2: number;
}

export interface DiscussionOptions {
  readonly comparison: Comparison;
  readonly titleOf: (pool: Pool) => string;
  /** Over the later half of training: of the baseline's and the residual model's cell, where they were measured. */
  readonly norms: readonly LayerNorms[];
  /** Whether speeds are compared; not where the machine did other work meanwhile. Yes by default. */
  readonly speeds?: boolean;
}

/** Paragraphs. */
export function draftDiscussion({ comparison, titleOf, norms, speeds = true }: DiscussionOptions): readonly string[] {
  const { pools, baseline: key, differences } = comparison;
  const baseline = pools.find((pool) => pool.key === key);
  if (!baseline) return ['No model has a best epoch yet, so there is nothing to discuss.'];
  const told = differences.flatMap((difference) => {
    const pool = pools.find((one) => one.key === difference.key);
    return pool ? [{ pool, difference }] : [];
  });
  const compared = told.find(({ pool }) => !isBaseline(pool.model));
  const residual = compared?.pool ?? firstExtended(pools);
  return [
    ranking(pools, baseline, titleOf),
    ...told.map(({ pool, difference }) => against(pool, baseline, difference, { titleOf, speeds })),
    compared ? whereItHelps(compared.pool, compared.difference, titleOf) : null,
    residual ? mechanism(residual, baseline, norms) : null,
    course(pools, titleOf),
    limits(comparison),
  ].filter((paragraph) => paragraph !== null);
}

/** Covers only models whose figures are comparable: those with the baseline's data set and row length. */
function ranking(all: readonly Pool[], baseline: Pool, titleOf: (pool: Pool) => string): string {
  const pools = all.filter(
    ({ dataset, length }) => dataset.sha256 === baseline.dataset.sha256 && length === baseline.length,
  );
  const tested = pools.every(({ test }) => test !== null);
  const perplexity = (pool: Pool) => (tested ? pool.test! : pool.validation).perplexity.mean;
  const top5 = (pool: Pool) => (tested ? pool.test! : pool.validation).top5.mean;
  const [best, ...others] = pools.toSorted((a, b) => ascending(perplexity(a), perplexity(b)));
  const figures = (pool: Pool) =>
    `${titleOf(pool)} (perplexity ${formatPerplexity(perplexity(pool))}, top-5 ${formatPercent(top5(pool))}, ${formatCounted(pool.seeds.length, 'seed')})`;
  const part = tested ? 'test' : 'validation';
  if (others.length === 0) return `There is one model: ${figures(best!)} on ${part}. Train another to compare them.`;
  return `On ${part}, ${figures(best!)} has the lowest perplexity, followed by ${others.map(figures).join(', ')}.`;
}

function against(
  pool: Pool,
  baseline: Pool,
  difference: RunDifference,
  { titleOf, speeds }: Required<Pick<DiscussionOptions, 'titleOf' | 'speeds'>>,
): string {
  const cost = speeds ? `${size(pool, baseline)}; ${speed(pool, baseline)}` : size(pool, baseline);
  return `Compared with ${titleOf(baseline)}, ${titleOf(pool)} ${changes(difference)}. ${cost}.`;
}

function changes({ metrics: { top5, perplexity }, files, lowerLossFiles, covers }: RunDifference): string {
  const over = covers === 'files only' ? ', over test files only' : '';
  const lower = perplexity.estimate < 0 ? 'lower' : 'higher';
  const resolved = isResolved(perplexity)
    ? `its perplexity is ${lower} by ${formatPerplexity(Math.abs(perplexity.estimate))}${bounds(perplexity, formatPerplexityDifference, over)}`
    : `the difference in perplexity is unresolved: ${formatPerplexityDifference(perplexity.estimate)}${bounds(perplexity, formatPerplexityDifference, over)}`;
  const ofPerplexity = beyondNumbers(perplexity) ?? resolved;
  const ofTop5 = isResolved(top5)
    ? `${top5.estimate > 0 ? 'gains' : 'loses'} ${points(top5.estimate)} of top-5 on test${bounds(top5, formatPoints, over)}`
    : `has an unresolved difference in top-5 on test: ${formatPoints(top5.estimate)}${bounds(top5, formatPoints, over)}`;
  const perFile = `Its loss is lower on ${formatCount(lowerLossFiles)} of the ${formatCounted(files, 'test file')}`;
  const caution =
    covers === 'files only'
      ? '. Another seed may change both, because the intervals do not cover the variance between seeds'
      : '';
  return `${ofTop5}; ${ofPerplexity}. ${perFile}${caution}`;
}

/** The difference in words where a perplexity is infinite or not a number; null where both are finite. */
function beyondNumbers({ estimate }: Interval): string | null {
  if (Number.isFinite(estimate)) return null;
  if (estimate === Infinity) return 'its perplexity overflowed, the baseline’s did not';
  if (estimate === -Infinity) return 'its perplexity is finite, the baseline’s overflowed';
  return 'their perplexities cannot be compared: neither is a finite number';
}

function size(pool: Pool, baseline: Pool): string {
  return pool.parameters === baseline.parameters
    ? `Both have ${formatParameters(pool.parameters)} parameters`
    : `It has ${formatParameters(pool.parameters)} parameters, the baseline ${formatParameters(baseline.parameters)}`;
}

function speed(pool: Pool, baseline: Pool): string {
  const devices = new Set([...pool.devices, ...baseline.devices]);
  if (devices.size > 1) return 'they trained on different devices, so their speeds cannot be compared';
  const [own, plain] = [pool.tokensPerSecond, baseline.tokensPerSecond];
  const change = own / plain - 1;
  if (!Number.isFinite(change)) return 'their speeds cannot be compared, because one was not measured';
  const percent = formatPercent(Math.abs(change), 0);
  const words = percent === '0%' ? 'as fast' : `${percent} ${change > 0 ? 'faster' : 'slower'}`;
  return `it trained at ${formatTokenRate(own)}, the baseline at ${formatTokenRate(plain)} (${words})`;
}

function whereItHelps(
  pool: Pool,
  { groups, covers, familySize }: RunDifference,
  titleOf: (pool: Pool) => string,
): string | null {
  const sentences = DIMENSIONS.flatMap((dimension) => {
    const own = groups.filter((group) => group.dimension === dimension);
    if (own.length === 0) return [];
    const clear = own.filter(({ difference }) => isResolved(difference));
    if (clear.length === 0) return `${DIMENSION_TITLES[dimension]}, no difference is resolved.`;
    const sorted = clear.toSorted((a, b) => b.difference.estimate - a.difference.estimate);
    const gains = sorted.filter(({ difference }) => difference.estimate > 0);
    const losses = sorted.filter(({ difference }) => difference.estimate < 0).toReversed();
    const parts = [
      gains.length > 0 ? `it gains most on ${named(gains)}` : null,
      losses.length > 0 ? `it loses on ${named(losses)}` : null,
      own.length > clear.length ? `${formatCounted(own.length - clear.length, 'group')} unresolved` : null,
    ].filter((part) => part !== null);
    return `${DIMENSION_TITLES[dimension]}, ${parts.join('; ')}.`;
  });
  if (sentences.length === 0) return null;
  const caution = [
    familySize > 0
      ? `The intervals of these ${formatCounted(familySize, 'group')} are corrected for their number (Bonferroni): with 95% confidence all of them hold.`
      : null,
    covers === 'files only'
      ? 'They do not cover the variance between seeds: another seed may give different groups.'
      : null,
  ].filter((sentence) => sentence !== null);
  return `Where ${titleOf(pool)} differs in top-5: ${sentences.join(' ')} ${caution.join(' ')}`;
}

/** The two that differ most. */
function named(groups: readonly GroupDifference[]): string {
  return groups
    .slice(0, 2)
    .map(({ name, difference }) => `${name} (${formatPoints(difference.estimate)})`)
    .join(' and ');
}

function mechanism(pool: Pool, baseline: Pool, norms: readonly LayerNorms[]): string {
  if (pool.connection !== 'sum' || pool.layers !== 2) {
    return `The residual model’s connection into the output layer is “${pool.connection}”, of ${formatCounted(pool.layers, 'recurrent layer')}. ${CONNECTIONS[pool.connection].meaning}`;
  }
  const words =
    'The residual model gives the output layer H1 + H2 instead of H2. With logits y = W (H1 + H2) + b the gradient that ' +
    'reaches layer 1 is dL/dH1 = Wᵀ dL/dy + Jᵀ dL/dH2, where J is the Jacobian of layer 2: the first term does not pass ' +
    'through layer 2, its gates or its steps through time, so layer 1 learns from the loss directly. The output layer also ' +
    'sees features of both layers. On the other hand, the sum is usually larger than either part, dropout acts on the sum, ' +
    'and both layers must share one space. No weights are added.';
  const own = norms.find(({ model }) => model === pool.model);
  const plain = baselineAmong(
    norms.filter(({ model }) => model === baseline.model),
    pool.model,
  );
  if (!own || !plain) return words;
  const ratio = (of: LayerNorms) => of.layer1 / of.layer2;
  if (!Number.isFinite(ratio(own)) || !Number.isFinite(ratio(plain))) return words;
  return `${words} In the second half of training, the gradient of layer 1 has ${formatRatio(ratio(own))} times the norm of layer 2’s here, and ${formatRatio(ratio(plain))} times in the plain ${modelTitle(plain.model)}.`;
}

/** Overfitting, and whether training went far enough to tell. */
function course(pools: readonly Pool[], titleOf: (pool: Pool) => string): string {
  const gaps = pools.map((pool) => {
    const gap = pool.validation.loss.mean - pool.train.loss.mean;
    return `${titleOf(pool)} ${formatLoss(pool.train.loss.mean)} and ${formatLoss(pool.validation.loss.mean)} (${formatCounted(pool.seeds.length, 'seed')})${isDiverged(pool) || !(gap > OVERFITTING) ? '' : ', a gap that suggests overfitting'}`;
  });
  const losses = `Loss in training (a running mean, with dropout) and on validation at the best epoch: ${gaps.join('; ')}.`;
  const diverged = pools.filter(isDiverged).map(titleOf);
  const unfinished = pools.filter((pool) => pool.epochs === pool.bestEpoch && !isDiverged(pool)).map(titleOf);
  const divergence =
    diverged.length === 0
      ? ''
      : ` ${diverged.join(' and ')} diverged: at the best epoch the validation loss is no better than guessing all tokens with equal chance, so the results say nothing about the model. Train again with a lower learning rate.`;
  return unfinished.length === 0
    ? losses + divergence
    : `${losses}${divergence} The last epoch was the best one for ${unfinished.join(', ')}. With more epochs the results, and their order, may still change.`;
}

/** Even at its best epoch. A loss that was not measured says nothing. */
function isDiverged({ validation, chanceLoss }: Pool): boolean {
  return validation.loss.mean > chanceLoss + ABOVE_CHANCE;
}

function limits({ pools, baseline, undecided, differences }: Comparison): string {
  const single = pools.filter(({ seeds }) => seeds.length < 2).length;
  const own = pools.find(({ key }) => key === baseline);
  const files = differences[0]?.files ?? Infinity;
  return [
    intervalWords(differences),
    files < FEW_FILES ? `${formatCounted(files, 'test file')} are few, so the intervals are rough.` : null,
    single > 0 ? 'For a model trained with one seed, the effect of the seed is not measured.' : null,
    single < pools.length
      ? 'For a model trained with several seeds, the sums per file are averaged over the seeds before models are compared, and the deviation in the table is over seeds.'
      : null,
    own && Number.isFinite(own.unknownShare)
      ? `${formatPercent(own.unknownShare)} of the targets are outside the vocabulary${pools.length > 1 ? ' of the baseline' : ''}. It cannot complete those, so known accuracy is at most ${formatPercent(1 - own.unknownShare)}. Top-5 over all targets counts guessing “unknown” as a hit.`
      : null,
    own
      ? `A row has at most ${formatCount(own.length)} tokens. No model sees further back, and unless the data set keeps long files whole, tokens beyond that are neither learned nor measured.`
      : null,
    undecided.length > 0
      ? `${formatCounted(undecided.length, 'model')} could not be compared with the baseline.`
      : null,
  ]
    .filter((sentence) => sentence !== null)
    .join(' ');
}

/** What the intervals cover; null where there are none. */
function intervalWords(differences: readonly RunDifference[]): string | null {
  if (differences.length === 0) return null;
  const files = 'the choice of test files (a paired jackknife)';
  const seeded = differences.filter(({ covers }) => covers === 'seeds and files').length;
  if (seeded === 0)
    return `The 95% intervals cover ${files}, but not the variance between seeds, which needs two or more seeds of both models.`;
  const both = `The 95% intervals cover ${files} and the variance between seeds of both models, with Welch–Satterthwaite degrees of freedom`;
  return seeded === differences.length
    ? `${both}.`
    : `${both}; where one of the two has a single seed, they cover the files only.`;
}

/** In brackets, or why there is none. */
export function bounds({ estimate, low, high }: Interval, format: (value: number) => string, over: string): string {
  if (low === null || high === null) return Number.isFinite(estimate) ? ', from too few files for an interval' : '';
  return ` (95% interval ${format(low).replace(/ points$/, '')} to ${format(high)}${over})`;
}

/** Without a sign: the verb of the sentence gives the direction. */
export function points(difference: number): string {
  const text = formatPoints(Math.abs(difference)).replace(/^\+/, '');
  return text === '0.0 points' ? 'less than 0.1 points' : text;
}

/** Three digits, as perplexities. */
const formatRatio = formatPerplexity;
