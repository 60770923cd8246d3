import { describe, expect, it } from 'vitest';
import { layOut } from './layout.ts';

const code = (tokens: string) =>
  layOut(tokens.split(' '))
    .map((line) => line.map(({ before, text }) => before + text).join(''))
    .join('\n');

describe('tokens as code', () => {
  it('has the spaces that people type', () => {
    expect(
      code('def f ( self , x = <NUM_LIT:1> , ** k ) : <EOL> return - x [ <NUM_LIT:0> : - <NUM_LIT:1> ] * y . z'),
    ).toBe('def f(self, x=1, **k):\nreturn -x[0:-1] * y.z');
    expect(code('from . import a <EOL> from . . b import c <EOL> if not ( a ) : pass')).toBe(
      'from . import a\nfrom ..b import c\nif not (a): pass',
    );
    expect(code('@ a . b ( c ) <EOL> x = a - b ; y = { a : - b }')).toBe('@a.b(c)\nx = a - b; y = {a: -b}');
    expect(code('for i in range ( a ) : <EOL> a -> b')).toBe('for i in range(a):\na -> b');
  });

  it('moves in what stands within brackets', () => {
    expect(code('f ( <EOL> a , <EOL> [ <EOL> b <EOL> ] <EOL> )')).toBe('f(\n    a,\n    [\n        b\n    ]\n)');
  });

  it('writes kept literals as they were, and marks the others', () => {
    const [line] = layOut(['x', '=', "u'<STR_LIT:aU+0020bU+002C>'", '+', "'''<STR_LIT>'''", '+', '<NUM_LIT>', '<UNK>']);
    expect(line?.map(({ text, kind }) => [text, kind])).toEqual([
      ['x', 'word'],
      ['=', 'sign'],
      ["u'a b,'", 'kept'],
      ['+', 'sign'],
      ["'''<STR_LIT>'''", 'literal'],
      ['+', 'sign'],
      ['<NUM_LIT>', 'literal'],
      ['<UNK>', 'unknown'],
    ]);
  });

  it('puts the start on a line of its own, and loses no token, whatever the order', () => {
    expect(code('<s> import os <EOL> </s>')).toBe('<s>\nimport os\n</s>');
    const odd = [')', ']', '<s>', '.', '`', '$', '<EOL>', '}', '(', '</s>', '', '** **'];
    expect(
      layOut(odd)
        .flat()
        .map(({ token }) => token),
    ).toEqual(odd.filter((token) => token !== '<EOL>'));
  });
});
