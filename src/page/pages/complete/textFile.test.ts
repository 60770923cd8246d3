import { expect, it } from 'vitest';
import { MAX_TEXT } from './editor/textLimit.ts';
import { readTextFile } from './textFile.ts';

const file = (bytes: BlobPart, name = 'a.py') => new File([bytes], name);

it('reads text, and leaves out what only says that it is UTF-8', async () => {
  await expect(readTextFile(file('x = "é"\r\n'))).resolves.toBe('x = "é"\r\n');
  await expect(readTextFile(file('\uFEFFx = 1'))).resolves.toBe('x = 1');
  await expect(readTextFile(file('x'.repeat(MAX_TEXT)))).resolves.toHaveLength(MAX_TEXT);
});

it('reads the encoding that a file declares', async () => {
  const bytes = Uint8Array.from([...new TextEncoder().encode('# coding: cp949\r\n'), 0xc1, 0x64]);
  await expect(readTextFile(file(bytes))).resolves.toBe('# coding: cp949\r\n햏');
});

it('refuses what is too large or no text, by name', async () => {
  const refused = (what: string) => ({ failure: { kind: 'bad-input', what } });
  await expect(readTextFile(file('x'.repeat(MAX_TEXT + 1), 'large.py'))).rejects.toMatchObject(
    refused('large.py has 300 kB. The editor accepts at most 300 kB.'),
  );
  await expect(readTextFile(file(Uint8Array.of(0xff, 0x41), 'a.pyc'))).rejects.toMatchObject(
    refused('a.pyc is not Python code: line 1: not UTF-8, and no other encoding is declared before it.'),
  );
  await expect(readTextFile(file('a\0b', 'zero.py'))).rejects.toMatchObject(
    refused('zero.py is not a text file: it contains zero bytes.'),
  );
});
