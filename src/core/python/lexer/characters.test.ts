import { describe, expect, it } from 'vitest';
import { foldSpace, isPythonSpace, isWordBeyondAscii } from './characters.ts';

const codePoint = (text: string) => text.codePointAt(0)!;

describe('isWordBeyondAscii', () => {
  it.each(['é', 'ª', '²', '½', '名', '٣', 'Ⅷ', '\u{1d4b3}', '\u{1fbf0}', '\u{323af}'.normalize()])('%s', (text) => {
    // U+323AF was added in Unicode 15, so CPython 3.11 does not know it
    expect(isWordBeyondAscii(codePoint(text))).toBe(text !== '\u{323af}');
  });

  it.each(['\u0080', '\u00a0', '×', '\u0301', '\u200d', '€', '\ufeff', '\u{1f600}', '\u{10ffff}'])('not %j', (text) => {
    expect(isWordBeyondAscii(codePoint(text))).toBe(false);
  });
});

describe('Python white space', () => {
  it('is the set of str.isspace', () => {
    const spaces = [];
    for (let unit = 0; unit < 0x10000; unit++) if (isPythonSpace(unit)) spaces.push(unit);
    expect(spaces).toEqual([
      9, 10, 11, 12, 13, 28, 29, 30, 31, 32, 0x85, 0xa0, 0x1680, 0x2000, 0x2001, 0x2002, 0x2003, 0x2004, 0x2005, 0x2006,
      0x2007, 0x2008, 0x2009, 0x200a, 0x2028, 0x2029, 0x202f, 0x205f, 0x3000,
    ]);
  });

  it.each([
    ['', ''],
    ['a b', 'a b'],
    ['  a \t\n b\u0085', 'a b'],
    ['\u001c', ''],
    ['a\ufeffb', 'a\ufeffb'],
    [' ', ''],
  ])('folds %j as str.split and join do', (text, folded) => {
    expect(foldSpace(text)).toBe(folded);
  });
});
