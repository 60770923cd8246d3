/** The state of a run: the first of these rules that applies gives the first sentence. */
import { formatPercent } from '#core/format.ts';
import { chanceLoss, faultText, isMeasured, lossFault, type Divergence } from '#core/runs/divergence.ts';
import type { EpochRecord } from '#core/runs/run.ts';
import type { Claim } from './claims.ts';
import { perplexityText, type Facts, type StepFacts } from './facts.ts';
import type { Rule } from './rule.ts';

/** Nats below chance within which nothing has been learned. */
const BY_CHANCE = 0.1;

const failedForItsLoss: Rule = ({ name, last, divergence }) => {
  if (divergence?.epoch !== null) return null;
  const when = last ? `in epoch ${last.epoch + 1}` : 'in its first epoch';
  return { text: `${name} diverged ${when}: its loss stopped being a number.`, claims: [divergedClaim(divergence)] };
};

const endedBeforeAnEpoch: Rule = ({ name, last, active }) =>
  last || active
    ? null
    : { text: `${name} ended before its first epoch.`, claims: [{ claim: 'ended before an epoch' }] };

const firstEpoch: Rule = ({ name, run, last, steps }) =>
  last
    ? null
    : {
        text: `${name} is in its first epoch of at most ${run.config.epochs}. ${stepText(steps)}`,
        claims: [{ claim: 'first epoch under way' }, stepClaim(steps)],
      };

const diverged: Rule = ({ name, run, divergence, active }) => {
  if (!divergence) return null;
  const { fault, part, epoch, loss } = divergence;
  const which = part === 'train' ? 'training' : 'validation';
  return {
    text: `${name} ${active ? 'is diverging' : 'diverged'}: after epoch ${epoch} of at most ${run.config.epochs} its ${which} loss ${faultText(fault, loss)}.`,
    claims: [divergedClaim(divergence)],
  };
};

const unmeasured: Rule = ({ run, last, name }) =>
  last && !isMeasured(last.validation)
    ? {
        text: `${name}, epoch ${last.epoch} of at most ${run.config.epochs}: it has no validation results.`,
        claims: [{ claim: 'not measured', epoch: last.epoch }],
      }
    : null;

const byChance: Rule = ({ name, run: { config }, last }) =>
  last && last.validation.loss >= chanceLoss(config) - BY_CHANCE
    ? {
        text: `${name}, epoch ${last.epoch} of at most ${config.epochs}: on files it has not seen, it is hardly better than guessing all tokens with equal chance.${top5Text(last)}`,
        claims: [{ claim: 'hardly better than chance', epoch: last.epoch }, ...top5Claims(last)],
      }
    : null;

const afterAnEpoch: Rule = ({ name, run: { config }, last, before }) => {
  if (!last) return null;
  const isSound = before && isMeasured(before.validation) && lossFault(before.validation.loss, config) === null;
  const named = isSound ? [last, before] : [last];
  const then = isSound ? `, after ${perplexityText(before.validation.perplexity)} an epoch earlier` : '';
  return {
    text:
      `${name}, epoch ${last.epoch} of at most ${config.epochs}: on files it has not seen, it is as unsure as if choosing among ` +
      `${perplexityText(last.validation.perplexity)} tokens${then}.${top5Text(last)}`,
    claims: [
      ...named.map(({ epoch, validation }): Claim => ({ claim: 'perplexity', epoch, value: validation.perplexity })),
      ...top5Claims(last),
    ],
  };
};

export const OPENING: readonly Rule[] = [
  failedForItsLoss,
  endedBeforeAnEpoch,
  firstEpoch,
  diverged,
  unmeasured,
  byChance,
  afterAnEpoch,
];

function divergedClaim({ fault, epoch, part }: Divergence): Claim {
  return { claim: 'diverged', fault, epoch, part };
}

function stepText({ loss, fault, isSure }: StepFacts): string {
  if (loss === null) return 'It starts without knowing anything.';
  if (fault)
    return `On the files it has just read, its loss ${faultText(fault, loss)}${isSure ? ': it is diverging' : ''}.`;
  return `On the files it has just read, it was as unsure as if choosing among ${perplexityText(Math.exp(loss))} tokens.`;
}

function stepClaim({ loss, fault, isSure }: StepFacts): Claim {
  if (loss === null) return { claim: 'no step known' };
  if (fault) return isSure ? { claim: 'step fault', fault } : { claim: 'latest step worse than chance' };
  return { claim: 'step perplexity', value: Math.exp(loss) };
}

function top5Text({ validation: { top5 } }: EpochRecord): string {
  if (!Number.isFinite(top5)) return '';
  return ` The true next token is among its first five guesses ${formatPercent(top5, 0)} of the time.`;
}

function top5Claims({ epoch, validation: { top5 } }: EpochRecord): readonly Claim[] {
  return Number.isFinite(top5) ? [{ claim: 'top-5', epoch, value: top5 }] : [];
}

/** In a later epoch than the first: the one under way may come apart before its end is measured. */
export const UNDER_WAY: readonly Rule[] = [
  ({ last, active, divergence, steps: { loss, fault, isSure } }: Facts) =>
    last && active && !divergence && fault && isSure && loss !== null
      ? {
          text: `Since then it has begun to diverge: on the files it has just read, its loss ${faultText(fault, loss)}.`,
          claims: [{ claim: 'step fault', fault }],
        }
      : null,
];
