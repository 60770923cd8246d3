import { describe, expect, it } from 'vitest';
import { NOTES } from '#core/data/notes.ts';
import { gatherEntries, gatherFiles, isWanted, type DroppedEntry } from './gather.ts';

const file = (name: string): DroppedEntry => ({
  kind: 'file',
  name,
  open: () => Promise.resolve(new Blob([name])),
});
const folder = (name: string, ...inner: DroppedEntry[]): DroppedEntry => ({
  kind: 'folder',
  name,
  list: () => Promise.resolve(inner),
});

describe('what is wanted', () => {
  it('is what a data set can be made of', () => {
    const wanted = [
      'a.py',
      'B.PY',
      'x.zip',
      'train.txt',
      'dev.txt',
      'train-0.parquet',
      'py150_files.tar.gz',
      'a.tgz',
      'a.tar',
    ];
    expect(wanted.filter(isWanted)).toEqual(wanted);
    expect(['a.pyc', 'notes.txt', 'a.tar.xz', 'README.md', 'py'].filter(isWanted)).toEqual([]);
  });
});

describe('a dropped folder', () => {
  it('is walked to its ends, less what holds copies', async () => {
    const found: number[] = [];
    const dropped = folder(
      'lib',
      file('a.py'),
      file('README.md'),
      folder('.git', file('hook.py')),
      folder('node_modules', file('b.py')),
      folder('deep', folder('er', file('c.py'))),
    );
    const gathered = await gatherEntries([dropped], (files) => found.push(files));
    expect(gathered.files.map(({ path }) => path)).toEqual(['lib/a.py', 'lib/deep/er/c.py']);
    expect(gathered).toMatchObject({
      passedOver: 1,
      name: 'lib',
      notes: [
        { what: NOTES.hiddenFolder, count: 1, example: 'lib/.git/' },
        { what: NOTES.nodeModules, count: 1, example: 'lib/node_modules/' },
      ],
    });
    expect(found).toEqual([1, 2]);
  });

  it('that cannot be read says so', async () => {
    const broken: DroppedEntry = { kind: 'folder', name: 'lib', list: () => Promise.reject(new Error('gone')) };
    await expect(gatherEntries([broken])).rejects.toThrow('gone');
  });
});

describe('files of an input', () => {
  it('keep the path from the top of the chosen folder', () => {
    const inFolder = (path: string) => {
      const one = new File(['x'], path.slice(path.lastIndexOf('/') + 1));
      Object.defineProperty(one, 'webkitRelativePath', { value: path });
      return one;
    };
    const paths = ['lib/a.py', 'lib/.venv/b.py', 'lib/env/pyvenv.cfg', 'lib/env/c.py', 'lib/._a.py', 'lib/notes.md'];
    const gathered = gatherFiles(paths.map(inFolder));
    expect(gathered.files.map(({ path }) => path)).toEqual(['lib/a.py']);
    expect(gathered).toMatchObject({
      passedOver: 5,
      name: 'lib',
      notes: [
        { what: NOTES.virtualEnvironment, count: 2, example: 'lib/.venv/' },
        { what: NOTES.macMetadata, count: 1, example: 'lib/._a.py' },
      ],
    });
  });

  it('are named by their number where they are several', () => {
    expect(gatherFiles([new File(['x'], 'a.md'), new File(['x'], 'b.md')])).toMatchObject({
      files: [],
      name: 'the 2 files',
    });
  });
});
