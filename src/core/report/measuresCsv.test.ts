import { describe, expect, it } from 'vitest';
import { METRIC_NAMES } from '../metrics/registry.ts';
import { measuresCsv } from './measuresCsv.ts';
import { divergedRun, measuresOf, runOf } from './runs.fixture.ts';

/** The lines without the byte order mark, which trim() removes as white space. */
const linesOf = (text: string) => text.trim().split('\r\n');

describe('measuresCsv', () => {
  const run = runOf('lstm', [
    [2, 0.7],
    [1, 0.8],
  ]);

  it('has a row an epoch and part, and one of the test', () => {
    const lines = linesOf(measuresCsv([run, runOf('rnn', [])], () => '=evil'));
    expect(lines).toHaveLength(1 + 4 + 1);
    const cells = lines.map((line) => line.split(','));
    expect(new Set(cells.map((row) => row.length))).toEqual(new Set([cells[0]!.length]));
    expect(cells[0]!.slice(0, 6)).toEqual(['run', 'model', 'seed', 'part', 'epoch', 'seconds']);
    expect(lines[1]).toMatch(/^'=evil,lstm,42,train,1,10,1000,0\.5,2\.2,/);
    expect(lines[2]).toMatch(/^'=evil,lstm,42,validation,1,,,,2,/);
    expect(lines.at(-1)).toMatch(/^'=evil,lstm,42,test,,,,,1\.1,/);
    expect(cells.at(-1)!.slice(-2)).toEqual(['1000', '160']);
  });

  it('leaves a cell empty where there is no number', () => {
    const none = { ...measuresOf(Number.NaN, Number.NaN), counted: 0, unknown: 0 };
    expect(linesOf(measuresCsv([{ ...run, test: none }], () => 'x')).at(-1)).toBe(
      `x,lstm,42,test,,,,${','.repeat(METRIC_NAMES.length + 1)}0,0`,
    );
  });

  it('has what overflowed as a number that other programs know', () => {
    const [, train, validation] = linesOf(measuresCsv([divergedRun('rnn')], () => 'x'));
    expect(train).toMatch(/^x,rnn,42,train,1,0,Infinity,Infinity,800,Infinity,Infinity,/);
    expect(validation).toMatch(/^x,rnn,42,validation,1,,,,,,,/);
  });

  it('has a head alone for no runs', () => {
    expect(linesOf(measuresCsv([], () => 'x'))).toHaveLength(1);
  });
});
