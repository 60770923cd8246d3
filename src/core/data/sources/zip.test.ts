import { TextReader, Uint8ArrayWriter, ZipWriter } from '@zip.js/zip.js';
import { describe, expect, it } from 'vitest';
import { LabError } from '../../failure.ts';
import { itemsOf, memoryBlob, notesOf, textsOf } from '../corpus.fixture.ts';
import { readCorpus } from '../corpus.ts';
import { NOTES } from '../notes.ts';
import { type Contents, zipOf } from './archives.fixture.ts';
import { MAX_FILE_BYTES } from './source.ts';
import { zipSource } from './zip.ts';

const read = (bytes: Uint8Array) => itemsOf(zipSource({ path: 'code.zip', blob: memoryBlob(bytes) }));
const readContents = async (contents: Contents) => read(await zipOf(contents));

/** Overwrites a name of one length by another, in both places where a .zip has it. */
function renamed(bytes: Uint8Array, from: string, to: string): Uint8Array {
  const latin1 = Array.from(bytes, (byte) => String.fromCharCode(byte)).join('');
  return Uint8Array.from(latin1.replaceAll(from, to), (char) => char.charCodeAt(0));
}

describe('zipSource', () => {
  it('reads the Python files in it', async () => {
    const items = await readContents([
      ['repo/a.py', 'a'],
      ['repo/b.txt', 'b'],
      ['./repo\\inner\\c.py', 'é'],
    ]);
    expect(items.map(({ path }) => path)).toEqual(['repo/a.py', 'repo/inner/c.py']);
  });

  it.each(['../x.py', '/etc.py', 'C:/a.py', 'a/../b.py', '..\\x.py'])('refuses the path %s', async (path) => {
    await expect(readContents([[path, 'x']])).rejects.toThrow(/code.zip names the file .* which is outside it/);
  });

  it('takes the last of files of one name, and says so once', async () => {
    const bytes = renamed(
      await zipOf([
        ['repo/aa.py', 'first'],
        ['repo/bb.py', 'second'],
        ['repo/cc.py', 'other'],
      ]),
      'bb.py',
      'aa.py',
    );
    const items = await read(bytes);
    expect(items.filter(({ kind }) => kind === 'note')).toEqual([
      { kind: 'note', what: NOTES.twice, count: 1, path: 'repo/aa.py' },
    ]);
    expect(textsOf(items)).toEqual({ 'repo/aa.py': 'second', 'repo/cc.py': 'other' });
  });

  it('does not follow symbolic links: their content is a path', async () => {
    const items = await readContents([
      ['repo/a.py', 'a'],
      ['repo/alias.py', { symlink: 'a.py' }],
      ['repo/docs', { symlink: '../../etc' }],
    ]);
    expect(textsOf(items)).toEqual({ 'repo/a.py': 'a' });
    expect(notesOf(items)).toEqual([[NOTES.symbolicLink, 2, 'repo/alias.py']]);
  });

  it('leaves out what a folder leaves out, and says what', async () => {
    const items = await readContents([
      ['.repo/a.py', 'a'],
      ['.repo/.venv/lib/x.py', 'x'],
      ['.repo/env/pyvenv.cfg', ''],
      ['.repo/env/Scripts/y.py', 'y'],
      ['.repo/env/Scripts/z.py', 'z'],
      ['.repo/lib/site-packages/w.py', 'w'],
      ['.repo/._a.py', new Uint8Array([0, 5, 22, 7])],
      ['__MACOSX/.repo/._a.py', new Uint8Array([0, 5, 22, 7])],
      ['.repo/inner.zip', 'packed'],
    ]);
    expect(textsOf(items)).toEqual({ '.repo/a.py': 'a' });
    expect(notesOf(items)).toEqual([
      [NOTES.virtualEnvironment, 2, '.repo/.venv/'],
      [NOTES.sitePackages, 1, '.repo/lib/site-packages/'],
      [NOTES.macMetadata, 2, '.repo/._a.py'],
      [NOTES.archiveInside, 1, '.repo/inner.zip'],
    ]);
  });

  it('says that files are encrypted', async () => {
    const writer = new ZipWriter(new Uint8ArrayWriter());
    await writer.add('a.py', new TextReader('a = 1'), { password: 'secret', zipCrypto: true });
    const zip = new Uint8Array(await writer.close());
    await expect(readCorpus(zipSource({ path: 'code.zip', blob: memoryBlob(zip) }))).resolves.toMatchObject({
      skipped: [{ path: 'a.py', reason: 'encrypted with a password' }],
    });
  });

  it.each([
    ['UTF-8 with or without a flag', [0xc3, 0xa9], 'é.py'],
    ['otherwise code page 437', [0x82, 0x2d], 'é-.py'],
  ])('reads names as %s', async (_, bytes, name) => {
    const [first = 0, second = 0] = bytes;
    const from = 'zz.py';
    const zip = await zipOf([[from, 'x']]);
    const written = renamed(zip, from, String.fromCharCode(first, second) + from.slice(2));
    expect((await read(written)).map(({ path }) => path)).toEqual([name]);
  });

  it('refuses a bomb before it unpacks', async () => {
    await expect(readContents([['bomb.py', new Uint8Array(8 * 2 ** 20)]])).rejects.toThrow(
      /its file bomb.py unpacks to/,
    );
  });

  it('leaves out a file too large to be written by a person', async () => {
    const noise = Uint8Array.from({ length: MAX_FILE_BYTES + 1 }, (_, i) => (i * i * 31) & 0xff);
    expect(await readContents([['large.py', noise]])).toMatchObject([
      { kind: 'unreadable', reason: 'larger than 16 MiB' },
    ]);
  });

  it('says so of one that is cut off, empty, or none at all', async () => {
    const whole = await zipOf([['a.py', 'a = 1\n'.repeat(1000)]]);
    for (const bytes of [
      whole.subarray(0, whole.length - 30),
      whole.subarray(20),
      new Uint8Array(),
      new TextEncoder().encode('no zip'),
    ]) {
      await expect(read(bytes)).rejects.toThrow(/code.zip cannot be read as a \.zip: .*\. It may be incomplete/);
    }
  });

  it('notices a damaged byte', async () => {
    const bytes = await zipOf([['a.py', Array.from({ length: 500 }, (_, i) => `x${i * i}`).join('\n')]]);
    bytes[200]! ^= 0xff;
    await expect(read(bytes)).rejects.toBeInstanceOf(LabError);
  });
});
