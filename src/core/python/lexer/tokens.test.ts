import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { READINGS, type SourceReading } from './reading.ts';
import { lexPython, NO_LITERALS, textOf, TokenTable } from './tokens.ts';

/** `KEPT` of pytorch/oracle/make_lexer_oracle.py. */
const KEPT = {
  str: new Set(['name', '\\n', 'U+0020', 'U+002C', 'utf-8', '__main__']),
  num: new Set(['0', '1', '2', '1.0', '0xFF']),
};

const cases = readFileSync(new URL('../../../../pytorch/oracle/lexer.jsonl', import.meta.url), 'utf8')
  .trimEnd()
  .split('\n')
  .map((line) =>
    z.object({ path: z.string(), source: z.string(), tokens: z.array(z.string()).nullable() }).parse(JSON.parse(line)),
  );

function tokensOf(source: string, reading: SourceReading = 'bytes'): string[] | null {
  const lexed = lexPython(source, { kept: KEPT, reading });
  return 'reason' in lexed ? null : lexed.tokens;
}

describe('lexPython', () => {
  it.each(cases)('lexes $path as CPython 3.11 and CodeXGLUE do: $source', ({ source, tokens }) => {
    const lexed = lexPython(new TextEncoder().encode(source), { kept: KEPT, reading: 'bytes' });
    const found = 'reason' in lexed || lexed.tokens.length === 0 ? null : lexed.tokens;
    expect(found).toEqual(tokens);
  });

  it('has all 57 cases of the oracle', () => {
    expect(cases).toHaveLength(57);
  });

  it('gives no tokens, and no failure, for a file without any', () => {
    expect(lexPython('')).toEqual({ tokens: [] });
    expect(lexPython(new Uint8Array())).toEqual({ tokens: [] });
    expect(lexPython('\n  \n# only a comment')).toEqual({ tokens: [] });
    expect(lexPython(new Uint8Array([0xef, 0xbb, 0xbf]))).toEqual({ tokens: [] });
  });

  it('gives one token', () => {
    expect(lexPython('x')).toEqual({ tokens: ['x'] });
  });

  it.each([
    ['x = 1\nif x:\n    y\n  z\n', 4, 'the indentation matches no outer level'],
    ['x = 1\ns = """a\nb\nc', 2, 'the string that begins here is never closed'],
    ['f(\n1', 3, 'the file ends inside brackets'],
    ['x = )\n', 2, 'a bracket is closed that was never opened'],
    ['x = 1 + \\\n', 2, 'the file ends after a backslash that continues the line'],
  ])('names line and reason of %j', (source, line, reason) => {
    expect(lexPython(source)).toEqual({ line, reason });
  });

  // Results of tokenize in CPython 3.11.
  it.each<[string, string[]]>([
    // After a broken string, a triple-quoted one breaks at its second line, because CPython's `needcont` stays set.
    ["'a\\\nb\n'''c\nd", ["'a\\ b", "'''c d"]],
    ["'a\\\r\nb'", ["'<STR_LIT>'"]],
    ["'a\\\nb'\n'''c\nd'''", ["'<STR_LIT>'", '<EOL>', "'''<STR_LIT>'''"]],
    [
      "rb'name' bR'''name''' fr'x' bu'name'",
      ["rb'<STR_LIT:name>'", "bR'''<STR_LIT:name>'''", "fr'<STR_LIT>'", 'bu', "'<STR_LIT:name>'"],
    ],
    ["b'name", ['b', "'", 'name']],
    ["''''name'''", ["'''<STR_LIT>'''"]],
    ['"a \t\n b"', ['"', 'a', '<EOL>', 'b', '"']],
    [
      '0xFF 0x 0b12 1__0 1_0.e-1_0J 1.__x 1..2 .5.5 1e 0_7',
      [
        '<NUM_LIT:0xFF>',
        '<NUM_LIT:0>',
        'x',
        '<NUM_LIT>',
        '<NUM_LIT:2>',
        '<NUM_LIT:1>',
        '__0',
        '<NUM_LIT>',
        '<NUM_LIT>',
        '__x',
        '<NUM_LIT>',
        '<NUM_LIT>',
        '<NUM_LIT>',
        '<NUM_LIT>',
        '<NUM_LIT:1>',
        'e',
        '<NUM_LIT:0>',
        '_7',
      ],
    ],
    ['a....b', ['a', '...', '.', 'b']],
    ['a !=b !b ~=c', ['a', '!=', 'b', '!', 'b', '~', '=', 'c']],
    // A lone carriage return does not end a line. At the start of a line it makes the whole line blank.
    ['a\rb', ['a', 'b']],
    ['\rx = 1\ny', ['y']],
    ['# c\rx', []],
    ['x # c\ry', ['x', 'y']],
    // Word characters of Unicode 14. A combining mark is not one, although identifiers can contain it.
    ['\u{1d4b3}\u0663 = e\u0301', ['\u{1d4b3}\u0663', '=', 'e', '\u0301']],
    ['a \u{1f600} b\u00b2', ['a', '\u{1f600}', 'b\u00b2']],
    // Python's white space between tokens is dropped. A byte order mark within the text is not white space.
    ['a\u0085\u001cb\u3000c\ufeffd', ['a', 'b', 'c', '\ufeff', 'd']],
    ['"a\u2003\u00a0b"\n"\u0085"', ['"<STR_LIT>"', '<EOL>', '"<STR_LIT:U+0020>"']],
  ])('lexes %j as CPython does', (source, tokens) => {
    expect(tokensOf(source)).toEqual(tokens);
  });

  // Results of tokenize in CPython 3.11 for the text that open() reads.
  it.each<[string, string[]]>([
    ['a\rb', ['a', '<EOL>', 'b']],
    ['\rx = 1\ry', ['x', '=', '<NUM_LIT:1>', '<EOL>', 'y']],
    ['# c\rx', ['x']],
    [
      'a = 1 + \\\r\r\n  2\r\r\nb = 3\r\r\n',
      ['a', '=', '<NUM_LIT:1>', '+', '<EOL>', '<NUM_LIT:2>', '<EOL>', 'b', '=', '<NUM_LIT>'],
    ],
    ["'''a\rb'''\rif a:\r\tb\rc", ["'''<STR_LIT>'''", '<EOL>', 'if', 'a', ':', '<EOL>', 'b', '<EOL>', 'c']],
    ["'a\\\rb'", ["'<STR_LIT>'"]],
    ["'a\rb'", ["'", 'a', '<EOL>', 'b', "'"]],
    ['a\x0bb\x1cc\u0085d\u2028e\ff', ['a', 'b', 'c', 'd', 'e', 'f']],
  ])('lexes %j as CPython does with universal newlines', (source, tokens) => {
    expect(tokensOf(source, 'text')).toEqual(tokens);
    expect(tokensOf(source, 'utf8-text')).toEqual(tokens);
  });

  it('takes a text with a byte order mark for what it marks', () => {
    for (const reading of READINGS) expect(tokensOf('\ufeffx', reading)).toEqual(['x']);
  });

  it('keeps no literal unless told to', () => {
    expect(lexPython("u'name' 1")).toEqual({ tokens: ["u'<STR_LIT>'", '<NUM_LIT>'] });
  });

  it('reads a long line and a long string', () => {
    const names = Array.from({ length: 20_000 }, (_, i) => `n${i}`);
    expect(tokensOf(names.join(' '))).toEqual(names);
    expect(tokensOf(`'${'a, '.repeat(100_000)}'`)).toEqual(["'<STR_LIT>'"]);
  });
});

describe('TokenTable', () => {
  it('gives one number to one token, over all files', () => {
    const table = new TokenTable();
    const [first, second] = [table.lex('a = "b"', 'text'), table.lex('"b" = a', 'text')];
    if ('reason' in first || 'reason' in second) throw new Error('both must lex');
    expect([...second]).toEqual([...first].toReversed());
    expect([...first].map((id) => textOf(table.token(id), NO_LITERALS))).toEqual(['a', '=', '"<STR_LIT>"']);
  });

  it('tells a literal as it stands, so that what is kept can be decided later', () => {
    const table = new TokenTable();
    const ids = table.lex('Rb"""a,  b""" 0x1', 'text');
    if ('reason' in ids) throw new Error('it must lex');
    expect([...ids].map((id) => table.token(id))).toEqual([
      { kind: 'str', body: 'aU+002CU+0020b', before: 'Rb"""', after: '"""' },
      { kind: 'num', body: '0x1' },
    ]);
  });

  it('is not left in disorder by a file that fails', () => {
    const table = new TokenTable();
    expect(table.lex('a = (', 'text')).toHaveProperty('reason');
    const ids = table.lex('b', 'text');
    expect('reason' in ids ? null : [...ids].map((id) => textOf(table.token(id), NO_LITERALS))).toEqual(['b']);
  });

  it('refuses a number it never gave', () => {
    expect(() => new TokenTable().token(99)).toThrow(RangeError);
  });
});
