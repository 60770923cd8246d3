import { describe, expect, it } from 'vitest';
import { itemsOf, memoryBlob, notesOf, textsOf } from '../corpus.fixture.ts';
import { NOTES } from '../notes.ts';
import { type Contents, tarballOf, tarOf } from './archives.fixture.ts';
import { tarSource } from './tarball.ts';

const read = (bytes: Uint8Array, path = 'code.tar.gz') => itemsOf(tarSource({ path, blob: memoryBlob(bytes) }));
const readContents = async (contents: Contents) => read(await tarballOf(contents));

describe('tarSource', () => {
  it('reads the Python files in it, packed with gzip or not, by whichever name', async () => {
    const contents: Contents = [
      ['repo-1.0/a.py', 'a'],
      ['./repo-1.0/inner/b.py', 'b'],
      ['repo-1.0/README.md', 'c'],
    ];
    const texts = { 'repo-1.0/a.py': 'a', 'repo-1.0/inner/b.py': 'b' };
    expect(textsOf(await readContents(contents))).toEqual(texts);
    expect(textsOf(await read(await tarballOf(contents), 'code.tar'))).toEqual(texts);
    expect(textsOf(await read(await tarOf(contents), 'code.tar'))).toEqual(texts);
  });

  it('reads a hard link as the file it points to, though it be one that is left out or replaced later', async () => {
    const items = await readContents([
      ['a.py', 'a'],
      ['link.py', { hardLink: 'a.py' }],
      ['again.py', { hardLink: './link.py' }],
      ['.cache/c.py', 'c'],
      ['from-cache.py', { hardLink: '.cache/c.py' }],
      ['a.py', 'newer'],
      ['late.py', { hardLink: 'a.py' }],
      ['nowhere.py', { hardLink: 'gone.py' }],
    ]);
    expect(textsOf(items)).toEqual({
      'a.py': 'newer',
      'link.py': 'a',
      'again.py': 'a',
      'from-cache.py': 'c',
      'late.py': 'newer',
    });
    expect(notesOf(items)).toEqual([
      [NOTES.twice, 1, 'a.py'],
      [NOTES.hiddenFolder, 1, '.cache/'],
      [NOTES.symbolicLink, 1, 'nowhere.py'],
    ]);
  });

  it('leaves out what a folder leaves out, and follows no symbolic link', async () => {
    const items = await readContents([
      ['repo/a.py', 'a'],
      ['repo/alias.py', { symlink: 'a.py' }],
      ['repo/._a.py', 'resource fork'],
      ['repo/env/bin/tool.py', 'x'],
      ['repo/env/pyvenv.cfg', ''],
      ['repo/node_modules/b.py', 'b'],
    ]);
    expect(textsOf(items)).toEqual({ 'repo/a.py': 'a' });
    expect(notesOf(items)).toEqual([
      [NOTES.macMetadata, 1, 'repo/._a.py'],
      [NOTES.virtualEnvironment, 1, 'repo/env/'],
      [NOTES.nodeModules, 1, 'repo/node_modules/'],
      [NOTES.symbolicLink, 1, 'repo/alias.py'],
    ]);
  });

  it.each(['../x.py', '/x.py', 'C:\\x.py'])('refuses the path %s', async (path) => {
    await expect(readContents([[path, 'x']])).rejects.toThrow(/code.tar.gz names the file .* which is outside it/);
  });

  it.each([
    ['code.tar.gz', /cannot be read as a \.tar\.gz/],
    ['code.tar', /cannot be read as a \.tar: /],
  ])('says so of one that is none, or cut off: %s', async (path, message) => {
    await expect(read(new TextEncoder().encode('no tarball'.repeat(100)), path)).rejects.toThrow(message);
    const whole = path.endsWith('gz') ? await tarballOf([['a.py', 'a']]) : await tarOf([['a.py', 'a']]);
    await expect(read(whole.slice(0, whole.length - (path.endsWith('gz') ? 20 : 1100)), path)).rejects.toThrow(message);
  });

  it.each([
    ['xz', [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]],
    ['bzip2', [0x42, 0x5a, 0x68, 0x39]],
    ['zstd', [0x28, 0xb5, 0x2f, 0xfd]],
  ])('says that it does not unpack %s', async (packer, bytes) => {
    await expect(read(Uint8Array.from(bytes), 'code.tar')).rejects.toThrow(`code.tar is compressed with ${packer}`);
  });

  it('knows py150 by its lists, and says how it has to be called', async () => {
    await expect(readContents([['python100k_train.txt', 'data/a.py']])).rejects.toThrow(
      /Rename it to py150_files.tar.gz/,
    );
  });
});
