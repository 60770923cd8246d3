import { assert, array, property, string } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { csv } from './csv.ts';

/** Reads comma-separated values as RFC 4180 has them. */
function read(text: string): string[][] {
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
      ['"a,b","say ""x""","two\nlines"', "'=1+1,-3.5,'-x,'@y,+1e5,", `"'=HYPERLINK(""x"")",'\t=1,'--1,a=b`, ''].join(
        '\r\n',
      ),
    );
  });

  it('has a line for a table of none, and none for no table', () => {
    expect(csv([])).toBe('');
    expect(csv([['']])).toBe('\r\n');
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
