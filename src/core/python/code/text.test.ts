import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FUZZ_TIMEOUT, pythonish, runs } from '../../fuzz.fixture.ts';
import { EOL_TOKEN } from '../specialTokens.ts';
import { RULES } from '../lexer/rules.ts';
import { READINGS } from '../lexer/reading.ts';
import { lexPython } from '../lexer/tokens.ts';
import { lexText } from './text.ts';

const kept = { str: new Set(['utf-8', 'a']), num: new Set(['0', '1']) };
const language = { rules: 'codexglue-2021', reading: 'text', kept } as const;
const inText = (text: string) => {
  const { tokens, starts, ends } = lexText(text, language);
  return tokens.map((token, i) => [token, text.slice(starts[i], ends[i])]);
};

describe('a text that is being typed', () => {
  it('has its tokens where they stand', () => {
    expect(inText('x = f("utf-8", 10)  # c\n\ny')).toEqual([
      ['x', 'x'],
      ['=', '='],
      ['f', 'f'],
      ['(', '('],
      ['"<STR_LIT:utf-8>"', '"utf-8"'],
      [',', ','],
      ['<NUM_LIT>', '10'],
      [')', ')'],
      ['<EOL>', '\n'],
      ['y', 'y'],
    ]);
  });

  it('finds places beyond ASCII, and behind a byte order mark', () => {
    expect(inText('\ufeffé = "😀" + 名\n')).toEqual([
      ['é', 'é'],
      ['=', '='],
      ['"<STR_LIT>"', '"😀"'],
      ['+', '+'],
      ['名', '名'],
      ['<EOL>', '\n'],
    ]);
  });

  it('ends lines at carriage returns where the files of its data set did', () => {
    expect(inText('é = 1\ry\r\n# c\rz')).toEqual([
      ['é', 'é'],
      ['=', '='],
      ['<NUM_LIT:1>', '1'],
      ['<EOL>', '\r'],
      ['y', 'y'],
      ['<EOL>', '\r'],
      ['z', 'z'],
    ]);
    expect(lexText('x\ry\n# c\rz', { ...language, reading: 'bytes' }).tokens).toEqual(['x', 'y', EOL_TOKEN]);
  });

  it('keeps the end of a line that is there, and makes up none', () => {
    expect(lexText('x\n', language).tokens).toEqual(['x', EOL_TOKEN]);
    expect(lexText('x', language).tokens).toEqual(['x']);
    expect(lexText('\n\n# c\n', language).tokens).toEqual([]);
    expect(lexText('', language)).toMatchObject({ tokens: [], trouble: null });
  });

  it('goes on where tokenize gives up, and says where that is', () => {
    expect(lexText('if x:\n        y\n    z\n', language)).toMatchObject({
      tokens: ['if', 'x', ':', EOL_TOKEN, 'y', EOL_TOKEN, 'z', EOL_TOKEN],
      trouble: { line: 3 },
    });
    expect(lexText('f(\n', language)).toMatchObject({ tokens: ['f', '(', EOL_TOKEN], trouble: { line: 2 } });
    expect(lexText('x = """a\n', language)).toMatchObject({ tokens: ['x', '='], trouble: { line: 1 } });
  });
});

describe('on anything', { timeout: FUZZ_TIMEOUT }, () => {
  const languages = RULES.flatMap((rules) => READINGS.map((reading) => [rules, reading] as const));

  it.each(languages)('has the tokens that the data set has, by %s from %s', (rules, reading) => {
    fc.assert(
      fc.property(pythonish, (text) => {
        const whole = lexPython(text, { kept, rules, reading });
        const { tokens, trouble } = lexText(text, { rules, reading, kept });
        const own = tokens.at(-1) === EOL_TOKEN ? tokens.slice(0, -1) : tokens;
        expect('tokens' in whole ? whole.tokens : own).toEqual(own);
        expect(trouble === null).toBe('tokens' in whole);
      }),
      runs(3000),
    );
  });

  it('has places in order, none over another', () => {
    fc.assert(
      fc.property(pythonish, (text) => {
        const { tokens, kinds, starts, ends } = lexText(text, language);
        expect([kinds.length, starts.length, ends.length]).toEqual([tokens.length, tokens.length, tokens.length]);
        const places = tokens.flatMap((_, i) => [starts[i]!, ends[i]!]);
        expect(places).toEqual(places.toSorted((a, b) => a - b));
        const plain = tokens.filter((_, i) => kinds[i] === 'name' || kinds[i] === 'symbol');
        const sources = tokens.map((_, i) => text.slice(starts[i], ends[i]));
        expect(sources.filter((_, i) => kinds[i] === 'name' || kinds[i] === 'symbol')).toEqual(plain);
      }),
      runs(2000),
    );
  });
});
