/** How a run compares with n-gram baselines and with the other models of its experiment. */
import { modelTitle } from '#core/models/registry.ts';
import { divergenceOf, isMeasured, lossFault } from '#core/runs/divergence.ts';
import { bestEpochOf, ngramMeasures } from '#core/runs/findings.ts';
import type { RunRecord } from '#core/runs/run.ts';
import type { Claim } from './claims.ts';
import { against, isActive, judgedEpoch, perplexityText, plainTwin } from './facts.ts';
import type { Rule } from './rule.ts';

const BIGRAM = 'the bigram baseline, a model that only counts which token follows which';

const stepBesideBigram: Rule = ({ last, active, steps: { loss, fault }, bigram }) => {
  if (last || !active || loss === null || fault || !bigram || !Number.isFinite(bigram.perplexity)) return null;
  const [own, theirs] = [perplexityText(Math.exp(loss)), perplexityText(bigram.perplexity)];
  if (loss <= bigram.loss || own === theirs) return null;
  return {
    text: `That is still below ${BIGRAM}: it is at ${theirs}.`,
    claims: [{ claim: 'step below bigram' }],
  };
};

const divergedBesideBigram: Rule = (facts) => {
  const { divergence, bigram } = facts;
  const judged = judgedEpoch(facts);
  if (!divergence || !bigram || !judged || judged !== facts.last || !isMeasured(judged.validation)) return null;
  return judged.validation.perplexity > bigram.perplexity
    ? {
        text: `That is far below ${BIGRAM}.`,
        claims: [{ claim: 'perplexity below bigram', epoch: judged.epoch }],
      }
    : null;
};

const besideBigram: Rule = (facts) => {
  const { last, bigram } = facts;
  const judged = judgedEpoch(facts);
  if (!judged || !bigram || lossFault(judged.validation.loss, facts.run.config)) return null;
  const compared = against(judged.validation, bigram);
  if (!compared) return null;
  const { top5, perplexity, top5Texts, perplexityTexts } = compared;
  const claims: readonly Claim[] = [{ claim: 'against bigram', epoch: judged.epoch, top5, perplexity }];
  const subject = judged === last ? 'That' : `Its best epoch, ${judged.epoch},`;
  const [own, theirs] = [0, 1].map((i) => `${top5Texts[i]} top-5 and a perplexity of ${perplexityTexts[i]}`);
  if (top5 === 'below' && perplexity === 'below') {
    const still = facts.active ? 'still ' : '';
    return { text: `${subject} is ${still}below ${BIGRAM}: ${own} against ${theirs}.`, claims };
  }
  if (top5 === 'below' || perplexity === 'below') {
    const [behind, not] = top5 === 'below' ? ['top-5', 'perplexity'] : ['perplexity', 'top-5'];
    const figures = (top5 === 'below' ? top5Texts : perplexityTexts).join(' against ');
    return { text: `${subject} is below ${BIGRAM}, in ${behind} (${figures}), but not in ${not}.`, claims };
  }
  const verb = top5 === 'level' && perplexity === 'level' ? 'is level with' : 'is above';
  return { text: `${subject} ${verb} ${BIGRAM}: ${theirs}.`, claims };
};

export const BASELINE: readonly Rule[] = [stepBesideBigram, divergedBesideBigram, besideBigram];

export const PLAIN_TWIN: readonly Rule[] = [
  (facts) => {
    const twin = plainTwin(facts);
    const compared = twin && facts.last && against(facts.last.validation, twin.epoch.validation);
    if (!twin || !compared || facts.divergence) return null;
    const { perplexity, perplexityTexts } = compared;
    const standing = { above: 'ahead of', level: 'level with', below: 'behind' }[perplexity];
    return {
      text: `After the same number of epochs it is ${standing} the plain ${modelTitle(twin.run.model)}, which was at ${perplexityTexts[1]}.`,
      claims: [{ claim: 'beside plain twin', epoch: twin.epoch.epoch, perplexity }],
    };
  },
];

/** A panel speaks of one run at a time: what went wrong with those before it must not be lost. */
export const OTHERS: readonly Rule[] = [
  ({ others }) => {
    const ended = others.filter((run) => !isActive(run));
    const diverged = ended.filter((run) => divergenceOf(run) !== null);
    const below = ended.filter((run) => !diverged.includes(run) && isBelowBigram(run));
    const parts = [
      diverged.length > 0 ? `${namesOf(diverged)} diverged` : null,
      below.length > 0 ? `${namesOf(below)} ended below the bigram baseline` : null,
    ].filter((part) => part !== null);
    if (parts.length === 0) return null;
    return {
      text: `Also, ${parts.join(', and ')}.`,
      claims: [
        ...diverged.map(({ id }): Claim => ({ claim: 'other diverged', id })),
        ...below.map(({ id }): Claim => ({ claim: 'other below bigram', id })),
      ],
    };
  },
];

function isBelowBigram(run: RunRecord): boolean {
  const bigram = ngramMeasures(run, 'bigram');
  const best = bestEpochOf(run);
  const compared = bigram && best && against(best.validation, bigram);
  return compared?.top5 === 'below' && compared.perplexity === 'below';
}

function namesOf(runs: readonly RunRecord[]): string {
  return runs.map(({ model }) => modelTitle(model)).join(' and ');
}
