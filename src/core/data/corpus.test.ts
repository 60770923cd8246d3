import { describe, expect, it } from 'vitest';
import { NO_LITERALS, textOf } from '../python/lexer/tokens.ts';
import { corpusOf, memoryFiles } from './corpus.fixture.ts';
import { type Corpus, readCorpus } from './corpus.ts';
import { codexglueSource } from './sources/codexglue.ts';

const textsOf = ({ table, files }: Corpus) =>
  files.map(({ tokens }) => Array.from(tokens, (id) => textOf(table.token(id), NO_LITERALS)).join(' '));

describe('readCorpus', () => {
  it('puts files in order by path, as Python sorts strings', async () => {
    const paths = ['b.py', 'a/z.py', 'a.py', 'A.py', '\u{1f600}.py', '\uffee.py', 'a/a.py', 'é.py', 'a0.py'];
    const corpus = await corpusOf(Object.fromEntries(paths.map((path) => [path, 'x'])));
    expect(corpus.files.map(({ path }) => path)).toEqual([
      'A.py',
      'a.py',
      'a/a.py',
      'a/z.py',
      'a0.py',
      'b.py',
      'é.py',
      '\uffee.py',
      '\u{1f600}.py',
    ]);
  });

  it('leaves out what cannot be lexed or has no tokens, with the reason', async () => {
    const corpus = await corpusOf({ 'c.py': '# c', 'b.py': 'x\n("', 'a.py': 'x y', 'd.py': '' });
    expect(textsOf(corpus)).toEqual(['x y']);
    expect(corpus.skipped).toEqual([
      { path: 'b.py', line: 3, reason: 'the file ends inside brackets' },
      { path: 'c.py', line: null, reason: 'no tokens: empty, or only comments' },
      { path: 'd.py', line: null, reason: 'no tokens: empty, or only comments' },
    ]);
  });

  it('reads Python as python3 does: the declared encoding, universal newlines', async () => {
    const corpus = await corpusOf({
      'a.py': Uint8Array.from([...new TextEncoder().encode('# coding: cp949\rx = 1\r'), 0xc1, 0x64]),
      'b.py': 'x\r\ny\rz',
      'c.py': '# coding: utf-16\n',
    });
    expect(textsOf(corpus)).toEqual(['x = <NUM_LIT> <EOL> 햏', 'x <EOL> y <EOL> z']);
    expect(corpus.skipped).toEqual([
      {
        path: 'c.py',
        line: 1,
        reason: 'Python source cannot be in the encoding utf_16, in which its coding line would not read as ASCII',
      },
    ]);
    expect(corpus.reading).toBe('text');
  });

  it('keeps the order, the parts and the empty rows of a published set', async () => {
    const files = memoryFiles({
      'test.txt': '<s> t </s>\n',
      'train.txt': '<s> b c </s>\n<s> </s>\n<s> a </s>',
    });
    const corpus = await readCorpus(codexglueSource(files));
    expect(corpus.readyMade).toBe(true);
    expect(textsOf(corpus)).toEqual(['b c', '', 'a', 't']);
    expect(corpus.files.map(({ part }) => part)).toEqual(['train', 'train', 'train', 'test']);
    expect(corpus.skipped).toEqual([
      { path: 'train.txt:2', line: null, reason: 'no tokens: empty, or only comments; kept as an empty row' },
    ]);
  });

  it('tells how far it is, up to all bytes', async () => {
    const told: number[] = [];
    const source = codexglueSource(memoryFiles({ 'train.txt': '<s> b c </s>\n<s> a </s>' }));
    await readCorpus(source, { onProgress: ({ bytes }) => told.push(bytes) });
    expect(told.at(-1)).toBe(source.bytes);
  });
});
