import { expect, it } from 'vitest';
import { caretContext, restIsClosing } from './caret.ts';

const language = {
  rules: 'codexglue-2021',
  reading: 'text',
  kept: { str: new Set<string>(), num: new Set(['1']) },
} as const;
const at = (marked: string) => caretContext(marked.replace('|', ''), marked.indexOf('|'), language);

it.each([
  ['x = "abc|', 'string', ''],
  ["x = f'abc|", 'string', ''],
  ['x = "a" + \'|', 'string', ''],
  ['"""\nabc\n|', 'string', ''],
  ['x = """a"""|', 'code', ''],
  ['x  # ab|', 'comment', ''],
  ['# a\n|', 'code', ''],
  ['"#" + a|b', 'code', 'a'],
  ['x = 12|', 'code', '12'],
  ['x.|', 'code', ''],
  ['x = "abc\ny|', 'code', 'y'],
  ['é|', 'code', 'é'],
  ['|', 'code', ''],
] as const)('%j stands in %s', (marked, place, typed) => {
  expect(at(marked)).toMatchObject({ place, typed });
});

it('leaves out the token that is being typed, and no other', () => {
  expect(at('if x:\n    ret|urn').tokens).toEqual(['if', 'x', ':', '<EOL>']);
  expect(at('if x:\n    ret |').tokens).toEqual(['if', 'x', ':', '<EOL>', 'ret']);
  expect(at('f(1|)').tokens).toEqual(['f', '(']);
  expect(at('f(1)|').tokens).toEqual(['f', '(', '<NUM_LIT:1>', ')']);
  expect(at('x\n\n|').tokens).toEqual(['x', '<EOL>']);
  expect(at("f(rb'a|").tokens).toEqual(['f', '(']);
  expect(at('f(u|').tokens).toEqual(['f', '(']);
  expect(at('if "a|').tokens).toEqual(['if']);
});

it('knows what follows on the line, and where something may be put in front of it', () => {
  expect(at('f(|)  # c\nx').following).toBe(')  # c');
  expect(['', ')', ']):  # x', '  '].map(restIsClosing)).toEqual([true, true, true, true]);
  expect(['x', '(', '+ 1', '"'].map(restIsClosing)).toEqual([false, false, false, false]);
});
