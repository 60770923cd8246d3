import { describe, expect, it } from 'vitest';
import { recordOf } from '../records.ts';
import { foreignMeasuresSchema, measuresOfSums, measuresSchema, MeasureSum } from './measures.ts';
import { COUNT_NAMES, inSentence, METRIC_NAMES, metricOf, SHOWN, type MetricName } from './registry.ts';
import { GROUP_SUM_NAMES, SUM_NAMES, sumOf, type SumName } from './sums.ts';

describe('sums', () => {
  it('are parts of sums of targets that are counted wherever the part is', () => {
    const parts = SUM_NAMES.filter((name) => sumOf(name).partOf !== undefined);
    const wholeOf = (name: SumName) => SUM_NAMES.find((one) => one === sumOf(name).partOf);
    for (const name of parts) expect(sumOf(wholeOf(name) ?? 'loss').of, name).toBe('targets');
    const byGroup = parts.filter((name) => GROUP_SUM_NAMES.includes(name));
    for (const name of byGroup) expect(GROUP_SUM_NAMES, name).toContain(wholeOf(name));
  });

  it('that every stored run, checkpoint and breakdown has are the first nine, and no other', () => {
    const needed = SUM_NAMES.filter((name) => sumOf(name).mayBeMissing !== true);
    expect(needed.toSorted()).toEqual([
      'codexglueCounted',
      'codexglueHits',
      'counted',
      'knownLoss',
      'loss',
      'top1',
      'top5',
      'top5Known',
      'unknown',
    ]);
  });

  it('hold nothing that a target adds twice, nor too little: a hit that is known adds to all but two', () => {
    const sum = new MeasureSum(new Set());
    sum.add([5], [0.5], [0], { named: [true], cached: [{ loss: 0.25, rank: 0 }] });
    const { unknown, loss, knownLoss, cacheLoss, ...ones } = sum.sums();
    expect({ unknown, loss, knownLoss, cacheLoss }).toEqual({ unknown: 0, loss: 0.5, knownLoss: 0.5, cacheLoss: 0.25 });
    expect(new Set(Object.values(ones))).toEqual(new Set([1]));
  });
});

describe('metrics', () => {
  it('of files from before are all there, in their order', () => {
    const columns = METRIC_NAMES.filter((name) => metricOf(name).mayBeMissing !== 'everywhere');
    expect([...columns, ...COUNT_NAMES]).toEqual([
      'loss',
      'perplexity',
      'perplexityKnown',
      'top1',
      'top5',
      'top5Known',
      'codexglue',
      'counted',
      'unknown',
    ]);
  });

  it('are no numbers, rather than zero or missing, where nothing was counted', () => {
    const { counted, unknown, ...metrics } = measuresOfSums(new MeasureSum(new Set()).sums());
    expect([counted, unknown]).toEqual([0, 0]);
    expect(Object.keys(metrics)).toEqual([...METRIC_NAMES]);
    for (const value of Object.values(metrics)) expect(value).toBeNaN();
  });

  it('rise where they are the better for it, and fall where not, as a model gets better', () => {
    const [worse, better] = [
      [4, 70],
      [0.1, 0],
    ].map(([loss, rank]) => {
      const sum = new MeasureSum(new Set());
      const cached = [0, rank!].map((own) => ({ loss: loss!, rank: own }));
      sum.add([5, 6], [loss!, loss!], [0, rank!], { named: [true, true], cached });
      return sum.measures();
    });
    for (const name of METRIC_NAMES) {
      const rises = better![name] > worse![name];
      expect(rises ? 'more' : 'less', name).toBe(metricOf(name).better);
      expect(better![name], name).not.toBe(worse![name]);
    }
  });

  it('have each a place in the report of a comparison, and titles of their own', () => {
    const shown: readonly MetricName[] = SHOWN.comparisonReport;
    expect(shown.toSorted()).toEqual(METRIC_NAMES.toSorted());
    expect(new Set(METRIC_NAMES.map((name) => metricOf(name).title)).size).toBe(METRIC_NAMES.length);
    for (const name of METRIC_NAMES) expect(metricOf(name).help).toMatch(/^[A-Z].*\.$/);
  });

  it('may be missing where their sums may', () => {
    for (const name of METRIC_NAMES) {
      const first = recordOf(SUM_NAMES, (sum) => (sumOf(sum).mayBeMissing === true ? Number.NaN : 1));
      const value = metricOf(name).formula({ ...first, unknown: 0 });
      expect(Number.isNaN(value), name).toBe(metricOf(name).mayBeMissing === 'everywhere');
    }
  });

  it('are read from another program’s file without the perplexity of known targets, and from a run with it alone', () => {
    const { perplexityKnown: _, ...measures } = measuresOfSums(new MeasureSum(new Set()).sums());
    expect(foreignMeasuresSchema.parse(measures).perplexityKnown).toBeNaN();
    expect(measuresSchema.safeParse(measures).success).toBe(false);
  });
});

it('a title in a sentence keeps the capitals of a name', () => {
  expect(['Top-5, known', 'Loss', 'CodeXGLUE'].map(inSentence)).toEqual(['top-5, known', 'loss', 'CodeXGLUE']);
});
