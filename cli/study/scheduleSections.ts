/** The parts of docs/REPORT.md on learning-rate schedules: the search, and how many tokens each training needed. */
import { formatCount, formatLoss, NO_FIGURE } from '#core/format.ts';
import type { Block } from '#core/report/blocks.ts';
import { bestEpochOf } from '#core/runs/findings.ts';
import type { Metrics } from '#core/formats/metrics.ts';
import {
  fullTrainings,
  pairTrainings,
  scheduleSearch,
  scheduleTrainings,
  STUDIED,
  validationLoss,
  type Training,
} from './plan.ts';
import type { Results } from './results.ts';

export function scheduleSections(results: Results): Record<string, readonly Block[]> {
  return { 'schedule search': [searchTable(results)], 'schedule tokens': [tokensTable(results)] };
}

function searchTable(results: Results): Block {
  const full = scheduleTrainings(results)[0];
  return {
    type: 'table',
    head: ['Schedule', 'Rate', 'Validation loss after each epoch', 'Taken'],
    rows: scheduleSearch().map(({ name, config }) => [
      config.schedule,
      String(config.learningRate),
      lossesOf(results.get(name)),
      full?.config.schedule === config.schedule && full.config.learningRate === config.learningRate ? 'yes' : '',
    ]),
  };
}

/** Tokens until the reference loss: full-size LSTMs at constant rates, then those with the schedule. */
function tokensTable(results: Results): Block {
  const constant = [...fullTrainings(results, STUDIED[0]), ...pairTrainings(results).map(({ name }) => name)];
  const names = [...new Set([...constant, ...scheduleTrainings(results).map(({ name }: Training) => name)])];
  const reference = referenceLoss(results);
  return {
    type: 'table',
    head: [
      'Schedule',
      'Rate',
      'Forget bias',
      'Seed',
      'Validation loss',
      'At epoch',
      `Tokens to ${formatLoss(reference)}`,
    ],
    rows: names.flatMap((name) => {
      const metrics = results.get(name);
      const [model] = metrics?.models ?? [];
      if (!metrics || model?.name !== 'lstm') return [];
      const { schedule = 'constant', learningRate, forgetBias, seed } = metrics.config;
      const best = bestEpochOf(model);
      return [
        [
          String(schedule),
          String(learningRate),
          String(forgetBias),
          String(seed),
          formatLoss(best?.validation.loss),
          best ? `${best.epoch} of ${model.epochs.length}` : NO_FIGURE,
          tokensTo(reference, model.epochs),
        ],
      ];
    }),
  };
}

/** The validation loss of the study's LSTM at a constant rate: at the best epoch, averaged over its seeds. */
function referenceLoss(results: Results): number {
  const losses = fullTrainings(results, STUDIED[0]).flatMap((name) => {
    const metrics = results.get(name);
    const loss = metrics?.models[0]?.name === 'lstm' ? validationLoss(metrics) : null;
    return loss === null ? [] : [loss];
  });
  return losses.reduce((sum, loss) => sum + loss, 0) / losses.length;
}

/** Targets trained on until the end of the first epoch whose validation loss is at most `loss`. */
function tokensTo(loss: number, epochs: Metrics['models'][number]['epochs']): string {
  const reached = epochs.findIndex(({ validation }) => validation.loss <= loss);
  if (reached === -1) return 'not reached';
  return formatCount(epochs.slice(0, reached + 1).reduce((sum, { train }) => sum + train.counted, 0));
}

function lossesOf(metrics: Metrics | undefined): string {
  const [model] = metrics?.models ?? [];
  return model?.epochs.map(({ validation }) => formatLoss(validation.loss)).join(', ') || NO_FIGURE;
}
