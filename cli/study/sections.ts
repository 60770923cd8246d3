/** The generated parts of docs/REPORT.md: tables and sentences from the measured results, by name. */
import { CELLS, MODEL_NAMES, modelOf, modelTitle } from '#core/models/registry.ts';
import { compareRuns, type Comparison } from '#core/comparison/comparison.ts';
import { draftDiscussion, type LayerNorms } from '#core/comparison/discussion.ts';
import { FIRST_STEP, layerNorms } from '#core/comparison/layerNorms.ts';
import { poolTitles } from '#core/comparison/titles.ts';
import type { Pool } from '#core/comparison/pools.ts';
import { breakdownsOf, stepTablesOf } from '#core/comparison/runFiles.ts';
import {
  formatCount,
  formatDuration,
  formatLoss,
  formatParameters,
  formatPercent,
  formatPerplexity,
  NO_FIGURE,
} from '#core/format.ts';
import { writeMarkdown, type Block } from '#core/report/blocks.ts';
import { differenceTables, discussionBlocks, metricTable } from '#core/report/comparisonReport.ts';
import { bestEpochOf, savingShare, trainingSeconds } from '#core/runs/findings.ts';
import type { Metrics } from '#core/formats/metrics.ts';
import type { RunFile } from '#core/formats/runFile.ts';
import {
  batchTrainings,
  betterBaseline,
  chosen,
  foundTrainings,
  fullTrainings,
  plannedTrainings,
  searchOf,
  sideTrainings,
  slowTrainings,
  studiedModels,
  STUDIED,
  type Training,
} from './plan.ts';
import { epochTable, pairSections } from './pairSections.ts';
import type { DataFacts, Measured, Results } from './results.ts';
import { scheduleSections } from './scheduleSections.ts';
import { textSections } from './textSections.ts';

const NOTHING: Block = { type: 'paragraph', text: 'Not trained yet.' };

/** All generated parts as Markdown, by name. */
export function writtenSections(measured: Measured): ReadonlyMap<string, string> {
  return new Map([...reportSections(measured)].map(([name, blocks]) => [name, writeMarkdown(blocks).trim()]));
}

function reportSections(measured: Measured): ReadonlyMap<string, readonly Block[]> {
  const { results, facts } = measured;
  const sections = new Map<string, readonly Block[]>([
    ['state', [stateSentence(results)]],
    ['data', [dataTable(facts)]],
    ['batch', [batchTable(results)]],
    ['search', [searchTable(results)]],
    ['side', [sideTable(results)]],
    ['slow', [slowTable(results)]],
    ...Object.entries(pairSections(measured)),
    ...Object.entries(scheduleSections(results)),
  ]);
  for (const dataset of STUDIED) {
    for (const [part, blocks] of Object.entries(datasetSections(measured, dataset))) {
      sections.set(`${part} ${dataset}`, blocks);
    }
  }
  return sections;
}

/** Which planned trainings are done, and which are missing. */
function stateSentence(results: Results): Block {
  const planned = plannedTrainings(results);
  const missing = planned.filter(({ name }) => !results.has(name)).map(({ name }) => name);
  const done = planned.length - missing.length;
  const whole = missing.length === 0 && betterBaseline(results) !== null;
  const rest = whole
    ? ''
    : ` Still missing: ${missing.join(', ')}${betterBaseline(results) === null ? ', and the residual model, which waits for both baselines' : ''}; npm run study continues with them.`;
  const seconds = planned
    .flatMap(({ name }) => results.get(name)?.models ?? [])
    .reduce((sum, model) => sum + trainingSeconds(model), 0);
  return {
    type: 'paragraph',
    text: `Trainings done: ${done}. They took ${formatDuration(seconds)}, without validation and test.${rest}`,
  };
}

function dataTable(facts: readonly DataFacts[]): Block {
  return {
    type: 'table',
    head: ['Data set, split', 'Files', 'Tokens', 'Kept after the cut', 'Unknown of these'],
    rows: facts.flatMap(({ id, splits }) =>
      splits.map(({ name, files, tokens, keptTokens, unknownTokens }) => [
        `${id}, ${name}`,
        formatCount(files),
        formatCount(tokens),
        `${formatCount(keptTokens)} (${formatPercent(keptTokens / tokens)})`,
        formatPercent(unknownTokens / keptTokens),
      ]),
    ),
  };
}

const bestOf = (metrics: Metrics | undefined) => {
  const [model] = metrics?.models ?? [];
  const epoch = model && bestEpochOf(model);
  return model && epoch ? { model, epoch } : null;
};

/** Every training of the search, including those that are no longer planned. */
function searchTable(results: Results): Block {
  const rows = studiedModels(results).flatMap((model) => {
    const taken = chosen(model, results);
    return [...results]
      .filter(([name]) => name.startsWith(`search/${model}-`))
      .flatMap(([, metrics]) => {
        const { learningRate, forgetBias } = metrics.config;
        const best = bestOf(metrics);
        if (typeof learningRate !== 'number' || typeof forgetBias !== 'number' || best === null) return [];
        return [{ model, learningRate, forgetBias, best, taken }];
      })
      .toSorted((a, b) => a.forgetBias - b.forgetBias || a.learningRate - b.learningRate);
  });
  return {
    type: 'table',
    head: ['Model', 'Rate', 'Forget bias', 'Validation loss', 'Epoch', 'Taken'],
    rows: rows.map(({ model, learningRate, forgetBias, best, taken }) => [
      modelTitle(model),
      String(learningRate),
      CELLS[modelOf(model).cell].forgetGate === null ? NO_FIGURE : String(forgetBias),
      formatLoss(best.epoch.validation.loss),
      `${best.epoch.epoch} of ${best.model.epochs.length}`,
      taken?.learningRate === learningRate && taken.forgetBias === forgetBias ? 'yes' : '',
    ]),
  };
}

/** Each batch training next to the training of the search that differs only in the batch. */
function batchTable(results: Results): Block {
  const rows = batchTrainings().flatMap((wide) => {
    const { learningRate, forgetBias } = wide.config;
    const narrow = searchOf(wide.model, results).filter(
      ({ config }) => config.learningRate === learningRate && config.forgetBias === forgetBias,
    );
    return [wide, ...narrow].map(({ name, model, config }) => {
      const epochs = bestOf(results.get(name))?.model.epochs ?? [];
      return [
        modelTitle(model),
        String(config.batch),
        String(config.learningRate),
        epochs.map(({ validation }) => formatLoss(validation.loss)).join(', ') || NO_FIGURE,
      ];
    });
  });
  return { type: 'table', head: ['Model', 'Batch', 'Rate', 'Validation loss, by epoch'], rows };
}

function sideTable(results: Results): Block {
  const row = ({ name, model, config }: Training) => {
    const best = bestOf(results.get(name));
    return [
      modelTitle(model),
      CELLS[modelOf(model).cell].choosesActivation ? config.activation : NO_FIGURE,
      String(config.dropout),
      formatLoss(best?.epoch.train.loss),
      formatLoss(best?.epoch.validation.loss),
      formatPercent(best?.epoch.validation.top5),
      best ? `${best.epoch.epoch} of ${best.model.epochs.length}` : NO_FIGURE,
      best
        ? formatLoss(Math.max(...best.model.epochs.map(({ gradientNorm }) => gradientNorm?.max ?? Number.NaN)))
        : NO_FIGURE,
    ];
  };
  return {
    type: 'table',
    head: [
      'Model',
      'Activation',
      'Dropout',
      'Training loss',
      'Validation loss',
      'Top-5',
      'Best epoch',
      'Largest gradient norm',
    ],
    rows: sideTrainings().map(row),
  };
}

function slowTable(results: Results): Block {
  const rows = [...foundTrainings(results), ...slowTrainings(results)].map(({ name, model, config }) => {
    const best = bestOf(results.get(name));
    return [
      modelTitle(model),
      String(config.learningRate),
      String(config.forgetBias),
      formatLoss(best?.epoch.validation.loss),
      formatPercent(best?.epoch.validation.top5),
      formatPercent(best?.model.test?.top5),
      formatPerplexity(best?.model.test?.perplexity),
      best ? `${best.epoch.epoch} of ${best.model.epochs.length}` : NO_FIGURE,
    ];
  });
  if (rows.length === 0) return NOTHING;
  return {
    type: 'table',
    head: ['Model', 'Rate', 'Forget bias', 'Validation loss', 'Top-5', 'Top-5, test', 'Perplexity, test', 'Best epoch'],
    rows,
  };
}

function datasetSections(measured: Measured, dataset: string): Record<string, readonly Block[]> {
  const { results, runs: all, text } = measured;
  const names = fullTrainings(results, dataset);
  const files = names.flatMap((name) => all.get(name) ?? []);
  const runs = files
    .map(({ run }) => run)
    .toSorted((a, b) => MODEL_NAMES.indexOf(a.model) - MODEL_NAMES.indexOf(b.model) || a.config.seed - b.config.seed);
  if (runs.length === 0) {
    const parts = [
      'summary',
      'test',
      'validation',
      'cost',
      'yardsticks',
      'differences',
      'norms',
      'figures',
      'text',
      'unseen',
    ];
    return Object.fromEntries(parts.map((part) => [part, [NOTHING]]));
  }
  const breakdowns = breakdownsOf(files);
  const steps = stepTablesOf(files);
  const comparison = compareRuns({ runs, breakdowns });
  const titles = poolTitles(comparison.pools, new Map(runs.map((run) => [run.id, run])));
  const plainTitle = (pool: Pool) => modelTitle(pool.model);
  const titleOf = (pool: Pool) => titles.get(pool.key) ?? plainTitle(pool);
  const norms = layerNorms(runs, steps);
  return {
    summary: [summaryTable(comparison)],
    test: [metricTable(comparison.pools, 'test', titleOf)],
    validation: [metricTable(comparison.pools, 'validation', titleOf)],
    cost: [sizeTable(comparison.pools, titleOf), savingSentence(files)],
    yardsticks: [ngramBaselinesTable(files)],
    differences: differenceTables(comparison, titleOf),
    norms: [normsTable({ 'first step': layerNorms(runs, steps, FIRST_STEP), 'later half, mean': norms })],
    // other work ran on the machine during these trainings, so their speeds are not comparable
    figures: draftDiscussion({ comparison, titleOf: plainTitle, norms, speeds: false }).flatMap(discussionBlocks),
    ...textSections(text.get(dataset), { comparison, runs, breakdowns }, plainTitle),
    ...Object.fromEntries(
      comparison.pools.map(({ model }) => [`epochs ${model}`, [epochTable(measured, names, model)]] as const),
    ),
  };
}

/** The main figures of each model. */
function summaryTable({ pools }: Comparison): Block {
  return {
    type: 'table',
    head: ['Model', 'Seeds', 'Top-5', 'Top-5, known', 'Perplexity', 'CodeXGLUE accuracy', 'Parameters', 'Epochs'],
    rows: pools.map(({ model, seeds, test, validation, parameters, epochs }) => {
      const part = test ?? validation;
      return [
        modelTitle(model),
        String(seeds.length),
        formatPercent(part.top5.mean),
        formatPercent(part.top5Known.mean),
        formatPerplexity(part.perplexity.mean),
        formatPercent(part.codexglue.mean),
        formatParameters(parameters),
        String(Number(epochs.toFixed(1))),
      ];
    }),
  };
}

/** Without times, since other work ran on the machine during these trainings. */
function sizeTable(pools: readonly Pool[], titleOf: (pool: Pool) => string): Block {
  return {
    type: 'table',
    head: ['Model', 'Seeds', 'Parameters', 'Epochs, mean', 'Best epoch, mean'],
    rows: pools.map((pool) => [
      titleOf(pool),
      String(pool.seeds.length),
      formatParameters(pool.parameters),
      String(Number(pool.epochs.toFixed(1))),
      String(Number(pool.bestEpoch.toFixed(1))),
    ]),
  };
}

function ngramBaselinesTable([first]: readonly RunFile[]): Block {
  return {
    type: 'table',
    head: ['Counted on the same training rows', 'Top-5', 'Top-5, known', 'Top-1', 'CodeXGLUE', 'Perplexity'],
    rows: (first?.run.yardsticks ?? []).map(({ name, validation }) => [
      `${name}, validation`,
      formatPercent(validation.top5),
      formatPercent(validation.top5Known),
      formatPercent(validation.top1),
      formatPercent(validation.codexglue),
      formatPerplexity(validation.perplexity),
    ]),
  };
}

function savingSentence(files: readonly RunFile[]): Block {
  const share = formatPercent(savingShare(files.map(({ run }) => run)));
  return { type: 'paragraph', text: `Saving checkpoints took ${share} of the training’s time.` };
}

function normsTable(spans: Readonly<Record<string, readonly LayerNorms[]>>): Block {
  const rows = Object.entries(spans).flatMap(([span, norms]) =>
    norms.map(({ model, layer1, layer2 }) => [
      modelTitle(model),
      span,
      layer1.toFixed(3),
      layer2.toFixed(3),
      (layer1 / layer2).toFixed(2),
    ]),
  );
  if (rows.length === 0) return NOTHING;
  return { type: 'table', head: ['Gradient norm of', 'When', 'Layer 1', 'Layer 2', 'Layer 1 over layer 2'], rows };
}
