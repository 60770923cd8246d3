import { describe, expect, it } from 'vitest';
import { itemsOf, memoryFiles, notesOf, textsOf } from '../corpus.fixture.ts';
import { NOTES } from '../notes.ts';
import { tarballOf, zipOf } from './archives.fixture.ts';
import { recogniseFiles, recogniseSource } from './recognise.ts';

const kindOf = (...paths: string[]) =>
  recogniseSource(memoryFiles(Object.fromEntries(paths.map((path) => [path, ''])))).facts.kind;

describe('recogniseSource', () => {
  it.each([
    ['zip', ['Code.ZIP']],
    ['py150', ['py150_files.tar.gz']],
    ['codexglue', ['set/train.txt', 'set/dev.txt', 'set/notes.md']],
    ['parquet', ['train-00000-of-00001.parquet', 'README.md']],
    ['dir', ['lib/a.py', 'lib/b.txt']],
    ['dir', ['a.py']],
    ['dir', ['lib/train.txt', 'lib/train.py']],
    ['dir', ['lib/a.py', 'lib/tests/sales.parquet', 'lib/tests/train-0.parquet']],
    ['dir', ['lib/a.py', 'lib/data.zip', 'lib/data.tar.gz']],
    ['tar', ['repo-1.0.tar.gz']],
    ['tar', ['repo.tar']],
    ['tar', ['repo.tgz']],
    ['zip', ['downloads/code.zip', 'downloads/notes.md']],
    ['archives', ['a.zip', 'b.zip']],
    ['archives', ['downloads/a.zip', 'downloads/b.tar.gz']],
    ['archives', ['a.zip', 'b.py']],
    ['archives', ['a.zip', 'lib/b.py']],
    ['parquet', ['python/train/0000.parquet', 'python/test/0000.parquet', '._0000.parquet']],
    ['parquet', ['train-0.parquet', 'a.zip']],
    ['codexglue', ['train.txt', '._a.py']],
  ])('takes for %s: %j', (kind, paths) => {
    expect(kindOf(...paths)).toBe(kind);
  });

  it('names a folder after its top, and passes over copies in it', async () => {
    const paths = ['lib/a.py', 'lib/.git/b.py', 'lib/node_modules/c.py', 'lib/inner/d.py'];
    const source = recogniseSource(memoryFiles(Object.fromEntries(paths.map((path) => [path, 'x']))));
    expect(source.facts.title).toBe('lib');
    expect((await itemsOf(source)).map(({ path }) => path)).toEqual(['a.py', 'inner/d.py']);
  });

  it.each([[[]], [['photo.jpg']], [['._a.py']], [['lib/node_modules/a.py']]])(
    'says what it reads, given %j',
    (paths) => {
      expect(() => kindOf(...paths)).toThrow(/found nothing that it can read in .*\. Choose a folder/);
    },
  );

  it('says what it leaves out, and leaves in a chosen folder whatever its name', () => {
    const { source, used } = recogniseFiles(
      memoryFiles({ '.dot/a.py': 'a', '.dot/.git/b.py': 'b', '.dot/env/pyvenv.cfg': '', '.dot/env/c.py': 'c' }),
      [{ what: NOTES.symbolicLink, count: 2, example: '.dot/loop' }],
    );
    expect(used.map(({ path }) => path)).toEqual(['.dot/a.py']);
    expect(source.notes).toEqual([
      { what: NOTES.symbolicLink, count: 2, example: '.dot/loop' },
      { what: NOTES.hiddenFolder, count: 1, example: '.dot/.git/' },
      { what: NOTES.virtualEnvironment, count: 1, example: '.dot/env/' },
    ]);
  });

  it('says which archives inside code stay packed', () => {
    const { source } = recogniseFiles(memoryFiles({ 'lib/a.py': 'a', 'lib/data.zip': 'b', 'lib/x/data.tgz': 'c' }));
    expect(source.notes).toEqual([{ what: NOTES.archiveInside, count: 2, example: 'lib/data.zip' }]);
  });

  it('reads archives together, each as a folder, and files beside them', async () => {
    const { source, used } = recogniseFiles(
      memoryFiles({
        'lib.zip': await zipOf([
          ['a.py', 'a'],
          ['.git/x.py', 'x'],
        ]),
        'lib.tar.gz': await tarballOf([['a.py', 'b']]),
        'more.ZIP': await zipOf([['top/c.py', 'c']]),
        'loose.py': 'd',
        'notes.md': 'e',
      }),
    );
    expect(used).toHaveLength(4);
    expect(source.facts.title).toBe('lib, lib and 2 more');
    const items = await itemsOf(source);
    expect(textsOf(items)).toEqual({
      'lib/a.py': 'a',
      'lib (2)/a.py': 'b',
      'more/top/c.py': 'c',
      'My files/loose.py': 'd',
    });
    expect(notesOf(items)).toEqual([[NOTES.hiddenFolder, 1, 'lib/.git/']]);
  });

  it('does not mix a published set with other archives', () => {
    expect(() => kindOf('a.zip', 'py150_files.tar.gz')).toThrow(
      /py150_files.tar.gz is a published data set .* Choose only this file/,
    );
  });
});
