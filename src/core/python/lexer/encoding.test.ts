import { describe, expect, it, vi } from 'vitest';
import { loadCodecOf, sourceAsUtf8 } from './encoding.ts';
import { READINGS, type SourceReading } from './reading.ts';

const MARK = [0xef, 0xbb, 0xbf];

function bytes(...parts: (string | readonly number[])[]): Uint8Array {
  return Uint8Array.from(
    parts.flatMap((part) => (typeof part === 'string' ? [...new TextEncoder().encode(part)] : part)),
  );
}

async function read(source: Uint8Array, reading: SourceReading = 'text') {
  await loadCodecOf(source, reading);
  const found = sourceAsUtf8(source, reading);
  return 'reason' in found ? found : { text: new TextDecoder('utf-8', { ignoreBOM: true }).decode(found.utf8) };
}

describe('sourceAsUtf8', () => {
  it('reads UTF-8 with and without a byte order mark', async () => {
    for (const reading of READINGS) {
      expect(await read(bytes('é名'), reading)).toEqual({ text: 'é名' });
      expect(await read(bytes(MARK, 'é'), reading)).toEqual({ text: 'é' });
      expect(await read(bytes('x\ufeff'), reading)).toEqual({ text: 'x\ufeff' });
    }
  });

  it('names the line of a byte that is not UTF-8', async () => {
    expect(await read(bytes('a\nb\nc', [0xe9], '\nd'))).toEqual({ line: 3, reason: 'not valid UTF-8' });
    expect(await read(bytes('a\n\nc', [0xed, 0xa0, 0x80]))).toEqual({ line: 3, reason: 'not valid UTF-8' });
    expect(await read(bytes([0xe9]))).toMatchObject({ line: 1 });
    expect(await read(bytes('a\rb\r\n\rc', [0xe9]))).toMatchObject({ line: 4 });
    expect(await read(bytes('a\rb\r\nc', [0xe9]), 'bytes')).toMatchObject({ line: 2 });
  });

  // [cookie, bytes, characters], each as CPython 3.11 decodes it
  it.each<[string, number[], string]>([
    ['latin-1', [0x80, 0xe9], '\u0080é'],
    ['ISO_8859-1', [0xe9], 'é'],
    ['latin-1-unix', [0xe9], 'é'],
    ['l1', [0x9d], '\u009d'],
    ['charmap', [0xe9], 'é'],
    ['cp1252', [0x80, 0xe9], '€é'],
    ['windows-1252', [0x93], '“'],
    ['cp1251', [0xff], 'я'],
    ['iso-8859-15', [0xa4], '€'],
    ['iso-8859-16', [0xaa], 'Ș'],
    ['iso8859_9', [0x80, 0xfd], '\u0080ı'],
    ['koi8-r', [0xd1], 'я'],
    ['koi8-t', [0x80], 'қ'],
    ['cp437', [0x82], 'é'],
    ['cp864', [0x25], '٪'],
    ['mac_turkish', [0xdd], 'ı'],
    ['gbk', [0xc4, 0xe3], '你'],
    ['GB2312', [0xc4, 0xe3], '你'],
    ['gb18030', [0x81, 0x30, 0x84, 0x36, 0x95, 0x32, 0x82, 0x36], '¥𠀀'],
    ['big5', [0xa7, 0x41, 0xa1, 0x45], '你•'],
    ['big5hkscs', [0x88, 0x62], 'Ê\u0304'],
    ['cp950', [0xa1, 0x45], '‧'],
    ['shift-jis', [0x82, 0xa0, 0x81, 0x60, 0x81, 0x5c], 'あ〜―'],
    ['sjis', [0x82, 0xa0, 0xb1], 'あｱ'],
    ['cp932', [0x81, 0x60, 0xfc, 0x4b], '～黑'],
    ['shift_jis_2004', [0x82, 0xf5, 0x5c], 'か\u309a¥'],
    ['EUC-JP', [0xa4, 0xa2, 0xa1, 0xc1, 0x8f, 0xa2, 0xb7], 'あ〜~'],
    ['euc_jisx0213', [0xa4, 0xf7], 'か\u309a'],
    ['euc_kr', [0xb0, 0xa1], '가'],
    ['euc_kr', [0xa4, 0xd4, 0xa4, 0xa4, 0xa4, 0xc4, 0xa4, 0xa1], '넥'],
    ['cp949', [0xc1, 0x64, 0x94, 0xee], '햏뷁'],
    ['uhc', [0xc1, 0x64], '햏'],
    ['johab', [0x88, 0x61], '가'],
    ['iso-2022-jp', [0x1b, 0x24, 0x42, 0x21, 0x41, 0x1b, 0x28, 0x42], '〜'],
    ['iso2022_kr', [0x1b, 0x24, 0x29, 0x43, 0x0e, 0x30, 0x21, 0x0f], '가'],
    ['hz', [0x7e, 0x7b, 0x44, 0x63, 0x7e, 0x7d, 0x7e, 0x7e], '你~'],
    ['utf-7', [0x2b, 0x41, 0x4f, 0x6b, 0x2d], 'é'],
    ['utf8', [0xc3, 0xa9], 'é'],
    ['UTF-8-unix', [0xc3, 0xa9], 'é'],
    ['utf_8_sig', [0xc3, 0xa9], 'é'],
    ['cp65001', [0xc3, 0xa9], 'é'],
  ])('reads the cookie %s', async (name, encoded, text) => {
    const cookie = `# -*- coding: ${name} -*-\n`;
    for (const reading of ['text', 'bytes'] as const) {
      expect(await read(bytes(cookie, encoded), reading)).toEqual({ text: cookie + text });
    }
  });

  it.each([
    ['ascii', [0xe9]],
    ['cp1252', [0x81]],
    ['cp1251', [0x98]],
    ['gbk', [0xc4, 0x20]],
    ['cp949', [0xc9, 0xa1]],
    ['euc_kr', [0xa4, 0xd4]],
    ['big5', [0xa1, 0x5a, 0xf9, 0xfe, 0xff]],
    ['shift_jis', [0xa0, 0x40]],
    ['iso2022_jp', [0x1b, 0x24, 0x44]],
    ['utf_7', [0x2b, 0x28]],
    ['utf_7', [0x2b, 0x32, 0x44, 0x30, 0x2d]],
    ['utf-8', [0xe9]],
  ])('names the line of a byte that %s does not have', async (name, encoded) => {
    expect(await read(bytes(`# coding=${name}\nx\n`, encoded, '\n'))).toMatchObject({ line: 3 });
    expect(await read(bytes(`# coding=${name}\nx\n`, encoded, '\n'), 'bytes')).toMatchObject({ line: 3 });
  });

  it.each(['nonsense', 'utf8-sig', '...', 'constructor', 'mbcs'])('does not know the encoding %s', async (name) => {
    expect(await read(bytes(`#coding:${name}\n`))).toEqual({ line: 1, reason: `unknown encoding: ${name}` });
  });

  it.each([
    ['utf-16', 'utf_16'],
    ['utf-16-le', 'utf_16_le'],
    ['U32', 'utf_32'],
    ['cp037', 'cp037'],
    ['ebcdic-cp-us', 'cp037'],
    ['rot13', 'rot_13'],
    ['punycode', 'punycode'],
  ])('refuses %s, which no Python source is in, by name', async (name, codec) => {
    expect(await read(bytes(`#\n#coding:${name} \n`))).toEqual({
      line: 2,
      reason: `Python source cannot be in the encoding ${codec}, in which its coding line would not read as ASCII`,
    });
  });

  it.each(['idna', 'unicode_escape', 'raw-unicode-escape'])('refuses %s, by name', async (name) => {
    const reason = `the lab does not read the encoding ${name.replaceAll('-', '_')}`;
    expect(await read(bytes(`# coding: ${name}\n`))).toEqual({ line: 1, reason });
  });

  it('takes a cookie from the second line only after a blank line or a comment', async () => {
    const cookie = '# vim: set fileencoding=latin-1 :\n';
    expect(await read(bytes('#!/usr/bin/python\n', cookie, [0xe9]))).toHaveProperty('text');
    expect(await read(bytes(' \f\r\n', cookie, [0xe9]))).toHaveProperty('text');
    expect(await read(bytes('x\n', cookie, [0xe9]))).toMatchObject({ line: 3 });
    expect(await read(bytes('\n\n', cookie, [0xe9]))).toMatchObject({ line: 4 });
    expect(await read(bytes('x = "coding: latin-1"\n', [0xe9]))).toMatchObject({ line: 2 });
  });

  it('refuses a cookie that contradicts the byte order mark, even one that only spells UTF-8 otherwise', async () => {
    expect(await read(bytes(MARK, '# coding: latin-1\n'))).toMatchObject({ line: 1 });
    expect(await read(bytes(MARK, '# coding: utf8\n'))).toMatchObject({ line: 1 });
    expect(await read(bytes(MARK, '# coding: UTF_8\n'))).toHaveProperty('text');
  });

  it('fails where the tables that a file needs were not loaded', async () => {
    // a fresh module, since other tests load tables
    vi.resetModules();
    const fresh = await import('./encoding.ts');
    expect(() => fresh.sourceAsUtf8(bytes('# coding: cp1006\n'), 'text')).toThrow(
      /tables of the encoding cp1006 are not loaded/,
    );
  });
});

describe('line ends', () => {
  it('are universal in text, and line feeds alone in bytes', async () => {
    const source = bytes('a\rb\r\nc\r\r\nd\n\re\u0085\u2028\x0b\x1c\f\r');
    const text = { text: 'a\nb\r\nc\n\r\nd\n\ne\u0085\u2028\x0b\x1c\f\n' };
    expect(await read(source, 'text')).toEqual(text);
    expect(await read(source, 'utf8-text')).toEqual(text);
    expect(await read(source, 'bytes')).toEqual({ text: new TextDecoder().decode(source) });
  });

  it('are found after decoding', async () => {
    expect(await read(bytes('# coding: latin-1\rx', [0xe9], '\r'))).toEqual({ text: '# coding: latin-1\nxé\n' });
    // in UTF-7, +AA0- is a carriage return
    expect(await read(bytes('# coding: utf-7\nx+AA0-y'))).toEqual({ text: '# coding: utf-7\nx\ny' });
  });

  it('separate coding lines as python3 separates them', async () => {
    const source = bytes('#!/usr/bin/python\r# coding: latin-1\rx = 1 # ', [0xe9]);
    expect(await read(source, 'text')).toEqual({ text: '#!/usr/bin/python\n# coding: latin-1\nx = 1 # é' });
    expect(await read(source, 'bytes')).toMatchObject({ line: 1 });
    expect(await read(bytes('x = 1\r# coding: nonsense\n'))).toHaveProperty('text');
    expect(await read(bytes('#\r\n\r# coding: nonsense\n'))).toHaveProperty('text');
  });

  it('separate coding lines that need not be UTF-8 in text', async () => {
    const source = bytes('# coding: latin-1 ', [0xe9], '\rx');
    expect(await read(source, 'text')).toEqual({ text: '# coding: latin-1 é\nx' });
    expect(await read(source, 'bytes')).toMatchObject({ line: 1 });
    expect(await read(bytes('# ', [0xe9], '\n# coding: latin-1\n'), 'text')).toMatchObject({ line: 1 });
  });

  it('begin a codec afresh in bytes, not in text', async () => {
    const source = bytes('# coding: iso2022_jp\n', [0x1b, 0x24, 0x42, 0x24, 0x22, 0x0a, 0x24, 0x22, 0x1b, 0x28, 0x42]);
    expect(await read(source, 'text')).toEqual({ text: '# coding: iso2022_jp\nあ\nあ' });
    expect(await read(source, 'bytes')).toEqual({ text: '# coding: iso2022_jp\nあ\n$"' });
  });
});

describe("CodeXGLUE's reading", () => {
  it('is UTF-8 whatever is declared, which is then read as declared', async () => {
    const cookie = '# coding: latin-1\n';
    expect(await read(bytes(cookie, 'x', [0xe9]), 'utf8-text')).toEqual({
      line: 2,
      reason: 'not UTF-8, as which CodeXGLUE reads every file',
    });
    expect(await read(bytes(cookie, 'é'), 'utf8-text')).toEqual({ text: `${cookie}Ã©` });
    expect(await read(bytes('# coding: gbk\n', '你你'), 'utf8-text')).toEqual({ text: '# coding: gbk\n浣犱綘' });
    expect(await read(bytes('# coding: ascii\n', 'é'), 'utf8-text')).toMatchObject({ line: 2 });
    expect(await read(bytes('# coding: nonsense\n'), 'utf8-text')).toMatchObject({ line: 1 });
  });
});
