import { describe, expect, it } from 'vitest';
import { TokenTable } from '../lexer/tokens.ts';
import { chooseLiterals, KEPT_NUMBERS, KEPT_STRINGS } from './literals.ts';

function lexed(...sources: string[]) {
  const table = new TokenTable();
  const files = sources.map((source) => {
    const ids = table.lex(source);
    if ('reason' in ids) throw new Error(ids.reason);
    return ids;
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
