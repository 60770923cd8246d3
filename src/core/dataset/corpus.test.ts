import { describe, expect, it } from 'vitest';
import { NO_LITERALS, textOf } from '../lexer/tokens.ts';
import { lexCorpus } from './corpus.ts';
import type { SourceFile } from './source.ts';

const file = (path: string, text: string): SourceFile => ({ path, bytes: new TextEncoder().encode(text) });

describe('lexCorpus', () => {
  it('puts files in order by path, as Python sorts strings', async () => {
    const paths = ['b.py', 'a/z.py', 'a.py', 'A.py', '\u{1f600}.py', '\uffee.py', 'a/', 'é.py', 'a'];
    const corpus = await lexCorpus(paths.map((path) => file(path, 'x')));
    expect(corpus.files.map(({ path }) => path)).toEqual([
      'A.py',
      'a',
      'a.py',
      'a/',
      'a/z.py',
      'b.py',
      'é.py',
      '\uffee.py',
      '\u{1f600}.py',
    ]);
  });

  it('leaves out what cannot be lexed or has no tokens, with the reason', async () => {
    const corpus = await lexCorpus([file('c.py', '# c'), file('b.py', 'x\n("'), file('a.py', 'x y'), file('d.py', '')]);
    expect(corpus.files).toHaveLength(1);
    expect(corpus.skipped).toEqual([
      { path: 'b.py', line: 3, reason: 'the file ends inside brackets' },
      { path: 'c.py', line: null, reason: 'no tokens: empty, or only comments' },
      { path: 'd.py', line: null, reason: 'no tokens: empty, or only comments' },
    ]);
    const { tokens } = corpus.files[0]!;
    expect([...tokens].map((id) => textOf(corpus.table.token(id), NO_LITERALS))).toEqual(['x', 'y']);
  });

  it('reads an asynchronous source one by one, and says how far it is', async () => {
    async function* source() {
      yield file('b.py', 'x');
      await Promise.resolve();
      yield file('a.py', '');
    }
    const heard: number[] = [];
    const corpus = await lexCorpus(source(), (read) => heard.push(read));
    expect(heard).toEqual([1, 2]);
    expect(corpus.files).toHaveLength(1);
  });
});
