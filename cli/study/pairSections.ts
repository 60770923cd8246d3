/** The parts of docs/REPORT.md that compare the models at identical settings. */
import { modelTitle, type ModelName } from '#core/models/registry.ts';
import type { Comparison, RunDifference } from '#core/comparison/comparison.ts';
import type { Pool } from '#core/comparison/pools.ts';
import { compareRunFiles } from '#core/comparison/runFiles.ts';
import {
  formatLoss,
  formatLossDifference,
  formatParameters,
  formatPercent,
  formatPerplexity,
  formatPoints,
  NO_FIGURE,
} from '#core/format.ts';
import type { Block } from '#core/report/blocks.ts';
import { coversText, intervalText, lowerLossText, spreadText } from '#core/report/comparisonReport.ts';
import { commonSetting, PAIR_SETTINGS, pairTraining, SEEDS, studiedModels, type Setting } from './plan.ts';
import type { Measured } from './results.ts';

const WAITING: Block = {
  type: 'paragraph',
  text: 'Not decided yet: it waits for the first seed of every model at every setting.',
};

export function pairSections(measured: Measured): Record<string, readonly Block[]> {
  const common = commonSetting(measured.results);
  return {
    identical: common === null ? [WAITING] : identicalTables(measured, common),
    sensitivity: [sensitivityTable(measured)],
  };
}

/** Compares every model and seed that was trained at a setting with the LSTM at that setting. */
function comparisonAt({ results, runs: all }: Measured, setting: Setting): Comparison {
  const files = studiedModels(results)
    .flatMap((model) => SEEDS.map((seed) => pairTraining(model, setting, seed, results).name))
    .flatMap((name) => all.get(name) ?? []);
  return compareRunFiles(files);
}

/** The final table that the task asks for: parameters, top-5, perplexity, and the effect of the residual connection. */
function identicalTables(measured: Measured, setting: Setting): Block[] {
  const comparison = comparisonAt(measured, setting);
  return [
    { type: 'paragraph', text: `The common setting: ${inWords(setting)}.` },
    {
      type: 'table',
      head: [
        'Model',
        'Seeds',
        'Parameters',
        'Top-5',
        'Top-5, known',
        'Perplexity',
        'Loss',
        'Loss against the LSTM',
        'Top-5, known',
        'Lower loss on',
        'Interval over',
      ],
      rows: comparison.pools.map((pool) => {
        const difference = comparison.differences.find(({ key }) => key === pool.key);
        const { top5, top5Known, perplexity, loss } = pool.test ?? pool.validation;
        return [
          modelTitle(pool.model),
          String(pool.seeds.length),
          formatParameters(pool.parameters),
          spreadText(top5, 'top5'),
          spreadText(top5Known, 'top5Known'),
          spreadText(perplexity, 'perplexity'),
          spreadText(loss, 'loss'),
          ...differenceCells(difference),
        ];
      }),
    },
  ];
}

function sensitivityTable(measured: Measured): Block {
  return {
    type: 'table',
    head: [
      'Setting',
      'Model',
      'Seeds',
      'Validation loss',
      'Test loss',
      'Perplexity',
      'Top-5, known',
      'Loss against the LSTM',
      'Top-5, known',
      'Lower loss on',
      'Interval over',
    ],
    rows: PAIR_SETTINGS.flatMap((setting) => {
      const { pools, differences } = comparisonAt(measured, setting);
      return studiedModels(measured.results).map((model) => {
        const pool = pools.find((one) => one.model === model);
        const againstLstm = pools.some((one) => one.model === 'lstm');
        const difference = againstLstm ? differences.find(({ key }) => key === pool?.key) : undefined;
        return [inWords(setting), modelTitle(model), ...poolCells(pool), ...differenceCells(difference)];
      });
    }),
  };
}

function poolCells(pool: Pool | undefined): string[] {
  if (!pool) return ['0', ...Array.from({ length: 4 }, () => NO_FIGURE)];
  return [
    String(pool.seeds.length),
    formatLoss(pool.validation.loss.mean),
    formatLoss(pool.test?.loss.mean),
    formatPerplexity(pool.test?.perplexity.mean),
    formatPercent(pool.test?.top5Known.mean),
  ];
}

function differenceCells(difference: RunDifference | undefined): string[] {
  if (!difference) return Array.from({ length: 4 }, () => NO_FIGURE);
  return [
    intervalText(difference.metrics.loss, formatLossDifference),
    intervalText(difference.metrics.top5Known, formatPoints),
    lowerLossText(difference),
    coversText(difference),
  ];
}

function inWords({ learningRate, forgetBias }: Setting): string {
  return `rate ${learningRate}, forget bias ${forgetBias}`;
}

/** Every epoch of a model's named runs, by seed. */
export function epochTable({ runs }: Measured, names: readonly string[], model: ModelName): Block {
  const own = names.flatMap((name) => runs.get(name) ?? []).filter(({ run }) => run.model === model);
  return {
    type: 'table',
    head: ['Seed', 'Epoch', 'Training loss', 'Validation loss', 'Top-5', 'Top-5, known', 'Perplexity', 'Best'],
    rows: own
      .toSorted((a, b) => a.run.config.seed - b.run.config.seed)
      .flatMap(({ run }) =>
        run.epochs.map(({ epoch, train, validation }) => [
          String(run.config.seed),
          String(epoch),
          formatLoss(train.loss),
          formatLoss(validation.loss),
          formatPercent(validation.top5),
          formatPercent(validation.top5Known),
          formatPerplexity(validation.perplexity),
          epoch === run.bestEpoch ? 'best' : '',
        ]),
      ),
  };
}
