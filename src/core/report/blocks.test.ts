import { array, assert, property, string } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { writeHtml, writeMarkdown, type Block } from './blocks.ts';

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

  it('shows characters that draw nothing or reorder text', () => {
    const text = 'best\u202egnp.exe\u200b';
    const named: Block[] = [
      { type: 'heading', level: 1, text },
      { type: 'paragraph', text: [text, { strong: text }, { emphasis: text }, { code: text }] },
      { type: 'list', items: [text] },
      { type: 'table', head: [text], rows: [[text, text]] },
      { type: 'figure', title: text, svg: '' },
      { type: 'picture', title: text, file: 'a.png' },
    ];
    const shown = (report: string) => report.match(/best\\?\[U\+202E\\?\]gnp\.exe\\?\[U\+200B\\?\]/g) ?? [];
    // the page also has a title element, and writes a figure's title twice
    expect(shown(writeMarkdown(named))).toHaveLength(11);
    expect(shown(writeHtml(text, named))).toHaveLength(13);
    expect(writeMarkdown(named) + writeHtml(text, named)).not.toMatch(/[\u202e\u200b]/);
  });

  it('as Markdown keeps tables whole and takes nobody’s marks for its own', () => {
    const lines = writeMarkdown(blocks).split('\n');
    expect(lines[0]).toBe('# \\<img src=x onerror=alert(1)\\> & "quoted" \\`code\\` | bar');
    const row = lines.find((line) => line.startsWith('| \\<img'))!;
    expect(row.replaceAll('\\|', '').split('|')).toHaveLength(4);
    expect(lines).toContain('| --- | ---: |');
  });

  it('as Markdown has marks where the report sets them, and lines that begin no list, rule, table or code', () => {
    const text = writeMarkdown([
      {
        type: 'paragraph',
        text: [{ strong: 'a*b' }, ' and ', { code: '<s>' }, ', ', { code: '`x' }, { emphasis: 'c' }],
      },
      { type: 'paragraph', text: ['- x', '---', '===', '1. y', '    z', '~~~', ':-- | --:', '+1.2 points'].join('\n') },
      { type: 'list', items: ['two\nlines', '+ x'] },
      { type: 'paragraph', text: 'AT&T &lt;' },
    ]);
    const lines = ['\\- x', '\\---', '\\===', '1\\. y', 'z', '\\~\\~\\~', '\\:-- | --:', '+1.2 points'];
    expect(text.split('\n\n')).toEqual([
      '**a\\*b** and `<s>`, `` `x ``*c*',
      lines.join('\\\n'),
      '- two lines\n- \\+ x',
      'AT&T \\&lt;\n',
    ]);
  });

  it('as Markdown keeps one row a row, whatever its cells hold', () => {
    assert(
      property(array(string({ unit: 'binary-ascii' }), { minLength: 1, maxLength: 4 }), (cells) => {
        const lines = writeMarkdown([{ type: 'table', head: cells, rows: [cells] }])
          .trimEnd()
          .split('\n');
        const bars = lines.map((line) => line.replaceAll(/\\./g, '').split('|').length - 1);
        expect(bars).toEqual([1, 1, 1].map(() => cells.length + 1));
      }),
    );
  });

  it('names a picture beside it: in Markdown shown, in HTML a link, since the page fetches nothing', () => {
    const picture: Block = { type: 'picture', title: 'Top-5 [1]', file: 'loss (1).png' };
    expect(writeMarkdown([picture])).toBe('![Top-5 \\[1\\]](loss%20\\(1\\).png)\n');
    expect(writeHtml('x', [picture])).toContain('<a href="./loss%20(1).png">Top-5 [1]</a>');
  });
});
