import { describe, expect, it } from 'vitest';
import { kindOf } from './tokenKind.ts';

describe('kindOf', () => {
  it.each([
    ['keyword', ['def', 'None', 'async', 'yield']],
    ['name', ['x', '_a1', 'print', 'match', 'größe', 'exec']],
    ['operator', ['(', '==', '->', '...', ':=', '`', '$', '?', '!', "'", '"']],
    [
      'literal',
      [
        '<NUM_LIT>',
        '<NUM_LIT:1>',
        '"<STR_LIT>"',
        "rb'<STR_LIT:utf-8>'",
        '"""<STR_LIT>"""',
        '3.5',
        '.5',
        "u''",
        '0xff',
        '1_000j',
      ],
    ],
    ['end of line', ['<EOL>']],
    ['end of file', ['</s>']],
  ] as const)('%s', (kind, some) => {
    for (const token of some) expect(kindOf(token), token).toBe(kind);
  });
});
