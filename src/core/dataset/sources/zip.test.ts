import { describe, expect, it } from 'vitest';
import { LabError } from '../../failure.ts';
import { itemsOf, memoryBlob } from '../corpus.fixture.ts';
import { type Contents, zipOf } from './archives.fixture.ts';
import { MOST_FILE_BYTES } from './source.ts';
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
    await expect(readContents([[path, 'x']])).rejects.toThrow(/code.zip names the file .* which lies outside it/);
  });

  it('refuses a path that comes twice', async () => {
    const bytes = renamed(
      await zipOf([
        ['aa.py', 'x'],
        ['bb.py', 'y'],
      ]),
      'bb.py',
      'aa.py',
    );
    await expect(read(bytes)).rejects.toThrow(/code.zip names the file "aa.py" twice/);
  });

  it('refuses a bomb before it unpacks', async () => {
    await expect(readContents([['bomb.py', new Uint8Array(8 * 2 ** 20)]])).rejects.toThrow(/bomb.py in it unpacks to/);
  });

  it('leaves out a file too large to be written by a person', async () => {
    const noise = Uint8Array.from({ length: MOST_FILE_BYTES + 1 }, (_, i) => (i * i * 31) & 0xff);
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
      await expect(read(bytes)).rejects.toThrow(/code.zip cannot be read as a \.zip: .*\. Check that it is whole/);
    }
  });

  it('notices a damaged byte', async () => {
    const bytes = await zipOf([['a.py', Array.from({ length: 500 }, (_, i) => `x${i * i}`).join('\n')]]);
    bytes[200]! ^= 0xff;
    await expect(read(bytes)).rejects.toBeInstanceOf(LabError);
  });
});
