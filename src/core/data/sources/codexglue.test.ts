import { describe, expect, it } from 'vitest';
import { itemsOf, memoryBlob, memoryFiles, notesOf } from '../corpus.fixture.ts';
import { NOTES } from '../notes.ts';
import { codexglueSource } from './codexglue.ts';
import { linesOf, SLICE_BYTES } from './lines.ts';

const linesIn = async (files: Record<string, string | Uint8Array>) =>
  (await itemsOf(codexglueSource(memoryFiles(files)))).map((item) => [
    item.part,
    item.path,
    item.kind === 'line' ? new TextDecoder().decode(item.bytes) : item.kind,
  ]);

describe('codexglueSource', () => {
  it('reads train, dev and test in that order, whatever order they come in and wherever they lie', async () => {
    const read = await linesIn({
      'a/test.txt': '<s> t é </s>',
      'a/dev.txt': '<s> d </s>\n',
      'a/train.txt': '<s> </s>\n',
    });
    expect(read).toEqual([
      ['train', 'train.txt:1', ''],
      ['dev', 'dev.txt:1', 'd'],
      ['test', 'test.txt:1', 't é'],
    ]);
  });

  it.each([
    ['<s> a </s>\na b\n', /Line 2 of train.txt does not begin with <s>/],
    ['<s> a\n', /Line 1 of train.txt/],
    ['<s></s>\n', /Line 1 of train.txt/],
    ['<s> a </s>\n\n\n<s> b </s>\n', /Line 2 of train.txt is empty, but more lines follow/],
    ['<s> a </s>\r<s> b </s>\n', /Line 1 of train.txt contains a carriage return/],
  ])('refuses %j, naming file, line and remedy', async (text, message) => {
    await expect(linesIn({ 'train.txt': text })).rejects.toThrow(message);
  });

  it.each<[string, string, [string, number][]]>([
    ['a byte order mark', '\ufeff<s> a </s>\n<s> b c </s>\n', [[NOTES.byteOrderMark, 1]]],
    ['white space around lines', '<s> a </s> \n\t<s> b c </s>  ', [[NOTES.outerSpaces, 2]]],
    ['a blank last line', '<s> a </s>\n<s> b c </s>\n\n', [[NOTES.blankLines, 1]]],
    ['blank last lines with spaces', '<s> a </s>\n<s> b c </s>\n \n\t', [[NOTES.blankLines, 2]]],
    ['Windows line ends', '<s> a </s>\r\n<s> b c </s>\r\n', [[NOTES.carriageReturns, 2]]],
    [
      'all of it',
      '\ufeff<s> a </s> \r\n<s> b c </s>\r\n\r\n',
      [
        [NOTES.byteOrderMark, 1],
        [NOTES.carriageReturns, 3],
        [NOTES.outerSpaces, 1],
        [NOTES.blankLines, 1],
      ],
    ],
  ])('reads %s as if it were not there, and says so', async (_, text, notes) => {
    const items = await itemsOf(codexglueSource(memoryFiles({ 'train.txt': text })));
    const lines = items.flatMap((item) =>
      item.kind === 'line' ? [[item.path, new TextDecoder().decode(item.bytes)]] : [],
    );
    expect(lines).toEqual([
      ['train.txt:1', 'a'],
      ['train.txt:2', 'b c'],
    ]);
    expect(notesOf(items)).toEqual(notes.map(([what, count]) => [what, count, 'train.txt']));
  });

  it('refuses what is not UTF-8, and two of one name', async () => {
    const latin1 = Uint8Array.from('<s> \xe9 </s>\n', (char) => char.charCodeAt(0));
    await expect(linesIn({ 'train.txt': latin1 })).rejects.toThrow(/Line 1 of train.txt is not UTF-8/);
    await expect(linesIn({ 'a/train.txt': '', 'b/train.txt': '' })).rejects.toThrow(/two files train.txt/);
  });
});

describe('linesOf', () => {
  const reading = { signal: new AbortController().signal, onBytes: () => undefined };
  const linesFrom = async (text: string, most?: number) => {
    const lines: string[] = [];
    for await (const line of linesOf({ path: 'x.txt', blob: memoryBlob(text) }, reading, most)) {
      lines.push(new TextDecoder().decode(line));
    }
    return lines;
  };

  it('puts together lines that lie across slices', async () => {
    const long = 'x'.repeat(SLICE_BYTES + 10);
    expect(await linesFrom(`a\n${long}\nb`)).toEqual(['a', long, 'b']);
  });

  it('refuses a line that would fill the memory', async () => {
    await expect(linesFrom(`a\n${'x'.repeat(2 * SLICE_BYTES)}`, SLICE_BYTES)).rejects.toThrow(
      /Line 2 of x.txt is longer/,
    );
  });
});
