import { describe, expect, it } from 'vitest';
import { decodeSource } from './encoding.ts';

const MARK = [0xef, 0xbb, 0xbf];

function bytes(...parts: (string | readonly number[])[]): Uint8Array {
  return Uint8Array.from(
    parts.flatMap((part) => (typeof part === 'string' ? [...new TextEncoder().encode(part)] : part)),
  );
}

describe('decodeSource', () => {
  it('reads UTF-8 with and without a byte order mark', () => {
    expect(decodeSource(bytes('é名'))).toEqual({ text: 'é名' });
    expect(decodeSource(bytes(MARK, 'é'))).toEqual({ text: 'é' });
    expect(decodeSource(bytes('x\ufeff'))).toEqual({ text: 'x\ufeff' });
  });

  it('names the line of a byte that is not UTF-8', () => {
    expect(decodeSource(bytes('a\nb\nc', [0xe9], '\nd'))).toEqual({ line: 3, reason: 'not valid UTF-8' });
    expect(decodeSource(bytes('a\n\nc', [0xed, 0xa0, 0x80]))).toEqual({ line: 3, reason: 'not valid UTF-8' });
    expect(decodeSource(bytes([0xe9]))).toMatchObject({ line: 1 });
  });

  // [cookie, byte, character]
  it.each<[string, number[], string]>([
    ['latin-1', [0x80, 0xe9], '\u0080é'],
    ['ISO_8859-1', [0xe9], 'é'],
    ['latin-1-unix', [0xe9], 'é'],
    ['l1', [0x9d], '\u009d'],
    ['cp1252', [0x80, 0xe9], '€é'],
    ['windows-1252', [0x93], '“'],
    ['cp1251', [0xff], 'я'],
    ['iso-8859-15', [0xa4], '€'],
    ['iso-8859-16', [0xaa], 'Ș'],
    ['iso8859_9', [0x80, 0xfd], '\u0080ı'],
    ['koi8-r', [0xd1], 'я'],
    ['cp437', [0x82], 'é'],
    ['gbk', [0xc4, 0xe3], '你'],
    ['GB2312', [0xc4, 0xe3], '你'],
    ['big5', [0xa7, 0x41], '你'],
    ['shift-jis', [0x82, 0xa0], 'あ'],
    ['sjis', [0x82, 0xa0], 'あ'],
    ['EUC-JP', [0xa4, 0xa2], 'あ'],
    ['euc_kr', [0xb0, 0xa1], '가'],
    ['utf8', [0xc3, 0xa9], 'é'],
    ['UTF-8-unix', [0xc3, 0xa9], 'é'],
    ['cp65001', [0xc3, 0xa9], 'é'],
  ])('reads the cookie %s', (name, encoded, text) => {
    const cookie = `# -*- coding: ${name} -*-\n`;
    expect(decodeSource(bytes(cookie, encoded))).toEqual({ text: cookie + text });
  });

  it.each([
    ['ascii', [0xe9]],
    ['cp1252', [0x81]],
    ['cp1251', [0x98]],
    ['gbk', [0xc4, 0x20]],
    ['utf-8', [0xe9]],
  ])('names the line of a byte that %s does not have', (name, encoded) => {
    expect(decodeSource(bytes(`# coding=${name}\nx\n`, encoded))).toMatchObject({ line: 3 });
  });

  it.each(['nonsense', 'utf8-sig', 'rot13', '...', 'constructor'])('refuses the encoding %s', (name) => {
    expect(decodeSource(bytes(`#coding:${name}\n`))).toEqual({ line: 1, reason: `unknown encoding: ${name}` });
  });

  it('takes a cookie from the second line only after a blank line or a comment', () => {
    const cookie = '# vim: set fileencoding=latin-1 :\n';
    expect(decodeSource(bytes('#!/usr/bin/python\n', cookie, [0xe9]))).toHaveProperty('text');
    expect(decodeSource(bytes(' \f\r\n', cookie, [0xe9]))).toHaveProperty('text');
    expect(decodeSource(bytes('x\n', cookie, [0xe9]))).toMatchObject({ line: 3 });
    expect(decodeSource(bytes('\n\n', cookie, [0xe9]))).toMatchObject({ line: 4 });
    expect(decodeSource(bytes('x = "coding: latin-1"\n', [0xe9]))).toMatchObject({ line: 2 });
  });

  it('refuses a cookie that contradicts the byte order mark, even one that only spells UTF-8 otherwise', () => {
    expect(decodeSource(bytes(MARK, '# coding: latin-1\n'))).toMatchObject({ line: 1 });
    expect(decodeSource(bytes(MARK, '# coding: utf8\n'))).toMatchObject({ line: 1 });
    expect(decodeSource(bytes(MARK, '# coding: UTF_8\n'))).toHaveProperty('text');
  });
});
