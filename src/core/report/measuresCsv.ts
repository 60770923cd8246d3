/** The measures of runs as a table: a row per run, epoch and split, rates as fractions, numbers unrounded. */
import type { Measures } from '../metrics/measures.ts';
import { COUNT_NAMES, METRIC_NAMES } from '../metrics/registry.ts';
import type { RunRecord } from '../runs/run.ts';
import { csv } from '../formats/csv.ts';

const MEASURES = [...METRIC_NAMES, ...COUNT_NAMES] as const;

/**
 * The test measures of the best weights are in a separate row without an epoch. Values that overflowed are `Infinity`, which pandas and
 * R read as a number and spreadsheets show as text. A cell without a number is empty.
 */
export function measuresCsv(runs: readonly RunRecord[], nameOf: (run: RunRecord) => string): string {
  const head = ['run', 'model', 'seed', 'part', 'epoch', 'seconds', 'tokens_per_second', 'gradient_norm', ...MEASURES];
  const values = (measures: Measures) => MEASURES.map((name) => text(measures[name]));
  const rows = runs.flatMap((run) => {
    const start = [nameOf(run), run.model, String(run.config.seed)];
    const epochs = run.epochs.flatMap(({ epoch, seconds, tokensPerSecond, gradientNorm, train, validation }) => [
      [
        ...start,
        'train',
        String(epoch),
        text(seconds),
        text(tokensPerSecond),
        text(gradientNorm.mean),
        ...values(train),
      ],
      [...start, 'validation', String(epoch), '', '', '', ...values(validation)],
    ]);
    return run.test ? [...epochs, [...start, 'test', '', '', '', '', ...values(run.test)]] : epochs;
  });
  return csv([head, ...rows]);
}

const text = (value: number) => (Number.isNaN(value) ? '' : String(value));
