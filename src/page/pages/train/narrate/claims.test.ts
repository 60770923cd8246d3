/** Every sentence of the panel, for runs of any course, checked against the numbers by arithmetic of its own. */
import { array, assert, property } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FUZZ_TIMEOUT, runs } from '#core/fuzz.fixture.ts';
import type { RunRecord } from '#core/runs/run.ts';
import type { Claim, Sentence } from './claims.ts';
import type { StepColumns } from './facts.ts';
import { narrate } from './narrate.ts';
import { anyRun, anySteps } from './runs.fixture.ts';

interface Seen {
  readonly run: RunRecord;
  readonly others: readonly RunRecord[];
  readonly losses: readonly number[];
  /** Four a step: embedding, layer 1, layer 2, output. */
  readonly layerNorms: readonly number[];
}

const epochOf = (run: RunRecord, epoch: number) => run.epochs.find((one) => one.epoch === epoch)!;
const lastOf = (run: RunRecord) => run.epochs[run.epochs.length - 1]!;
const bestOf = (run: RunRecord) => (run.bestEpoch === null ? undefined : epochOf(run, run.bestEpoch));
const bigramOf = (run: RunRecord) => run.yardsticks.find(({ name }) => name === 'bigram')?.validation;
const isOver = ({ state }: RunRecord) => !['waiting', 'training', 'paused'].includes(state);
const logOfTokens = (run: RunRecord) => Math.log(run.config.vocabulary + 2);

function hasFault(loss: number, fault: string, run: RunRecord): boolean {
  if (fault === 'overflowed') return loss === Infinity;
  if (fault === 'not a number') return loss !== loss;
  return loss < Infinity && loss > logOfTokens(run) + 1;
}
const isFaulty = (loss: number, run: RunRecord) => !(loss <= logOfTokens(run) + 1);

/** What is called level may differ by less than is written. */
function hasStanding(standing: string, gain: number, size: number): boolean {
  if (standing === 'level') return Math.abs(gain) <= 0.01 * size;
  return standing === 'above' ? gain > 0 : gain < 0;
}

/** Whether the numbers bear a claim out. */
function isTrue(claim: Claim, { run, others, losses, layerNorms }: Seen): boolean {
  const { epochs, config } = run;
  const last = epochs.length > 0 ? lastOf(run) : undefined;
  const latest = losses[losses.length - 1];
  switch (claim.claim) {
    case 'ended before an epoch':
      return epochs.length === 0 && isOver(run);
    case 'first epoch under way':
      return epochs.length === 0 && !isOver(run);
    case 'no step known':
      return losses.length === 0;
    case 'step perplexity':
      return claim.value === Math.exp(latest!);
    case 'latest step worse than chance':
      return hasFault(latest!, 'worse than chance', run);
    case 'step fault':
      return (
        hasFault(latest!, claim.fault, run) &&
        losses.slice(-5).every((loss) => isFaulty(loss, run) || claim.fault !== 'worse than chance')
      );
    case 'diverged':
      if (claim.epoch === null) return run.failure?.kind === 'not-finite';
      return (
        claim.epoch === epochs.length &&
        last![claim.part].counted > 0 &&
        hasFault(last![claim.part].loss, claim.fault, run)
      );
    case 'no epoch is sound':
      return epochs.every(({ validation }) => validation.counted === 0 || isFaulty(validation.loss, run));
    case 'not measured':
      return epochOf(run, claim.epoch).validation.counted === 0;
    case 'perplexity': {
      const { loss, perplexity } = epochOf(run, claim.epoch).validation;
      return claim.value === perplexity && Math.abs(Math.log(claim.value) - loss) < 1e-6;
    }
    case 'hardly better than chance':
      return epochOf(run, claim.epoch).validation.loss > logOfTokens(run) - 0.11;
    case 'top-5':
      return claim.value === epochOf(run, claim.epoch).validation.top5;
    case 'against bigram': {
      const [own, bigram] = [epochOf(run, claim.epoch).validation, bigramOf(run)!];
      return (
        hasStanding(claim.top5, own.top5 - bigram.top5, 1) && hasStanding(claim.perplexity, bigram.loss - own.loss, 1)
      );
    }
    case 'perplexity below bigram':
      return epochOf(run, claim.epoch).validation.loss > bigramOf(run)!.loss;
    case 'step below bigram':
      return latest! > bigramOf(run)!.loss;
    case 'still falling':
      return epochs.length > 1 && epochs.slice(0, -1).every((one) => !(one.validation.loss <= last!.validation.loss));
    case 'only one epoch':
      return epochs.length === 1 && config.epochs > 1;
    case 'overfitting': {
      const since = epochOf(run, claim.since);
      return (
        epochs.length - claim.since >= 2 &&
        last!.train.loss < since.train.loss &&
        last!.validation.loss > since.validation.loss
      );
    }
    case 'rising': {
      const since = epochOf(run, claim.since);
      return (
        epochs.length - claim.since >= 2 &&
        last!.train.loss >= since.train.loss &&
        last!.validation.loss > since.validation.loss
      );
    }
    case 'flat': {
      const fell = epochs[epochs.length - 2]!.validation.loss - last!.validation.loss;
      return fell >= 0 && fell < 0.002;
    }
    case 'best is first':
      return (
        epochs.length > 1 && epochs.slice(1).every(({ validation }) => validation.loss >= epochs[0]!.validation.loss)
      );
    case 'out of patience': {
      const [before, after] = [epochs.slice(0, -claim.epochs), epochs.slice(-claim.epochs)];
      const lowest = Math.min(
        Infinity,
        ...before.map(({ validation }) => validation.loss).filter((loss) => loss === loss),
      );
      return after.length === claim.epochs && after.every(({ validation }) => !(validation.loss < lowest));
    }
    case 'ended':
      return run.state === claim.state;
    case 'kept':
      return run.bestEpoch === claim.epoch && isOver(run);
    case 'beside plain twin': {
      const twin = others.find(({ model }) => model === run.model.replace('residual-', ''))!;
      const [own, theirs] = [run, twin].map((one) => epochOf(one, claim.epoch).validation.loss);
      return run.model !== twin.model && hasStanding(claim.perplexity, theirs! - own!, 1);
    }
    case 'other diverged': {
      const other = others.find(({ id }) => id === claim.id)!;
      if (other.failure?.kind === 'not-finite') return true;
      const { train, validation } = lastOf(other);
      const isTrainFaulty = validation.counted > 0 ? !(train.loss < Infinity) : isFaulty(train.loss, other);
      return (
        isOver(other) &&
        ((validation.counted > 0 && isFaulty(validation.loss, other)) || (train.counted > 0 && isTrainFaulty))
      );
    }
    case 'other below bigram': {
      const other = others.find(({ id }) => id === claim.id)!;
      const [own, bigram] = [bestOf(other)!.validation, bigramOf(other)!];
      return isOver(other) && own.top5 < bigram.top5 && own.loss > bigram.loss;
    }
    case 'plateau': {
      const latest = losses.slice(-20);
      const unigram = run.yardsticks.find(({ name }) => name === 'unigram')!.validation;
      const [layer1, layer2] = [layerNorms.at(-3)!, layerNorms.at(-2)!];
      return (
        ['lstm', 'gru'].includes(run.model) &&
        latest.length === 20 &&
        latest.reduce((sum, loss) => sum + loss, 0) / 20 > unigram.loss - 1e-6 &&
        layer1 < layer2 / 3 &&
        Math.abs(claim.layerRatio - layer1 / layer2) < 1e-6
      );
    }
    case 'setting':
      return config[claim.name] === claim.value;
    default:
      return claim satisfies never;
  }
}

/** Words that no sentence may have without the claim. */
const WORDS: readonly (readonly [RegExp, readonly Claim['claim'][]])[] = [
  [/diverg/, ['diverged', 'step fault', 'other diverged']],
  [/overflow|no longer a number/, ['diverged', 'step fault']],
  [/worse than guessing/, ['diverged', 'step fault', 'latest step worse than chance']],
  [/memoriz|still falls but/, ['overfitting']],
  [/loss still falls\.|was still falling/, ['still falling']],
  [/below the bigram/, ['against bigram', 'perplexity below bigram', 'step below bigram', 'other below bigram']],
  [/level with the bigram|above the bigram/, ['against bigram']],
  [/Neither its training/, ['rising']],
  [/hardly improving/, ['flat']],
  [/not improved/, ['best is first']],
  [/had not fallen/, ['out of patience']],
  [/are kept/, ['kept']],
  [/first five guesses/, ['top-5']],
  [/ahead of|behind the plain/, ['beside plain twin']],
  [/learning rate, to/, ['setting']],
  [/plateau/, ['plateau']],
];

/** What is wrong with a sentence. */
function problemsOf({ text, claims }: Sentence, seen: Seen): readonly string[] {
  const names = claims.map(({ claim }) => claim);
  const untrue = claims.filter((claim) => !isTrue(claim, seen)).map((claim) => `untrue: ${JSON.stringify(claim)}`);
  const unbacked = WORDS.filter(([words, wanted]) => words.test(text) && !wanted.some((one) => names.includes(one)));
  const unreadable = /NaN|Infinity|undefined|null|–|!|[\d,]{14}/.test(text) ? ['unreadable'] : [];
  const numbers = (text.match(/\d[\d,]*(?:\.\d+)?/g) ?? []).map((number) => Number(number.replaceAll(',', '')));
  const values = claims.flatMap((claim) => {
    if (claim.claim === 'perplexity') return [claim.value];
    return claim.claim === 'top-5' ? [claim.value * 100] : [];
  });
  // three digits of a perplexity, none of a percentage
  const unwritten = values.filter((value) => !numbers.some((one) => Math.abs(one - value) <= 0.5 + value * 0.005));
  const all = [
    ...untrue,
    ...unbacked.map(([words]) => `unbacked: ${words.source}`),
    ...unreadable,
    ...unwritten.map((value) => `unwritten: ${value}`),
  ];
  return all.map((problem) => `${problem}, in: ${text}`);
}

/** Claims about a course that exclude each other. */
const EXCLUSIVE: readonly Claim['claim'][] = [
  'diverged',
  'overfitting',
  'rising',
  'flat',
  'still falling',
  'best is first',
];

/** What matters and was not said. */
function missingOf({ run }: Seen, sentences: readonly Sentence[]): readonly string[] {
  const names = sentences.flatMap(({ claims }) => claims.map(({ claim }) => claim));
  const text = sentences.map((sentence) => sentence.text).join(' ');
  const last = run.epochs.at(-1);
  const isDiverged = last !== undefined && last.validation.counted > 0 && isFaulty(last.validation.loss, run);
  const kept = isOver(run) ? bestOf(run) : undefined;
  const judged = kept && !isFaulty(kept.validation.loss, run) ? kept : last;
  const bigram = bigramOf(run);
  const isBelow =
    judged !== undefined &&
    bigram !== undefined &&
    judged.validation.counted > 0 &&
    !isFaulty(judged.validation.loss, run) &&
    judged.validation.top5 < bigram.top5 - 0.011 &&
    judged.validation.loss > bigram.loss + 0.011;
  const isExploding = names.includes('diverged') || names.includes('step fault');
  const advice = /usually help|is usual after one|loss still falls|lower learning rate/;
  return [
    isDiverged && !names.includes('diverged') ? 'it diverged' : '',
    isExploding && !/halve the learning rate/.test(text) ? 'what to try after diverging' : '',
    isBelow && !isDiverged && !text.includes('below the bigram baseline') ? 'it is below the bigram' : '',
    isBelow && !isExploding && !advice.test(text) ? 'what helps below the bigram' : '',
    names.filter((name) => EXCLUSIVE.includes(name)).length > 1 ? 'one course at a time' : '',
  ]
    .filter(Boolean)
    .map((missing) => `missing: ${missing}, in: ${text}`);
}

function problemsIn(run: RunRecord, runs: readonly RunRecord[], steps: StepColumns): readonly string[] {
  const others = runs.map((other, i) => ({ ...other, id: `other-${i}` }));
  const seen = { run, others, losses: [...steps.loss], layerNorms: [...steps.layerNorms] };
  const sentences = narrate(run, [run, ...others], steps);
  return [...sentences.flatMap((one) => problemsOf(one, seen)), ...missingOf(seen, sentences)];
}

describe('whatever the curves, what is said of them', () => {
  it(
    'is true, complete and readable',
    () => {
      assert(
        property(anyRun, array(anyRun, { maxLength: 2 }), anySteps, (...scene) => {
          expect(problemsIn(...scene)).toEqual([]);
        }),
        runs(2_000),
      );
    },
    FUZZ_TIMEOUT,
  );
});
