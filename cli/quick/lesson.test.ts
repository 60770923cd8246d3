import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { presetConfig } from '#core/settings/config.ts';
import { ROOT } from '../lib/paths.ts';
import { lessonProblems, QUICK_SEEDS, quickResultsSchema, type SeedResult } from './lesson.ts';

const seed = (rnn: number, lstm: number, residual: number, but: Partial<SeedResult> = {}): SeedResult => ({
  seed: 42,
  bigram: 0.69,
  top5: { rnn, lstm, 'residual-lstm': residual },
  seconds: 90,
  ...but,
});
const good = seed(0.76, 0.77, 0.8);

describe('what the preset quick teaches', () => {
  it('is judged by the gain over the bigram and by the order of the models', () => {
    expect(lessonProblems([good, good, good, good, good])).toEqual([]);
    expect(lessonProblems([good, seed(0.77, 0.76, 0.8)])).toEqual([]);
    expect(lessonProblems([seed(0.74, 0.77, 0.8)])).toEqual([
      'Seed 42: RNN has 74.0%, +5.0 points beside the bigram’s 69.0%; it must be +6.0 points or more.',
    ]);
    expect(lessonProblems([seed(0.77, 0.76, 0.8), seed(0.77, 0.8, 0.79, { seed: 43 })])).toEqual([
      'The order is not RNN, LSTM, Residual LSTM with seeds 42, 43; one seed at most may differ.',
    ]);
    expect(lessonProblems([seed(Number.NaN, 0.77, 0.8)])).toHaveLength(1);
    expect(lessonProblems([{ ...good, top5: {} }])).toHaveLength(3);
  });

  it('was measured with the settings that the preset has now, and holds', () => {
    const file = join(ROOT, 'docs', 'results', 'quick.json');
    const { config, seeds } = quickResultsSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
    // npm run quick:check -- --write measures it again
    expect(config).toEqual({ ...presetConfig('quick', 309), seed: QUICK_SEEDS[0] });
    expect(seeds.map((one) => one.seed)).toEqual(QUICK_SEEDS);
    expect(lessonProblems(seeds)).toEqual([]);
  });
});
