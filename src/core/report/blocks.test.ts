import { describe, expect, it } from 'vitest';
import { compareRuns } from '../comparison/comparison.ts';
import { MODEL_TITLES } from '../format.ts';
import { writeHtml, writeMarkdown, type Block } from './blocks.ts';
import { comparisonReport } from './comparisonReport.ts';
import { csv } from './csv.ts';
import { measuresCsv } from './measuresCsv.ts';
import { runOf } from './runs.fixture.ts';

const hostile = '<img src=x onerror=alert(1)> & "quoted" `code` | bar';
const blocks: Block[] = [
  { type: 'heading', level: 1, text: hostile },
  { type: 'paragraph', text: hostile },
  { type: 'list', items: [hostile] },
  { type: 'table', head: ['a', hostile], rows: [[hostile, '1']] },
  { type: 'figure', title: hostile, svg: '<svg xmlns="http://www.w3.org/2000/svg"><text>größe</text></svg>' },
];

describe('a report', () => {
  it('as HTML holds what people wrote as text, and nothing that acts or is fetched', () => {
    const html = writeHtml(hostile, blocks);
    expect(html).not.toContain('<img src=x');
    expect(html).not.toMatch(/<script|https?:|<text>/);
    expect(html.match(/&lt;img src=x onerror=alert\(1\)&gt; &amp; &quot;quoted&quot;/g)).toHaveLength(8);
    const [, picture] = /src="data:image\/svg\+xml;base64,([^"]*)"/.exec(html)!;
    expect(new TextDecoder().decode(Uint8Array.from(atob(picture!), (c) => c.codePointAt(0)!))).toContain('größe');
  });

  it('as Markdown keeps tables whole and takes nobody’s marks for its own', () => {
    const lines = writeMarkdown(blocks).split('\n');
    expect(lines[0]).toBe('# \\<img src=x onerror=alert(1)\\> & "quoted" \\`code\\` | bar');
    const row = lines.find((line) => line.startsWith('| \\<img'))!;
    expect(row.replaceAll('\\|', '').split('|')).toHaveLength(4);
    expect(lines).toContain('| --- | --- |');
  });

  it('of a comparison has every run, the figures, the discussion and the pictures', () => {
    const runs = [runOf('rnn', [[2.5, 0.7]], { number: 1 }), runOf('lstm', [[2.4, 0.72]], { number: 2 })];
    const report = comparisonReport({
      comparison: compareRuns({ runs, breakdowns: new Map() }),
      runs,
      titleOf: ({ model }) => MODEL_TITLES[model],
      nameOf: ({ number }) => `run ${number}`,
      discussion: 'First.\n\nSecond,\nstill second.',
      figures: [{ title: 'Loss', svg: '<svg/>' }],
      at: 0,
    });
    const text = writeMarkdown(report);
    expect(text).toContain('- run 1: data set python-stdlib, device Reference, seed 42');
    expect(text).toContain('| LSTM | 1 | 71.0% |');
    expect(text).toContain('RNN: It has no test figures by file');
    expect(text).toContain('\n\nSecond,\nstill second.\n\n');
    expect(text).toContain('![Loss](data:image/svg+xml;base64,');
  });
});

describe('csv', () => {
  it('quotes what must be, and lets no spreadsheet take words for a formula', () => {
    expect(
      csv([
        ['a,b', 'say "x"', 'two\nlines'],
        ['=1+1', '-3.5', '-x', '@y', '+1e5', ''],
      ]),
    ).toBe('"a,b","say ""x""","two\nlines"\r\n\'=1+1,-3.5,\'-x,\'@y,+1e5,\r\n');
  });

  it('of measures has a row an epoch and part, and one of the test', () => {
    const run = runOf('lstm', [
      [2, 0.7],
      [1, 0.8],
    ]);
    const lines = measuresCsv([run], () => '=evil')
      .trim()
      .split('\r\n');
    expect(lines).toHaveLength(1 + 4 + 1);
    expect(lines[0]!.split(',').slice(0, 6)).toEqual(['run', 'model', 'seed', 'part', 'epoch', 'seconds']);
    expect(lines[2]).toMatch(/^'=evil,lstm,42,validation,1,,,,2,/);
    expect(lines.at(-1)).toMatch(/^'=evil,lstm,42,test,,,,,1\.1,/);
  });
});
