import { describe, expect, it } from 'vitest';
import { TokenTable } from '../python/lexer/tokens.ts';
import { chooseLiterals, KEPT_NUMBERS, KEPT_STRINGS, readyMadeLiterals } from './literals.ts';

function lexed(...sources: string[]) {
  const table = new TokenTable();
  const files = sources.map((source) => {
    const ids = table.lex(source, 'text');
    if ('reason' in ids) throw new Error(ids.reason);
    return { path: 'x.py', part: null, tokens: ids };
  });
  return { table, files };
}

describe('chooseLiterals', () => {
  it('counts bodies whatever their prefix and quotes, and leaves out the empty string', () => {
    const { table, files } = lexed(`'' '' '' 'a b' "a  b" x`, `b'''a,b''' rb"c" '''c''' 7 0x7 7 'd'`);
    expect(chooseLiterals(files, table)).toEqual({
      str: ['aU+0020b', 'c', 'aU+002Cb', 'd'],
      num: ['7', '0x7'],
    });
  });

  it('counts only the files it is given', () => {
    const { table, files } = lexed(`'a' 1`, `'b' 2`);
    expect(chooseLiterals(files.slice(1), table)).toEqual({ str: ['b'], num: ['2'] });
    expect(chooseLiterals([], table)).toEqual({ str: [], num: [] });
  });

  it('keeps as many as CodeXGLUE does', () => {
    const { table, files } = lexed(Array.from({ length: 500 }, (_, i) => `'s${i}' ${i}`).join('\n'));
    const { str, num } = chooseLiterals(files, table);
    expect([str.length, num.length]).toEqual([KEPT_STRINGS, KEPT_NUMBERS]);
    expect([str[0], str.at(-1), num[0], num.at(-1)]).toEqual(['s0', 's199', '0', '29']);
  });
});

describe('readyMadeLiterals', () => {
  const readyMade = (...lines: string[]) => {
    const table = new TokenTable();
    const files = lines.map((line) => ({
      path: 'train.txt:1',
      part: 'train' as const,
      tokens: table.idsOfLine(new TextEncoder().encode(line)).slice(),
    }));
    return readyMadeLiterals(files, table);
  };

  it('finds those that occur in marks, by falling count', () => {
    const line = `"<STR_LIT:a>" u'<STR_LIT:b>>' <NUM_LIT:0> '<STR_LIT>' "<STR_LIT:b>>" """<STR_LIT:cU+0020d>""" <NUM_LIT>`;
    expect(readyMade(line)).toEqual({
      literals: { str: ['b>', 'a', 'cU+0020d'], num: ['0'] },
      rules: 'codexglue-2021',
    });
  });

  it('takes tokens without marks for those of the older rules', () => {
    expect(readyMade(`x = 'a' 10`)).toEqual({ literals: { str: [], num: [] }, rules: 'codexglue-2020' });
  });
});
