import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FUZZ_TIMEOUT, pythonish, runs } from '../../fuzz.fixture.ts';
import { EOL_TOKEN } from '../specialTokens.ts';
import { RULES } from '../lexer/rules.ts';
import { lexPython } from '../lexer/tokens.ts';
import { writeFile } from './file.ts';
import { lexText } from './text.ts';

const kept = { str: new Set(['text', 'r']), num: new Set(['0', '1', '7']) };
const language = { rules: 'codexglue-2021', reading: 'text', kept } as const;

it('writes a row as code, with what is not known marked by a name', () => {
  const tokens = `import os <EOL> class A ( <UNK> ) : <EOL> @ property <EOL> def f ( self ) : <EOL> return <NUM_LIT> + "<STR_LIT>" <EOL> def g ( self , x = <NUM_LIT:0> ) : <EOL> if x : <EOL> raise x <EOL> else : <EOL> pass <EOL> def h ( ) : <EOL> f ( <EOL> '<STR_LIT:r>' , <EOL> )`;
  const { text, unknown } = writeFile(tokens.split(' '), language, (token) => token === 'unknown');
  expect(unknown).toBe('unknown0');
  expect(text.split('\n')).toEqual([
    'import os',
    `class A(${unknown}):`,
    '    @property',
    '    def f(self):',
    '        return 70 + "text0"',
    '    def g(self, x=0):',
    '        if x:',
    '            raise x',
    '        else:',
    '            pass',
    'def h():',
    '    f(',
    "        'r',",
    '    )',
  ]);
});

it('writes nothing of nothing', () => {
  expect(writeFile([], language, () => false).text).toBe('');
});

describe('on anything', { timeout: FUZZ_TIMEOUT }, () => {
  it.each(RULES)('gives the same tokens back, by %s', (rules) => {
    const unknowns = new Set(['a', 'b', 'f']);
    const isKnown = (token: string) => !unknowns.has(token) && token !== 'unknown';
    let compared = 0;
    fc.assert(
      fc.property(pythonish, (source) => {
        const lexed = lexPython(source, { kept, rules, reading: 'text' });
        const tokens = 'tokens' in lexed ? lexed.tokens.map((token) => (isKnown(token) ? token : '<UNK>')) : [];
        const { text, unknown } = writeFile(tokens, { rules, reading: 'text', kept }, isKnown);
        const back = lexText(text, { rules, reading: 'text', kept }).tokens;
        compared += back.length;
        expect(back).toHaveLength(tokens.length);
        for (const [i, token] of back.entries())
          expect([tokens[i] === '<UNK>' ? unknown : tokens[i], unknown]).toContain(token);
        expect(back.filter((token) => token === EOL_TOKEN)).toHaveLength(
          tokens.filter((token) => token === EOL_TOKEN).length,
        );
      }),
      runs(3000),
    );
    expect(compared).toBeGreaterThan(1_000);
  });
});
