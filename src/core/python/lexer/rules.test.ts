import { describe, expect, it } from 'vitest';
import { lexPython } from './tokens.ts';

const tokensOf = (source: string) => lexPython(source, { rules: 'codexglue-2020' });

describe('the rules of 2020', () => {
  // Results of the first version of CodeXGLUE's preprocess.py.
  it.each<[string, string[]]>([
    ['x = "a, b"  + 10L', ['x', '=', '"a, b"', '+', '10', 'L']],
    [`u'fourteen chars' 'fifteen  chars!!' ''`, ["u'fourteen chars'", "''", "''"]],
    [`'''doc'''\n"""doc"""\nx`, ['x']],
    ['x\n"""doc"""\ny', ['x', '<EOL>', 'y']],
    [`R'a' R'longer than that' b'<EOL>'`, ["R'a'", "b''"]],
    [`${'n'.repeat(100)} ${'m'.repeat(101)}`, ['n'.repeat(100)]],
    [`${'1'.repeat(49)} ${'1'.repeat(50)}`, ['1'.repeat(49)]],
    ['x = 0020', ['x', '=', '00', '20']],
  ])('give %j as %j', (source, tokens) => {
    expect(tokensOf(source)).toEqual({ tokens });
  });

  it('fail where the others do', () => {
    expect(tokensOf('f(')).toHaveProperty('reason');
  });
});
