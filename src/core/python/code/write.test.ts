import { describe, expect, it } from 'vitest';
import { caretContext } from './caret.ts';
import { lexText } from './text.ts';
import { writeTokens } from './write.ts';

const kept = { str: new Set(['utf-8', 'aU+0020b']), num: new Set(['0', '1']) };
const language = { rules: 'codexglue-2021', reading: 'text', kept } as const;

/** Returns the text inserted at `|`, with fields in angle brackets. */
function written(marked: string, tokens: string, completes = false): string {
  const context = caretContext(marked.replace('|', ''), marked.indexOf('|'), language);
  const pieces = writeTokens(context, tokens.split(' '), { completes });
  return pieces.map((piece) => (piece.field ? `«${piece.text}»` : piece.text)).join('');
}

describe('at a cursor', () => {
  it.each<[marked: string, tokens: string, expected: string, completes?: boolean]>([
    ['x = sel|', 'self . x', 'f.x'],
    ['return|', 'self', ' self', true],
    ['return |', 'self', 'self'],
    ['foo|', '( x )', '(x)', true],
    ['x|', '= <NUM_LIT:1>', ' = 1', true],
    ['f(a|', '= <NUM_LIT:1> )', '=1)', true],
    ['import os|', '<EOL> import sys', '\nimport sys', true],
    ['def f():|', '<EOL> return <NUM_LIT>', '\n    return «0»'],
    ['def f():\n|', 'return x <EOL> def', '    return x\ndef'],
    ['def f():\n    |', 'return x <EOL> def', 'return x\ndef'],
    ['def f():\n\tif x:\n\t\t|', 'pass <EOL> else : <EOL> pass', 'pass\n\telse:\n\t\tpass'],
    ['if x:\n  y\n|', 'else : <EOL> z', 'else:\n  z'],
    ['f(|', '<EOL> a , <EOL> b <EOL> )', '\n    a,\n    b\n)'],
    ['if x:\n  y\nf(a,\n    b,|', '<EOL> c )', '\n    c)'],
    ['def f():\n    g(a,\n      b)\n    if x:|', '<EOL> y', '\n        y'],
    ['"""\nA\n b\n"""\nif x:\n\ty\nif z:|', '<EOL> y', '\n\ty'],
    ['x = [\n    a,\n    |', 'b , <EOL> ]', 'b,\n]'],
    ['x = |', "u'<STR_LIT>' + '<STR_LIT:aU+0020b>'", "u'«»' + 'a b'"],
    ['try:\n    x\n|', 'except E : <EOL> pass <EOL> finally : <EOL> y', 'except E:\n    pass\nfinally:\n    y'],
    ['class A:\n    for x in y:\n        |', 'break <EOL> else : <EOL> z', 'break\n    else:\n        z'],
    ['if a:\n    if b:\n        x\n    |', 'elif c : <EOL> y <EOL> z', 'elif c:\n        y\n        z'],
    ['x = 1  |', '<EOL> y', '\ny'],
    ['x = -|', 'y', 'y'],
    ['a = b -|', 'y', ' y'],
    ['x|', '<EOL>', '\n', true],
    ['if x:|', '<EOL>', '\n    '],
    ['x = {|', "'<STR_LIT:utf-8>' : <NUM_LIT:1>", "'utf-8': 1"],
  ])('%j and %s', (marked, tokens, expected, completes) => {
    expect(written(marked, tokens, completes)).toBe(expected);
  });

  it('refuses what cannot be written', () => {
    const context = caretContext('', 0, language);
    for (const token of ['<UNK>', '<s>', '</s>', '<PAD>']) expect(() => writeTokens(context, [token])).toThrow(token);
    expect(writeTokens(context, [])).toEqual([]);
  });
});

describe('spaces', () => {
  it.each([
    'from . import x',
    'from ..a.b import c as d, e',
    'import os.path',
    'def f(self, x=1, *args, **kwargs):',
    'def f(a: int = 1, *, b: str = "x", c=None, _nil=[]) -> Dict[str, int]:',
    'async def f(): await g()',
    'class A(B, metaclass=C):',
    '@property',
    '@app.route("/x", methods=["GET"])',
    'x = -1',
    'x = a - b * -c ** -d // e % f',
    'x = a @ b',
    'x: int = 0',
    'x[0], x[-1], x[1:], x[:-1], x[a:b:2], x[:, 0], x[(a, b)]',
    'x[a][b](c)[d].e',
    'd = {"a": 1, "b": [1, 2], **c, "d": -x}',
    's = {a for a in b if not c}',
    'f(*args, **kwargs, key=lambda x: x + 1, reverse=True)',
    'f = lambda: 0',
    'f = lambda *a, b=1: a',
    'if (n := len(a)) > 10:',
    'while not (a and b) or c is not None:',
    'for i, x in enumerate(xs[1:], start=1):',
    'with open(name, "r") as f, g() as h:',
    'try: pass',
    'except (ValueError, KeyError) as error:',
    'raise ValueError("x" % (a, b)) from None',
    'assert a == b, "message"',
    'return not a',
    'return -a if b else [c]',
    'yield from (x for x in y)',
    'x = a if b else (c, d)',
    'print("a", end="")',
    'print(-x, ~y, +z)',
    'a, *b = c',
    'a <<= 1; b **= 2; c //= 3',
    'a < b <= c != d >= e > f == g',
    'a & b | c ^ d << 1 >> 2',
    'x = ...',
    'def f(a, /, b, *, c): ...',
    'del a[0], b.c',
    'global a, b',
    'x = b"a" rb"c"',
    'exec("x")',
    'lambda x: -x',
    'else:',
    'if x in (1, 2) and y not in [3]:',
    'x = [i ** 2 for i in range(10)]',
    'self.x.y(z)(w)',
    'return (a, b)',
    'x = (yield)',
    'x = y = None',
    'a = b[c[d]:e]',
    'f(a)[b:c](d)',
    'f(x=-1, y=[1], z=(2,), w={})',
    'match = pattern.match(text)',
    'x = f"{a}" + str(b)',
    'if __name__ == "__main__":',
    'a = not b',
    'print(a, file=sys.stderr)',
    'x = 1 if a else 2',
    'import a, b as c',
    'nonlocal a',
  ])('%s', (line) => {
    // the older rules keep short literals unchanged
    const all = { rules: 'codexglue-2020', reading: 'text', kept } as const;
    const { tokens } = lexText(line, all);
    const pieces = writeTokens(caretContext('', 0, all), tokens);
    expect(pieces.map(({ text }) => text).join('')).toBe(line);
  });
});
