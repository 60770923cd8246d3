import { describe, expect, it } from 'vitest';
import { itemsOf, memoryFiles } from '../corpus.fixture.ts';
import { recogniseSource } from './recognise.ts';

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
  ])('takes for %s: %j', (kind, paths) => {
    expect(kindOf(...paths)).toBe(kind);
  });

  it('names a folder after its top, and passes over copies in it', async () => {
    const paths = ['lib/a.py', 'lib/.git/b.py', 'lib/node_modules/c.py', 'lib/inner/d.py'];
    const source = recogniseSource(memoryFiles(Object.fromEntries(paths.map((path) => [path, 'x']))));
    expect(source.facts.title).toBe('lib');
    expect((await itemsOf(source)).map(({ path }) => path)).toEqual(['a.py', 'inner/d.py']);
  });

  it.each([[[]], [['photo.jpg']], [['a.zip', 'b.zip']], [['.git/a.py', '.git/b.py'].slice(0, 0)]])(
    'says what it reads, given %j',
    (paths) => {
      expect(() => kindOf(...paths)).toThrow(/nothing in .* that the lab can read\. Choose a folder/);
    },
  );
});
