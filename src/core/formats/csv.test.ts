import { assert, array, property, string } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BYTE_ORDER_MARK, csv } from './csv.ts';

/** Reads comma-separated values as RFC 4180 has them, behind a byte order mark. */
function read(file: string): string[][] {
  expect(file.startsWith(BYTE_ORDER_MARK)).toBe(true);
  const text = file.slice(1);
  const rows: string[][] = [];
  let row: string[] = [];
  const cell = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/gy;
  for (const [, quoted, bare, end] of text.matchAll(cell)) {
    row.push(quoted === undefined ? (bare ?? '') : quoted.replaceAll('""', '"'));
    if (end === ',') continue;
    rows.push(row);
    row = [];
  }
  return rows;
}

describe('csv', () => {
  it('quotes what must be, and lets no spreadsheet take words for a formula', () => {
    expect(
      csv([
        ['a,b', 'say "x"', 'two\nlines'],
        ['=1+1', '-3.5', '-x', '@y', '+1e5', ''],
        ['=HYPERLINK("x")', '\t=1', '--1', 'a=b'],
      ]),
    ).toBe(
      [
        '\ufeff"a,b","say ""x""","two\nlines"',
        "'=1+1,-3.5,'-x,'@y,+1e5,",
        `"'=HYPERLINK(""x"")",'\t=1,'--1,a=b`,
        '',
      ].join('\r\n'),
    );
  });

  it('begins with the bytes by which Excel knows UTF-8, once', () => {
    const bytes = new TextEncoder().encode(csv([['Größe'], ['Größe']]));
    expect([...bytes.subarray(0, 3)]).toEqual([0xef, 0xbb, 0xbf]);
    expect(new TextDecoder().decode(bytes)).toBe('Größe\r\nGröße\r\n'); // as a reader that knows the mark
  });

  it.each(['=1', '+x', '-x', '@x', '\tx', '\rx', '\nx', '＝1', '＋x', '－x', '＠x', "=cmd|'/C calc'!A0"])(
    'lets no spreadsheet take %j for a formula',
    (name) => {
      expect(read(csv([['name'], [name]]))).toEqual([['name'], [`'${name}`]]);
    },
  );

  it('has a line for a table of none, and none for no table', () => {
    expect(csv([])).toBe(BYTE_ORDER_MARK);
    expect(csv([['']])).toBe('\ufeff\r\n');
  });

  it('gives back any words, but for the guard', () => {
    assert(
      property(
        array(array(string({ unit: 'binary-ascii' }), { minLength: 1, maxLength: 4 }), { maxLength: 4 }),
        (rows) => {
          const again = read(csv(rows));
          const guarded = rows.map((cells, y) =>
            cells.map((cell, x) => (again[y]?.[x] === `'${cell}` ? `'${cell}` : cell)),
          );
          expect(again).toEqual(guarded);
          expect(again.flat().some((cell) => /^[=@]/.test(cell))).toBe(false);
        },
      ),
    );
    const words = [['plain', 'with, comma', '"', '\r\n', 'größe']];
    expect(read(csv(words))).toEqual(words);
  });
});
