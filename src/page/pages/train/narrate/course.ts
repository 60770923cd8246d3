/** The trend of the curves, how training ended, and what to try. */
import { formatLoss } from '#core/format.ts';
import { baselineAdvice, divergenceAdvice } from '#core/runs/advice.ts';
import { isMeasured, lossFault } from '#core/runs/divergence.ts';
import type { Claim } from './claims.ts';
import { against, judgedEpoch } from './facts.ts';
import type { Rule } from './rule.ts';

const overfitting: Rule = ({ trend, best, divergence }) =>
  trend === 'overfitting' && best && !divergence
    ? {
        text: `Since epoch ${best.epoch} its training loss still falls but its validation loss does not: it is starting to memorize its training files.`,
        claims: [{ claim: 'overfitting', since: best.epoch }],
      }
    : null;

const rising: Rule = ({ trend, best, divergence }) =>
  trend === 'rising' && best && !divergence
    ? {
        text: `Neither its training loss nor its validation loss is lower than in epoch ${best.epoch}: its steps may be too large.`,
        claims: [{ claim: 'rising', since: best.epoch }],
      }
    : null;

const flat: Rule = ({ trend, before, last, divergence }) =>
  trend === 'flat' && before && last && !divergence
    ? {
        text: `It is hardly improving: in its last epoch validation loss fell by ${formatLoss(before.validation.loss - last.validation.loss)}.`,
        claims: [{ claim: 'flat' }],
      }
    : null;

const bestIsFirst: Rule = ({ run, best, divergence }) => {
  const [first, ...later] = run.epochs;
  if (divergence || !first || later.length === 0 || best !== first) return null;
  if (!later.every(({ validation }) => validation.loss >= first.validation.loss)) return null;
  return { text: 'It has not improved since its first epoch.', claims: [{ claim: 'best is first' }] };
};

export const COURSE: readonly Rule[] = [overfitting, rising, flat, bestIsFirst];

const outOfPatience: Rule = ({ run: { ended, epochs, config }, best }) => {
  const { patience } = config;
  const since = epochs.slice(-patience);
  const bar = best?.validation.loss ?? Infinity;
  const isTrue =
    since.length === patience && (!best || !since.includes(best)) && since.every((one) => !(one.validation.loss < bar));
  return ended === 'patience' && isTrue
    ? {
        text: `It stopped early: validation loss had not fallen for ${patience === 1 ? 'an epoch' : `${patience} epochs`}.`,
        claims: [{ claim: 'out of patience', epochs: patience }],
      }
    : null;
};

const ENDINGS = {
  stopped: 'It was stopped.',
  failed: 'Training failed.',
  interrupted: 'It was interrupted.',
} as const;

const endedOtherwise: Rule = ({ run: { state }, last }) =>
  last && (state === 'stopped' || state === 'failed' || state === 'interrupted')
    ? { text: ENDINGS[state], claims: [{ claim: 'ended', state }] }
    : null;

export const ENDING: readonly Rule[] = [outOfPatience, endedOtherwise];

const noSoundEpoch: Rule = ({ run: { epochs, config }, divergence }) => {
  const measured = epochs.filter(({ validation }) => isMeasured(validation));
  const isFaulty = measured.every(({ validation }) => lossFault(validation.loss, config) !== null);
  return divergence && measured.length > 1 && isFaulty
    ? { text: 'No epoch was better than guessing.', claims: [{ claim: 'no epoch is sound' }] }
    : null;
};

/** The epoch whose weights are kept, if it is not the last one or training did not finish. */
const kept: Rule = ({ run, best, last, active }) =>
  best && last && (best !== last || run.state !== 'done') && !active && run.hasWeights !== false
    ? { text: `The weights of epoch ${best.epoch} are kept.`, claims: [{ claim: 'kept', epoch: best.epoch }] }
    : null;

export const SOUND: readonly Rule[] = [noSoundEpoch];
export const WEIGHTS: readonly Rule[] = [kept];

const afterDivergence: Rule = ({ run: { config }, active, divergence, steps }) => {
  if (!divergence && !(active && steps.isSure && steps.fault)) return null;
  const stop = active ? ['It is unlikely to recover: stop it and train again.'] : [];
  return {
    text: [...stop, ...divergenceAdvice(config)].join(' '),
    claims: [
      { claim: 'setting', name: 'learningRate', value: config.learningRate },
      { claim: 'setting', name: 'clipNorm', value: config.clipNorm },
    ],
  };
};

const belowBaseline: Rule = (facts) => {
  const { run, active, divergence, trend, last, bigram } = facts;
  const judged = judgedEpoch(facts);
  const compared = judged && bigram && against(judged.validation, bigram);
  if (divergence || compared?.top5 !== 'below' || compared.perplexity !== 'below') return null;
  if (active && last && run.epochs.length === 1 && last.epoch < run.config.epochs)
    return { text: 'That is usual after one epoch.', claims: [{ claim: 'only one epoch' }] };
  if (active && trend === 'falling') return { text: 'Its loss still falls.', claims: [{ claim: 'still falling' }] };
  const helps = baselineAdvice(run, trend);
  const because: readonly Claim[] = trend === 'falling' ? [{ claim: 'still falling' }] : [];
  return {
    text: `${because.length > 0 ? 'Its loss was still falling. ' : ''}These changes usually help: ${helps.join('; ')}.`,
    claims: because,
  };
};

const whereRising: Rule = ({ run: { config }, trend, divergence }) =>
  trend === 'rising' && !divergence
    ? {
        text: `Try a lower learning rate than ${config.learningRate}.`,
        claims: [{ claim: 'setting', name: 'learningRate', value: config.learningRate }],
      }
    : null;

export const ADVICE: readonly Rule[] = [afterDivergence, belowBaseline, whereRising];
