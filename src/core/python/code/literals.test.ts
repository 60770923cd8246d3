import { expect, it } from 'vitest';
import { lexText } from './text.ts';
import { literalOf } from './literals.ts';
import { writeTokens } from './write.ts';
import { caretContext } from './caret.ts';

const language = {
  rules: 'codexglue-2021',
  reading: 'text',
  kept: { str: new Set<string>(), num: new Set<string>() },
} as const;
const nothing = caretContext('', 0, language);

it.each([`'utf-8'`, `"a, b"`, `rb'\\d+'`, `0x1F`, `1e-3`, `''`])('keeps %s, and writes it as it stood', (source) => {
  const { tokens } = lexText(`x = ${source}`, language);
  const literal = literalOf(tokens[2]!, source);
  expect(literal).not.toBeNull();
  expect(writeTokens(nothing, [literal!])).toEqual([{ text: source, field: false }]);
});

it('keeps nothing that is no literal, long, or of several lines', () => {
  expect(literalOf('name', 'name')).toBeNull();
  expect(literalOf(`'<STR_LIT:utf-8>'`, `'utf-8'`)).toBeNull();
  expect(literalOf(`'<STR_LIT>'`, `'${'x'.repeat(60)}'`)).toBeNull();
  expect(literalOf(`"""<STR_LIT>"""`, `"""a\nb"""`)).toBeNull();
});
