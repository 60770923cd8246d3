import { describe, expect, it } from 'vitest';
import { codeOf, hiddenName, visibleParts, visibleText } from './visibleText.ts';

const BIDIRECTIONAL = [0x61c, 0x200e, 0x200f, ...Array.from({ length: 5 }, (_, i) => 0x202a + i)].concat(
  Array.from({ length: 4 }, (_, i) => 0x2066 + i),
);

describe('visibleText', () => {
  it.each([
    ...BIDIRECTIONAL,
    0x00,
    0x08,
    0x1b,
    0x7f,
    0x85,
    0xad,
    0x200b,
    0x200c,
    0x200d,
    0x2028,
    0x2060,
    0xfeff,
    0xe0041,
  ])('shows U+%s', (code) => {
    expect(visibleText(`a${String.fromCodePoint(code)}b`)).toBe(`a[${codeOf(code)}]b`);
  });

  it.each(['', 'plain', 'Größe\t1\r\n', '変数', 'שלום', 'é = e\u0301', '❤️ 1️⃣ 👩‍👩‍👧 👩🏽‍🚀 🇩🇪', '\u00a0'])(
    'leaves %j as it is',
    (text) => {
      expect(visibleText(text)).toBe(text);
    },
  );

  it('shows a variation selector that no emoji has before it', () => {
    expect(visibleText('a\ufe0f')).toBe('a[U+FE0F]');
    expect(visibleText('a\u{e0100}')).toBe('a[U+E0100]');
  });

  it('shows the line of the Trojan Source paper', () => {
    expect(visibleText("if access != 'user\u202e \u2066# only\u2069 \u2066': return")).toBe(
      "if access != 'user[U+202E] [U+2066]# only[U+2069] [U+2066]': return",
    );
  });
});

it('visibleParts are the text, in order', () => {
  const text = '\u202ea\u200b\u{e0041}b';
  expect(visibleParts(text)).toEqual([
    { text: '\u202e', code: 'U+202E' },
    { text: 'a', code: null },
    { text: '\u200b', code: 'U+200B' },
    { text: '\u{e0041}', code: 'U+E0041' },
    { text: 'b', code: null },
  ]);
  expect(visibleParts('')).toEqual([]);
});

it('hiddenName says what each is', () => {
  expect([0x202e, 0x7, 0xe0041].map(hiddenName)).toEqual([
    'right-to-left override',
    'control character',
    'invisible character',
  ]);
});
