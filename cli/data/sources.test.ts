import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TextReader, Uint8ArrayWriter, ZipWriter } from '@zip.js/zip.js';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { itemsOf } from '#core/data/corpus.fixture.ts';
import { NOTES } from '#core/data/notes.ts';
import { parquetOf, tarballOf } from '#core/data/sources/archives.fixture.ts';
import { type OpenSource, openSource } from './sources.ts';

let top = '';

beforeEach(async () => {
  top = await mkdtemp(join(tmpdir(), 'lab-source-'));
});

afterEach(async () => {
  await rm(top, { recursive: true, force: true });
});

async function textsOf({ source }: OpenSource): Promise<Record<string, string>> {
  const texts: Record<string, string> = {};
  for (const item of await itemsOf(source)) {
    if (item.kind === 'python') texts[item.path] = new TextDecoder().decode(item.bytes);
  }
  return texts;
}

async function writeZip(path: string, files: Record<string, string>): Promise<void> {
  const writer = new ZipWriter(new Uint8ArrayWriter());
  for (const [name, text] of Object.entries(files)) await writer.add(name, new TextReader(text));
  await writeFile(path, await writer.close());
}

describe('dir:', () => {
  it('reads Python files under it, but no hidden, installed or linked ones', async () => {
    for (const folder of ['pkg', '.git', 'node_modules', 'lib/site-packages']) {
      await mkdir(join(top, folder), { recursive: true });
      await writeFile(join(top, folder, 'm.py'), folder);
    }
    await writeFile(join(top, 'UPPER.PY'), 'upper');
    await writeFile(join(top, 'x.pyc'), 'no');
    await symlink(top, join(top, 'pkg', 'loop'));
    await symlink(join(top, 'UPPER.PY'), join(top, 'pkg', 'alias.py'));
    await mkdir(join(top, 'env', 'bin'), { recursive: true });
    await writeFile(join(top, 'env', 'pyvenv.cfg'), '');
    await writeFile(join(top, 'env', 'bin', 'tool.py'), 'tool');
    await writeFile(join(top, 'pkg', '._m.py'), 'resource fork');
    const source = await openSource(`dir:${top}`);
    expect(await textsOf(source)).toEqual({ 'UPPER.PY': 'upper', 'pkg/m.py': 'pkg' });
    expect(source.source.notes).toEqual([
      { what: NOTES.hiddenFolder, count: 1, example: '.git/' },
      { what: NOTES.virtualEnvironment, count: 1, example: 'env/' },
      { what: NOTES.sitePackages, count: 1, example: 'lib/site-packages/' },
      { what: NOTES.nodeModules, count: 1, example: 'node_modules/' },
      { what: NOTES.macMetadata, count: 1, example: 'pkg/._m.py' },
      { what: NOTES.symbolicLink, count: 2, example: 'pkg/alias.py' },
    ]);
  });

  it('has another fingerprint when a name or a byte changes', async () => {
    const fingerprint = async () => (await openSource(`dir:${top}`)).fingerprint();
    await writeFile(join(top, 'a.py'), 'x');
    const first = await fingerprint();
    expect(await fingerprint()).toBe(first);
    await writeFile(join(top, 'a.py'), 'y');
    expect(await fingerprint()).not.toBe(first);
  });
});

describe('zip:', () => {
  it('reads the Python files in it', async () => {
    const path = join(top, 'My Repo-1.0.zip');
    await writeZip(path, { 'repo/a.py': 'a', 'repo/b.txt': 'b', 'repo/inner/c.py': 'é' });
    const source = await openSource(`zip:${path}`);
    expect(source.source.defaultId).toBe('my-repo-1-0');
    expect(await textsOf(source)).toEqual({ 'repo/a.py': 'a', 'repo/inner/c.py': 'é' });
  });

  it('says so when it is no archive', async () => {
    const path = join(top, 'x.zip');
    await writeFile(path, 'not a zip');
    await expect(textsOf(await openSource(`zip:${path}`))).rejects.toThrow(/cannot be read as a \.zip/);
  });
});

describe('tar:', () => {
  it('reads the Python files in it', async () => {
    const path = join(top, 'repo-1.0.tar.gz');
    await writeFile(
      path,
      await tarballOf([
        ['repo/a.py', 'a'],
        ['repo/b.py', { hardLink: 'repo/a.py' }],
      ]),
    );
    const source = await openSource(`tar:${path}`);
    expect(source.source.defaultId).toBe('repo-1-0');
    expect(await textsOf(source)).toEqual({ 'repo/a.py': 'a', 'repo/b.py': 'a' });
  });
});

describe('parquet:', () => {
  it('takes parts by folder, and follows links to files, of which Hugging Face’s cache is made', async () => {
    await writeFile(join(top, 'blob'), parquetOf([['<s>', 'x', '</s>']]));
    const folder = join(top, 'train');
    await mkdir(folder);
    await symlink('../blob', join(folder, '0000.parquet'));
    for (const chosen of [top, folder]) {
      const items = await itemsOf((await openSource(`parquet:${chosen}`)).source);
      expect(items.map(({ part, path }) => [part, path])).toEqual([['train', 'train/0000.parquet:1']]);
    }
  });
});

describe('openSource', () => {
  it.each([
    'nonsense',
    'dir:',
    'dir:/does/not/exist',
    'zip:',
    'zip:/does/not/exist.zip',
    'tar:',
    'tar:/does/not/exist.tar',
    'codexglue:/',
    'parquet:/etc/apt',
    'parquet:https://',
    'py150:',
    '',
  ])('refuses %j with exit code 2', async (text) => {
    await expect(openSource(text)).rejects.toMatchObject({ exitCode: 2 });
  });
});
