import { assert, constantFrom, double, maxSafeInteger, property } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { runs } from '../fuzz.fixture.ts';
import { formatNumber } from './format.ts';
import { parseNumber, parsePlainNumber } from './parse.ts';

/** A text, and the number it means or a part of the error message. */
type Case = readonly [text: string, meaning: number | string];

function expectCases(locale: string, cases: readonly Case[], options?: { readonly whole: boolean }): void {
  for (const [text, meaning] of cases) {
    const { value, problem } = parseNumber(text, locale, options);
    const asExpected = typeof meaning === 'number' ? value === meaning : problem?.includes(meaning);
    expect(asExpected, `${locale} ${text}: ${value ?? problem}, not ${meaning}`).toBe(true);
  }
}

const WHOLE = { whole: true };

/** Texts with the same meaning in every locale. */
const EVERYWHERE: readonly Case[] = [
  ['0', 0],
  ['42', 42],
  ['  7 ', 7],
  ['\u00a07\u202f', 7],
  ['+3', 3],
  ['-1', -1],
  ['\u22121', -1],
  ['-0', 0],
  ['1e-3', 0.001],
  ['1E-3', 0.001],
  ['1e+2', 100],
  ['1e\u22122', 0.01],
  ['-2e3', -2000],
  ['0.001', 0.001],
  ['0.5', 0.5],
  ['.5', 0.5],
  ['5.', 5],
  ['1.5e-3', 0.0015],
  ['1.2345', 1.2345],
  ['007', 7],
  ['0e-999', 0],
  ['\uff11\uff12', 12],
  ['\uff0d\uff11\uff0e\uff15', -1.5],
  ['-', 'Unfinished'],
  ['+', 'Unfinished'],
  ['.', 'Unfinished'],
  ['1e', 'digits are missing after the e'],
  ['1e-', 'digits are missing after the e'],
  ['', 'Unfinished'],
  ['e5', 'Not a number'],
  ['--1', 'Not a number'],
  ['1-2', 'Not a number'],
  ['- 1', 'does not belong here'],
  ['1e5e', 'Not a number'],
  ['1e1.5', 'Not a number'],
  ['1..2', 'Not a number'],
  ['abc', 'Not a number'],
  ['Infinity', 'Not a number'],
  ['-Infinity', 'Not a number'],
  ['NaN', 'Not a number'],
  ['0x10', 'Not a number'],
  ['0b1', 'Not a number'],
  ['1_000', 'Not a number'],
  ['1n', 'Not a number'],
  ['5%', 'Not a number'],
  ['½', 'Not a number'],
  ['1e999', 'Too large'],
  ['-1e999', 'Too large'],
  ['1e-999', 'Too close to 0'],
];

describe('parseNumber', () => {
  it('reads in every locale what is the same in all of them', () => {
    for (const locale of ['en-US', 'de-DE', 'de-AT', 'de-CH', 'fr-FR', 'hi-IN', 'es-ES', 'pl-PL', 'sv-SE', 'ja-JP']) {
      // where a space or a stop separates thousands, the advice is another one
      const cases = EVERYWHERE.filter(([text]) => text !== '- 1' && text !== '1..2');
      expectCases(locale, cases);
    }
    expectCases('en-US', EVERYWHERE);
  });

  it('reads English', () => {
    expectCases('en-US', [
      ['10,000', 10_000],
      ['1,234.5', 1234.5],
      ['-1,234', -1234],
      ['1,234,567', 1_234_567],
      ['1.234', 1.234],
      ['10.000', 10],
      ['1,5', 'write 1.5 or 15.'],
      ['-1,5', 'write -1.5 or -15.'],
      ['1,5e3', 'write 1.5e3 or 15e3.'],
      ['0,001', 'write 0.001 or 1.'],
      ['10,00', 'Thousands are not grouped like this: write 10 or 1000.'],
      ['1,0000', 'write 1 or 10000.'],
      ['1,00,000', 'write 100000.'],
      ['1,234,56', 'Thousands are not grouped like this'],
      [',5', 'Thousands are not grouped like this'],
      ['1,', 'Thousands are not grouped like this'],
      ['1,,000', 'Thousands are not grouped like this'],
      ['1234,567', 'Thousands are not grouped like this'],
      ['1.234,5', 'Not a number'],
      ['10 000', 'A space does not belong here: write 10000.'],
      ["10'000", 'does not belong here'],
      ['\u0663', 'Not a number'],
    ]);
    expectCases(
      'en-US',
      [
        ['10,000', 10_000],
        ['1e3', 1000],
        ['1.5e3', 1500],
        ['0', 0],
        ['-5', -5],
      ],
      WHOLE,
    );
    expectCases(
      'en-US',
      [
        ['10.000', 'A whole number: write 10,000, if that is meant.'],
        ['1.5', 'Enter a whole number, without decimals.'],
        ['1.0', 'Enter a whole number, without decimals.'],
        ['10.', 'Enter a whole number, without decimals.'],
        ['1e-3', 'Enter a whole number, without decimals.'],
        ['1.25e1', 'Enter a whole number, without decimals.'],
        ['1,5', 'write 15.'],
        ['9007199254740993', 'Too large'],
      ],
      WHOLE,
    );
  });

  it('reads German, and takes no full stop for two things', () => {
    expectCases('de-DE', [
      ['0,001', 0.001],
      ['1,5', 1.5],
      ['1,234', 1.234],
      ['1.234,5', 1234.5],
      ['1.234.567', 1_234_567],
      [',5', 0.5],
      ['5,', 5],
      ['1,5e-3', 0.0015],
      ['1.234', 'Could be two numbers: write 1234 or 1,234.'],
      ['1.000', 'Could be two numbers: write 1000 or 1.'],
      ['-1.000', 'write -1000 or -1.'],
      ['1.500e3', 'Could be two numbers: write 1500000 or 1500.'],
      ['1.234e-3', 'Could be two numbers: write 1,234 or 0,001234.'],
      ['1,5,5', 'Not a number'],
      ['1.234.56', 'Thousands are not grouped like this'],
      ['0.001.000', 'Thousands are not grouped like this'],
    ]);
    expectCases(
      'de-DE',
      [
        ['10.000', 10_000],
        ['1.000.000', 1_000_000],
        ['10000', 10_000],
        ['1,5e3', 1500],
      ],
      WHOLE,
    );
    expectCases(
      'de-DE',
      [
        ['10,000', 'A whole number: write 10.000, if that is meant.'],
        ['1.5', 'Enter a whole number, without decimals.'],
        ['1.00', 'Enter a whole number, without decimals.'],
        ['0.001', 'Enter a whole number, without decimals.'],
        ['1.500e3', 'Could be two numbers'],
      ],
      WHOLE,
    );
  });

  it('reads French, with any space between thousands', () => {
    for (const space of [' ', '\u00a0', '\u202f', '\u2009']) {
      expectCases('fr-FR', [[`10${space}000`, 10_000]], WHOLE);
      expectCases('fr-FR', [
        [`1${space}234,5`, 1234.5],
        [`1${space}5`, 'Thousands are not grouped like this'],
      ]);
    }
    expectCases('fr-FR', [
      ['1.234', 'Could be two numbers: write 1,234 or 1234.'],
      ['1.5', 1.5],
      ['1,5', 1.5],
    ]);
    expectCases(
      'fr-FR',
      [
        ['10.000', 'A whole number: write 10\u202f000'],
        ['10,000', 'A whole number'],
      ],
      WHOLE,
    );
  });

  it('reads Swiss, with either apostrophe', () => {
    expectCases(
      'de-CH',
      [
        ["10'000", 10_000],
        ['10\u2019000', 10_000],
      ],
      WHOLE,
    );
    expectCases('de-CH', [
      ["1'234.5", 1234.5],
      ['1,5', '“,” does not belong here: write 1.5 or 15.'],
      ['1.234', 1.234],
    ]);
    expectCases(
      'de-CH',
      [
        ['10,000', '“,” does not belong here: write 10'],
        ['10.000', 'A whole number'],
      ],
      WHOLE,
    );
  });

  it('reads Indian grouping, and grouping in threes', () => {
    for (const locale of ['en-IN', 'hi-IN']) {
      expectCases(
        locale,
        [
          ['1,00,000', 100_000],
          ['100,000', 100_000],
          ['12,34,567', 1_234_567],
        ],
        WHOLE,
      );
      expectCases(
        locale,
        [
          ['10,00,00', 'write 1,00,000.'],
          ['1,00,00,000', 10_000_000],
        ],
        WHOLE,
      );
      expectCases(locale, [
        ['1,5', 'write 1.5 or 15.'],
        ['1,00,000.5', 100_000.5],
      ]);
    }
  });

  it('reads the digits of the locale’s own script', () => {
    expectCases('ar-EG', [
      ['١٫٥', 1.5],
      ['١٬٢٣٤', 1234],
      ['\u061c-١', -1],
      ['1.5', 1.5],
    ]);
    expectCases('fa-IR', [
      ['۰٫۰۰۱', 0.001],
      ['\u200e\u2212۵', -5],
    ]);
    expectCases('mr-IN', [['१,००,०००', 100_000]], WHOLE);
  });

  it('reads English where the browser’s language is none', () => {
    for (const locale of ['C', 'en-US@posix', '', 'xx-not-a-language']) expectCases(locale, [['1,234.5', 1234.5]]);
  });
});

describe('formatNumber', () => {
  it('writes every digit, in the locale’s way', () => {
    expect([0.001, -1.5, 1e-7, 1.5e-10, 1e21, 1234.5, -0].map((value) => formatNumber(value, 'de-DE'))).toEqual([
      '0,001',
      '-1,5',
      '1e-7',
      '1,5e-10',
      '1e21',
      '1234,5',
      '0',
    ]);
    expect(['en-US', 'de-DE', 'fr-FR', 'hi-IN'].map((locale) => formatNumber(1e7, locale, { grouping: true }))).toEqual(
      ['10,000,000', '10.000.000', '10\u202f000\u202f000', '1,00,00,000'],
    );
  });

  it('is read again as the same number, in every locale', () => {
    const locales = constantFrom(
      'en-US',
      'de-DE',
      'fr-FR',
      'de-CH',
      'hi-IN',
      'de-AT',
      'sv-SE',
      'ar-EG',
      'fa-IR',
      'he-IL',
    );
    const number = double({ noNaN: true, noDefaultInfinity: true });
    assert(
      property(locales, number, maxSafeInteger(), (locale, some, whole) => {
        expect(parseNumber(formatNumber(some, locale), locale).value).toBe(some === 0 ? 0 : some);
        const text = formatNumber(whole, locale, { grouping: true });
        expect(parseNumber(text, locale, WHOLE).value).toBe(whole === 0 ? 0 : whole);
      }),
      runs(2_000),
    );
  });
});

describe('parsePlainNumber', () => {
  it('reads what a program would write, and nothing else', () => {
    const texts = [
      '-1.5e-3',
      ' 7 ',
      '1e+21',
      '.5',
      '',
      ' ',
      '1,000',
      '0x10',
      'Infinity',
      'NaN',
      '1e999',
      '1e-999',
      '1e',
      '٣',
    ];
    const nothing = Array<null>(10).fill(null);
    expect(texts.map(parsePlainNumber)).toEqual([-0.0015, 7, 1e21, 0.5, ...nothing]);
  });
});
