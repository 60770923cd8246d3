import { describe, expect, it } from 'vitest';
import { parseJson, writeJson } from '../json.ts';
import { divergedRun, OVERFLOWED_MEASURES } from '../report/runs.fixture.ts';
import { runSchema } from './run.ts';

describe('the record of a run', () => {
  const run = divergedRun('rnn', { test: OVERFLOWED_MEASURES, dev: OVERFLOWED_MEASURES, savingSeconds: Infinity });

  it('takes figures that overflowed, or are not numbers, for what they are', () => {
    expect(runSchema.parse(structuredClone(run))).toEqual(run);
  });

  it('comes back from JSON with all of them', () => {
    const text = writeJson(run);
    expect(text).toContain('"perplexity":"Infinity"');
    expect(runSchema.parse(JSON.parse(text))).toEqual(run);
    expect(
      runSchema.parse(parseJson(text.replaceAll('"Infinity"', 'Infinity').replaceAll('null', 'NaN'))),
    ).toMatchObject({
      epochs: run.epochs,
      test: run.test,
    });
  });

  it('still reads null as not a number', () => {
    const [first] = run.epochs;
    const old = { ...run, epochs: [{ ...first, train: { ...first!.train, perplexity: null } }] };
    expect(runSchema.parse(old).epochs[0]!.train.perplexity).toBeNaN();
  });
});
