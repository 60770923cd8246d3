import { describe, expect, it } from 'vitest';
import { itemsOf, memoryBlob, notesOf, textsOf } from '../corpus.fixture.ts';
import { NO_LITERALS, textOf } from '../../python/lexer/tokens.ts';
import { readCorpus } from '../corpus.ts';
import { NOTES } from '../notes.ts';
import { type Contents, py150Of, tarballOf } from './archives.fixture.ts';
import { py150Source } from './py150.ts';

const source = (bytes: Uint8Array) => py150Source({ path: 'py150_files.tar.gz', blob: memoryBlob(bytes) });
const names = Array.from({ length: 20 }, (_, i) => `data/u/${i}.py`);

describe('py150Source', () => {
  it('takes parts and order from the lists, and keeps what fails as an empty row', async () => {
    const files = [...names, 'data/t.py', 'data/unlisted.py']
      .toReversed()
      .map((path, i): [string, string] => [path, path === 'data/u/3.py' ? 'f(' : `x${i}`]);
    const corpus = await readCorpus(source(await py150Of(names, ['data/t.py', 'data/gone.py'], files)));
    expect(corpus.files.map(({ path, part }) => [path, part])).toEqual([
      ...names.slice(0, 19).map((path) => [path, 'train']),
      ['data/u/19.py', 'dev'],
      ['data/t.py', 'test'],
      ['data/gone.py', 'test'],
    ]);
    expect(corpus.files.filter(({ tokens }) => tokens.length === 0).map(({ path }) => path)).toEqual([
      'data/u/3.py',
      'data/gone.py',
    ]);
    expect(corpus.skipped.map(({ reason }) => reason)).toEqual([
      'the file ends inside brackets; kept as an empty row',
      'listed, but missing; kept as an empty row',
    ]);
  });

  it('reads files as CodeXGLUE does: UTF-8 with universal newlines, whatever they declare', async () => {
    const bytes = (text: string) => Uint8Array.from(text, (letter) => letter.charCodeAt(0));
    const files: [string, string | Uint8Array<ArrayBuffer>][] = names.map((path) => [path, 'x\n']);
    files[0] = [names[0]!, '#!/usr/bin/python\rx = 1\ry = 2'];
    files[1] = [names[1]!, bytes('# coding: latin-1\nx = "\xe9"\n')];
    files[2] = [names[2]!, '# coding: latin-1\né = 1\n'];
    files[3] = [names[3]!, bytes('\xef\xbb\xbfx = 1\r\r\ny\r\n')];
    const corpus = await readCorpus(source(await py150Of(names, [], files)));
    const { table } = corpus;
    const tokens = corpus.files
      .slice(0, 4)
      .map((file) => Array.from(file.tokens, (id) => textOf(table.token(id), NO_LITERALS)).join(' '));
    expect(tokens).toEqual(['x = <NUM_LIT> <EOL> y = <NUM_LIT>', '', 'Ã © = <NUM_LIT>', 'x = <NUM_LIT> <EOL> y']);
    expect(corpus.skipped).toEqual([
      { path: names[1], line: 2, reason: 'not UTF-8, as which CodeXGLUE reads every file; kept as an empty row' },
    ]);
    expect(corpus.reading).toBe('utf8-text');
  });

  it('reads hard links as the files they point to, follows no others, and takes the last of a name', async () => {
    const files: Contents = [
      ['data/unlisted.py', 'linked'],
      ...names.map((path): [string, string] => [path, 'x']),
      ['data/t.py', { hardLink: 'data/unlisted.py' }],
      ['data/u/1.py', 'newer'],
      ['data/s.py', { symlink: 't.py' }],
    ];
    const items = await itemsOf(source(await py150Of(names, ['data/t.py', 'data/s.py'], files)));
    expect(textsOf(items)).toMatchObject({ 'data/t.py': 'linked', 'data/u/1.py': 'newer', 'data/u/2.py': 'x' });
    expect(items.filter(({ kind }) => kind === 'unreadable')).toMatchObject([
      { path: 'data/s.py', reason: 'a link, which is not followed' },
    ]);
    expect(notesOf(items)).toEqual([[NOTES.twice, 1, 'data/u/1.py']]);
  });

  it('says so of a tarball that is cut off, of another kind, or none', async () => {
    const whole = await py150Of(
      names,
      ['data/t.py'],
      names.map((path) => [path, `${path.repeat(50)} = 1`]),
    );
    await expect(itemsOf(source(whole.subarray(0, whole.length - 200)))).rejects.toThrow(
      /py150_files.tar.gz cannot be read/,
    );
    await expect(itemsOf(source(new TextEncoder().encode('no tarball')))).rejects.toThrow(
      /cannot be read as a \.tar\.gz/,
    );
    await expect(itemsOf(source(await tarballOf([['a.py', 'x']])))).rejects.toThrow(/has no python100k_train.txt/);
  });

  it('says so where the tarball within it is cut off', async () => {
    const inner = await tarballOf(names.map((path, i) => [path, `x${i * 7919}\n`.repeat(100)]));
    const bytes = await tarballOf([
      ['python100k_train.txt', names.join('\n')],
      ['python50k_eval.txt', 'data/t.py'],
      ['data.tar.gz', inner.slice(0, inner.length - 100)],
    ]);
    await expect(itemsOf(source(bytes))).rejects.toThrow(/data.tar.gz in py150_files.tar.gz cannot be read/);
  });

  it.each(['../x.py', '/x.py'])('refuses the path %s', async (path) => {
    await expect(itemsOf(source(await py150Of(names, [path], [[path, 'x']])))).rejects.toThrow(/is outside it/);
  });
});
