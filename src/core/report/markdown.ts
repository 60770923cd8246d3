/** `report.md`: data, configuration, comparison of the models and findings, as readable text. */
import { modelTitle } from '../models/registry.ts';
import type { TrainingConfig } from '../settings/config.ts';
import { appliesBeside, GROUPED_SETTINGS, settingOf } from '../settings/registry.ts';
import { formatSetting } from '../settings/words.ts';
import {
  COMPUTED_TITLES,
  formatCount,
  formatDuration,
  formatLoss,
  formatParameters,
  formatPercent,
  formatPerplexityDifference,
  formatPoints,
  formatTokenRate,
  NO_FIGURE,
} from '../format.ts';
import type { Measures } from '../metrics/measures.ts';
import { measuredColumns, metricOf, SHOWN, type MetricName } from '../metrics/registry.ts';
import type { RunRecord, NgramBaseline } from '../runs/run.ts';
import { baselineAdvice, divergenceAdvice, trendOf } from '../runs/advice.ts';
import { writeMarkdown, type Block, type Text } from './blocks.ts';
import { firstExtended, residualDifference } from '../runs/baseline.ts';
import { divergenceOf, faultText } from '../runs/divergence.ts';
import { againstBigram, bestEpochOf, lossCourse, trainingCost, noBestEpochReason } from '../runs/findings.ts';
import { requireShared } from '../formats/metrics.ts';
import { halfWeightsFileName, weightsFileName } from '../formats/weightsFile.ts';

const columnsOf = (names: readonly MetricName[]) => names.map((name) => ({ name, ...metricOf(name) }));
const BESIDE = columnsOf(SHOWN.trainingReport.beside);
const BY_SPLIT = columnsOf(SHOWN.trainingReport.bySplit);

export interface ReportExtras {
  /** Picture files next to the report. */
  readonly charts: readonly { readonly file: string; readonly title: string }[];
  /** The command that repeats the training; null if there is none. */
  readonly command: string | null;
  /** Whether the weights next to the report are in half precision. */
  readonly half?: boolean;
}

/**
 * @param runs the runs of one experiment, in the order they were trained
 * @throws LabError `bad-input` for no runs, or for runs that differ in data set, device or configuration
 */
export function reportMarkdown(runs: readonly RunRecord[], { charts, command, half = false }: ReportExtras): string {
  const { dataset, device, config, yardsticks } = requireShared(runs);
  const blocks: Block[] = [
    { type: 'heading', level: 1, text: 'Training report' },
    {
      type: 'list',
      items: [
        ['Data set: ', { code: dataset.id }, ', SHA-256 ', { code: dataset.sha256 }],
        `Device: ${COMPUTED_TITLES[device.kind]} (${device.name})`,
        `Configuration: ${configurationLine(config)}`,
        ...(command === null ? [] : [['To repeat it: ', { code: command }]]),
      ],
    },
    { type: 'heading', level: 2, text: 'Comparison' },
    {
      type: 'paragraph',
      text:
        'Validation is measured at the epoch with the lowest validation loss. Test is measured once, with the weights of that ' +
        'epoch. Unigram and bigram are n-gram baselines, counted on the same training rows.',
    },
    comparison(runs, yardsticks),
    {
      type: 'paragraph',
      text: [
        { emphasis: 'Known' },
        ': a target outside the vocabulary counts as a miss. ',
        { emphasis: 'CodeXGLUE' },
        ': top-1 accuracy as that benchmark defines it. An unknown target is a miss, and ',
        { code: '<s>' },
        ', ',
        { code: '</s>' },
        ', ',
        { code: '<EOL>' },
        ' are not counted. ',
        { emphasis: 'With cache' },
        ': the model with a continuous cache of the file so far, in which a token outside the vocabulary counts under its own text.',
      ],
    },
    moreMeasures(runs, yardsticks),
    { type: 'heading', level: 2, text: 'What it shows' },
    { type: 'list', items: findings(runs) },
  ];
  if (charts.length > 0) {
    blocks.push({ type: 'heading', level: 2, text: 'Curves' });
    for (const chart of charts) blocks.push({ type: 'picture', ...chart });
  }
  const kept = runs
    .filter(({ bestEpoch }) => bestEpoch !== null)
    .map(({ model }) => (half ? halfWeightsFileName(model) : weightsFileName(model)));
  if (kept.length > 0) {
    const names = kept.flatMap((code, at) => (at === 0 ? [{ code }] : [', ', { code }]));
    blocks.push(
      { type: 'heading', level: 2, text: 'Weights' },
      {
        type: 'paragraph',
        text: [
          ...names,
          `: the best epoch's weights under PyTorch's names${half ? ', in half precision' : ''}, next to this file.`,
        ],
      },
    );
  }
  return writeMarkdown(blocks);
}

function configurationLine(config: TrainingConfig): string {
  const settings = GROUPED_SETTINGS.flatMap((name) => {
    if (!appliesBeside(name, config)) return [];
    const { title, inReport } = settingOf(name);
    const value = formatSetting(name, config[name]);
    return (inReport ? inReport(value) : `${title.toLowerCase()} ${value}`) ?? [];
  });
  return [`preset ${config.preset}`, ...settings].join(', ');
}

function comparison(runs: readonly RunRecord[], yardsticks: readonly NgramBaseline[]): Block {
  const rows = runs.map((run) => {
    const validation = bestEpochOf(run)?.validation;
    const cost = trainingCost(run);
    return [
      modelTitle(run.model),
      ...BESIDE.flatMap(({ name, format }) => [format(validation?.[name]), format(run.test?.[name])]),
      formatParameters(run.parameters),
      run.bestEpoch === null ? String(run.epochs.length) : `${run.epochs.length} (best ${run.bestEpoch})`,
      formatTokenRate(cost.tokensPerSecond),
      formatDuration(cost.seconds),
    ];
  });
  const beside = yardsticks.map(({ name, validation }) => [
    name,
    ...BESIDE.flatMap(({ name: metric, format }) => [format(validation[metric]), NO_FIGURE]),
    ...Array<string>(4).fill(NO_FIGURE),
  ]);
  return {
    type: 'table',
    head: [
      'Model',
      ...BESIDE.flatMap(({ title }) => [`${title}, validation`, `${title}, test`]),
      'Parameters',
      'Epochs',
      'Rate',
      'Training time',
    ],
    rows: [...rows, ...beside],
  };
}

function moreMeasures(runs: readonly RunRecord[], yardsticks: readonly NgramBaseline[]): Block {
  const measured = runs.flatMap((run) => [bestEpochOf(run)?.validation, run.test, run.dev]);
  const columns = measuredColumns(BY_SPLIT, (name) => measured.map((measures) => measures?.[name]));
  const values = (measures: Measures | null | undefined) => columns.map(({ name, format }) => format(measures?.[name]));
  const rows = runs.flatMap((run) => [
    [modelTitle(run.model), 'validation', ...values(bestEpochOf(run)?.validation)],
    [modelTitle(run.model), 'test', ...values(run.test)],
    ...(run.dev === undefined ? [] : [[modelTitle(run.model), 'dev', ...values(run.dev)]]),
  ]);
  const beside = yardsticks.map(({ name, validation }) => [name, 'validation', ...values(validation)]);
  return {
    type: 'table',
    head: ['Model', 'Split', ...columns.map(({ title }) => title)],
    rows: [...rows, ...beside],
  };
}

function findings(runs: readonly RunRecord[]): readonly Text[] {
  const sentences: (Text | null)[] = runs.flatMap((run) => [
    endingOf(run),
    divergenceSentence(run),
    lossSentence(run),
    bigramSentence(run),
  ]);
  sentences.push(residualSentence(runs), unknownSentence(runs));
  return sentences.filter((sentence) => sentence !== null);
}

function endingOf(run: RunRecord): Text | null {
  const name = modelTitle(run.model);
  if (run.state === 'failed') {
    const words = run.failure === null ? '' : ` ${run.failure.what} ${run.failure.remedy}`;
    return [{ strong: `${name}: training failed.` }, words];
  }
  if (run.state !== 'done')
    return [{ strong: `${name}: training was stopped early` }, ', so its results may not be final.'];
  return null;
}

/** Null for a run that did not diverge. */
function divergenceSentence(run: RunRecord): Text | null {
  const divergence = divergenceOf(run);
  // the sentence about the failed training already says it
  if (divergence === null || divergence.epoch === null) return null;
  const { epoch, part, fault, loss } = divergence;
  return [
    { strong: `${modelTitle(run.model)} diverged:` },
    ` after epoch ${epoch} its ${part === 'train' ? 'training' : 'validation'} loss ${faultText(fault, loss)}. ${divergenceAdvice(run.config).join(' ')}`,
  ];
}

function lossSentence(run: RunRecord): Text | null {
  const name = modelTitle(run.model);
  const course = lossCourse(run);
  if (course === null) return `${name}: ${noBestEpochReason(run) ?? 'no epoch was finished'}.`;
  if (Number.isNaN(course.first)) {
    return `${name}: validation loss was not a number after the first epoch, and ${formatLoss(course.best)} at epoch ${course.bestEpoch}.`;
  }
  if (course.fell === null) return `${name}: validation loss is ${formatLoss(course.first)} after its only epoch.`;
  return course.fell
    ? `${name}: validation loss fell from ${formatLoss(course.first)} after the first epoch to ${formatLoss(course.best)} at epoch ${course.bestEpoch}.`
    : [
        { strong: `${name}: validation loss did not fall` },
        ` below its ${formatLoss(course.first)} after the first epoch.`,
      ];
}

function bigramSentence(run: RunRecord): Text | null {
  const compared = againstBigram(run);
  if (compared === null) return null;
  const name = modelTitle(run.model);
  const helps =
    divergenceOf(run) === null ? ` These changes usually help: ${baselineAdvice(run, trendOf(run)).join('; ')}.` : '';
  const [model, bigram] = [formatPercent(compared.model), formatPercent(compared.bigram)];
  return compared.beats
    ? `${name}: top-5 on validation of ${model} beats the bigram's ${bigram} (${formatPoints(compared.model - compared.bigram)}).`
    : [
        { strong: `${name} does not beat the bigram model:` },
        ` top-5 on validation is ${model}, the bigram's ${bigram}. It has not learned more than which token follows which.${helps}`,
      ];
}

function residualSentence(runs: readonly RunRecord[]): string | null {
  const residual = firstExtended(runs);
  if (residual === undefined) return null;
  const difference = residualDifference(runs);
  if (difference === null) {
    return `${modelTitle(residual.model)}: its plain baseline has no results here, so there is no difference to report.`;
  }
  const words = (part: { top5: number; perplexity: number }) =>
    `${formatPoints(part.top5)} top-5 and ${formatPerplexityDifference(part.perplexity)} perplexity`;
  const test = difference.test === null ? '' : `, on test ${words(difference.test)}`;
  return `${modelTitle(difference.residual)} compared with ${modelTitle(difference.baseline)}: on validation ${words(difference.validation)}${test}.`;
}

/** The share of unknown targets limits *known* accuracy. */
function unknownSentence(runs: readonly RunRecord[]): string | null {
  const measured = runs.map((run) => bestEpochOf(run)?.validation).find((measures) => measures !== undefined);
  if (measured === undefined || measured.counted === 0) return null;
  return `${formatPercent(measured.unknown / measured.counted)} of ${formatCount(measured.counted)} validation targets are outside the vocabulary, so known accuracy is at most ${formatPercent(1 - measured.unknown / measured.counted)}.`;
}
