import { describe, expect, it } from 'vitest';
import { memoryBlob } from '../corpus.fixture.ts';
import { NOTES } from '../notes.ts';
import { isPythonFile } from './source.ts';
import { type TreeEntry, walkTree } from './walk.ts';

const file = (name: string): TreeEntry => ({ kind: 'file', name, open: () => Promise.resolve(memoryBlob(name)) });
const folder = (name: string, ...inner: TreeEntry[]): TreeEntry => ({
  kind: 'folder',
  name,
  list: () => Promise.resolve(inner),
});
const closed = (name: string): TreeEntry => ({
  kind: 'folder',
  name,
  list: () => Promise.reject(new Error(`${name} was looked into`)),
});

describe('walkTree', () => {
  it('leaves out copies, links and devices, without a look into folders known by their names', async () => {
    const { files, notes, passedOver } = await walkTree(
      [
        folder(
          '.dotfiles',
          file('a.py'),
          file('._a.py'),
          file('notes.md'),
          file('old.tar.gz'),
          closed('.git'),
          closed('.venv'),
          closed('node_modules'),
          folder('env', file('pyvenv.cfg'), folder('bin', file('tool.py'))),
          folder('conda', folder('conda-meta'), folder('lib', file('os.py'))),
          folder('deep', folder('er', file('b.py'))),
          { kind: 'link', name: 'loop' },
          { kind: 'special', name: 'pipe' },
        ),
        closed('__MACOSX'),
      ],
      isPythonFile,
    );
    expect(files.map(({ path }) => path)).toEqual(['.dotfiles/a.py', '.dotfiles/deep/er/b.py']);
    expect(passedOver).toBe(3);
    expect(notes).toEqual([
      { what: NOTES.macMetadata, count: 2, example: '.dotfiles/._a.py' },
      { what: NOTES.archiveInside, count: 1, example: '.dotfiles/old.tar.gz' },
      { what: NOTES.hiddenFolder, count: 1, example: '.dotfiles/.git/' },
      { what: NOTES.virtualEnvironment, count: 3, example: '.dotfiles/.venv/' },
      { what: NOTES.nodeModules, count: 1, example: '.dotfiles/node_modules/' },
      { what: NOTES.symbolicLink, count: 1, example: '.dotfiles/loop' },
      { what: NOTES.special, count: 1, example: '.dotfiles/pipe' },
    ]);
  });

  it('keeps the order of a folder, whichever file opens first', async () => {
    let opened = 0;
    const slow = (name: string, wait: number): TreeEntry => ({
      kind: 'file',
      name,
      open: async () => {
        await new Promise((resolve) => setTimeout(resolve, wait));
        opened++;
        return memoryBlob(name);
      },
    });
    const found: number[] = [];
    const { files } = await walkTree([folder('x', slow('b.py', 20), slow('a.py', 0))], isPythonFile, (files) =>
      found.push(files),
    );
    expect(files.map(({ path }) => path)).toEqual(['x/b.py', 'x/a.py']);
    expect([opened, found]).toEqual([2, [1, 2]]);
  });
});
