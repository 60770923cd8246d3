/** What a run shows, in a sentence or two that a newcomer can follow. */
import { formatPerplexity, formatPercent, MODEL_TITLES } from '../../core/format.ts';
import type { EpochRecord, RunRecord } from '../../core/run.ts';
import { cellOf } from '../../core/config.ts';

/** Epochs over which a rising loss is no accident. */
const RISING = 2;

/**
 * @param run the one under way, or the last
 * @param others those beside it, for the residual model's baseline
 * @param losses of its latest steps, in nats; empty where none is known
 */
export function narrate(run: RunRecord, others: readonly RunRecord[], losses: ArrayLike<number>): readonly string[] {
  const last = run.epochs.at(-1);
  const name = MODEL_TITLES[run.model];
  if (!last) return [beforeFirstEpoch(name, run, losses)];
  return [epochSentence(name, run, last), courseSentence(run, last), residualSentence(run, last, others)].filter(
    (sentence) => sentence !== null,
  );
}

function beforeFirstEpoch(name: string, { state, config }: RunRecord, losses: ArrayLike<number>): string {
  if (state === 'failed' || state === 'stopped' || state === 'interrupted')
    return `${name} ended before its first epoch.`;
  const latest = losses[losses.length - 1];
  const unsure =
    latest === undefined
      ? 'It begins knowing nothing.'
      : `On the files it just read it was as unsure as if choosing among ${formatPerplexity(Math.exp(latest))} tokens.`;
  return `${name} reads its training files for the first of at most ${config.epochs} times. ${unsure}`;
}

function epochSentence(name: string, { epochs, config, yardsticks }: RunRecord, last: EpochRecord): string {
  const before = epochs.at(-2);
  const then = before ? `, after ${formatPerplexity(before.validation.perplexity)} an epoch earlier` : '';
  const bigram = yardsticks.find((one) => one.name === 'bigram');
  const beside = bigram
    ? `; a model that only counts which token follows which gets ${formatPercent(bigram.validation.top5, 0)}`
    : '';
  return (
    `${name}, epoch ${last.epoch} of at most ${config.epochs}: on files it never saw it is as unsure as if choosing among ` +
    `${formatPerplexity(last.validation.perplexity)} tokens${then}. The true next token is among its five first guesses ` +
    `${formatPercent(last.validation.top5, 0)} of the time${beside}.`
  );
}

function courseSentence({ epochs, bestEpoch, ended, config, state }: RunRecord, last: EpochRecord): string | null {
  if (ended === 'patience') {
    return `It stopped early: validation loss had not fallen for ${config.patience} epochs. The weights of epoch ${bestEpoch} are kept.`;
  }
  if (state === 'stopped') return `It was stopped; the weights of epoch ${bestEpoch} are kept.`;
  if (bestEpoch !== null && last.epoch - bestEpoch >= RISING) {
    return 'Its training loss still falls while validation does not: it begins to learn its own files by heart.';
  }
  const first = epochs[0]!;
  if (epochs.length > 1 && last.validation.loss < first.validation.loss) return null;
  return epochs.length > 1 ? 'It has not got better since its first epoch.' : null;
}

function residualSentence(run: RunRecord, last: EpochRecord, others: readonly RunRecord[]): string | null {
  if (!run.model.startsWith('residual')) return null;
  const baseline = others.find(({ model }) => model === cellOf(run.model));
  const same = baseline?.epochs.find(({ epoch }) => epoch === last.epoch);
  if (!baseline || !same) return null;
  const [own, theirs] = [last.validation.perplexity, same.validation.perplexity];
  const better = own < theirs ? 'ahead of' : 'behind';
  return `After as many epochs it is ${better} the plain ${MODEL_TITLES[baseline.model]}, which was at ${formatPerplexity(theirs)}.`;
}
