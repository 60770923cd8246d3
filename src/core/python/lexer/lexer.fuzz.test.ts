import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FUZZ_TIMEOUT, pythonish, runs } from '../../fuzz.fixture.ts';
import { foldSpace } from './characters.ts';
import { EOL_TOKEN } from '../specialTokens.ts';
import { READINGS } from './reading.ts';
import { lexPython, lexPythonFile, NO_LITERALS, textOf, TokenTable } from './tokens.ts';

/** Checks that hold for the result of any source. @returns what is wrong; null if nothing is */
function faultOf(lexed: ReturnType<typeof lexPython>, lines: number): string | null {
  if ('reason' in lexed) return lexed.line > 0 && lexed.line <= lines + 1 ? null : `there is no line ${lexed.line}`;
  const { tokens } = lexed;
  if (tokens.some((token) => foldSpace(token) !== token || token === '')) return 'a token is empty or unfolded';
  if (tokens[0] === EOL_TOKEN || tokens.at(-1) === EOL_TOKEN) return 'it begins or ends with the end of a line';
  if (tokens.some((token, i) => token === EOL_TOKEN && tokens[i + 1] === EOL_TOKEN))
    return 'two ends of lines in a row';
  return null;
}

describe('the lexer, on anything', { timeout: FUZZ_TIMEOUT }, () => {
  it('gives tokens or a line and a reason, and never white space or nothing for a token', () => {
    fc.assert(
      fc.property(pythonish, (text) => {
        expect(faultOf(lexPython(text), text.split(/\r\n?|\n/).length)).toBeNull();
        expect(faultOf(lexPython(text, { reading: 'bytes' }), text.split('\n').length)).toBeNull();
      }),
      runs(3000),
    );
  });

  it.each(READINGS)('reads text and its bytes alike, from %s', (reading) => {
    fc.assert(
      fc.property(pythonish, (text) => {
        expect(lexPython(new TextEncoder().encode(text), { reading })).toEqual(lexPython(text, { reading }));
      }),
      runs(1000),
    );
  });

  it('reads universal newlines as the line feeds that they are', () => {
    fc.assert(
      fc.property(pythonish, (text) => {
        expect(lexPython(text)).toEqual(lexPython(text.replaceAll(/\r\n?/g, '\n'), { reading: 'bytes' }));
      }),
      runs(3000),
    );
  });

  it('takes bytes that are no text, too', async () => {
    const names = [
      'gbk',
      'utf-16',
      'latin-1',
      'x',
      'cp949',
      'euc_jp',
      'shift_jis',
      'iso2022_jp_2',
      'hz',
      'utf-7',
      'gb18030',
      'johab',
    ];
    const cookies = fc.constantFrom('', '\ufeff', ...names.map((name) => `# coding: ${name}\n`));
    await fc.assert(
      fc.asyncProperty(
        cookies,
        fc.uint8Array({ maxLength: 80 }),
        fc.constantFrom(...READINGS),
        async (cookie, bytes, reading) => {
          const source = Uint8Array.from([...new TextEncoder().encode(cookie), ...bytes]);
          const lexed = await lexPythonFile(source, { reading });
          expect('reason' in lexed ? lexed.line > 0 : Array.isArray(lexed.tokens)).toBe(true);
        },
      ),
      runs(2000),
    );
  });

  it('gives for two sources in a row the tokens of both', () => {
    fc.assert(
      fc.property(pythonish, pythonish, (a, b) => {
        // A continued string changes the tokenizer's state for later lines, in CPython too.
        fc.pre(!a.includes('\\\n') && !a.includes('\\\r'));
        const [first, second] = [lexPython(`${a}\n`), lexPython(`x\n${b}`)];
        fc.pre(!('reason' in first) && !('reason' in second));
        const both = lexPython(`${a}\nx\n${b}`);
        if ('reason' in first || 'reason' in second) return;
        const between = first.tokens.length === 0 ? [] : [EOL_TOKEN];
        expect(both).toEqual({ tokens: [...first.tokens, ...between, ...second.tokens] });
      }),
      runs(3000),
    );
  });

  it('gives the same whatever a table lexed before', () => {
    const table = new TokenTable();
    fc.assert(
      fc.property(pythonish, (text) => {
        const ids = table.lex(text, 'text');
        const alone = lexPython(text);
        const read = 'reason' in ids ? ids : { tokens: Array.from(ids, (id) => textOf(table.token(id), NO_LITERALS)) };
        expect(read).toEqual(alone);
      }),
      runs(2000),
    );
  });

  it('hands its tokens to another table', () => {
    fc.assert(
      fc.property(pythonish, pythonish, (a, b) => {
        const [here, there] = [new TokenTable(), new TokenTable()];
        here.lex(a, 'text');
        const ids = there.lex(b, 'text');
        const adopted = here.adopt(there.slice(0));
        if ('reason' in ids) return;
        expect(Array.from(ids, (id) => here.token(adopted[id]!))).toEqual(Array.from(ids, (id) => there.token(id)));
      }),
      runs(500),
    );
  });
});
