import { describe, expect, it } from 'vitest';
import { describeLengths, lostOfAll, lostShare, warningsOf } from './facts.ts';

const split = (files: number, tokens = 100, keptTokens = tokens) => ({
  rows: files,
  tokens,
  keptTokens,
  unknownTokens: 0,
  shards: [],
});
const counts = { files: 100, tokens: 1, distinctTokens: 1 };

describe('tokens lost to the cut', () => {
  it('is a share of what there was', () => {
    expect(lostShare({ tokens: 200, keptTokens: 150 })).toBe(0.25);
    expect(lostShare({ tokens: 0, keptTokens: 0 })).toBeNull();
    const splits = { train: split(9, 100, 50), validation: split(1), test: split(1), dev: split(1, 100, 100) };
    expect(lostOfAll({ splits })).toBe(0.125);
  });
});

describe('warnings', () => {
  it('are silent for a data set of a fair size', () => {
    expect(warningsOf({ counts, splits: { train: split(800), validation: split(200), test: split(100) } })).toEqual([]);
  });

  it('name what is empty and what is tiny', () => {
    const warnings = warningsOf({ counts, splits: { train: split(9), validation: split(1), test: split(0) } });
    expect(warnings).toHaveLength(3);
    expect(warnings[0]).toContain('no files in test');
    expect(warnings[1]).toContain('9 training files');
    expect(warnings[2]).toContain('1 file in validation');
  });

  it('go by files where long files make several rows', () => {
    const train = { ...split(800), files: 12 };
    expect(warningsOf({ counts, splits: { train, validation: split(50), test: split(50) } })[0]).toContain(
      '12 training',
    );
  });
});

describe('the text of the histogram', () => {
  it('says how many reach the cut', () => {
    const lengths = [
      { from: 2, to: 10, files: 5 },
      { from: 10, to: 1000, files: 20 },
      { from: 1000, to: 2000, files: 3 },
    ];
    expect(describeLengths(lengths, 1000)).toBe(
      'Files by their number of tokens: 3 of 28 have 1,000 tokens or more; most files, 20, have 10 to 999.',
    );
  });
});
