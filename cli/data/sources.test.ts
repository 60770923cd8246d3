import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TextReader, Uint8ArrayWriter, ZipWriter } from '@zip.js/zip.js';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { itemsOf } from '../../src/core/dataset/corpus.fixture.ts';
import { idFrom } from '../../src/core/dataset/sources/source.ts';
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
    const source = await openSource(`dir:${top}`);
    expect(await textsOf(source)).toEqual({ 'UPPER.PY': 'upper', 'pkg/m.py': 'pkg' });
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

describe('openSource', () => {
  it.each([
    'nonsense',
    'dir:',
    'dir:/does/not/exist',
    'zip:',
    'zip:/does/not/exist.zip',
    'codexglue:/',
    'parquet:/etc/apt',
    'parquet:https://',
    'py150:',
    '',
  ])('refuses %j with exit code 2', async (text) => {
    await expect(openSource(text)).rejects.toMatchObject({ exitCode: 2 });
  });
});

describe('idFrom', () => {
  it.each([
    ['My Code', 'my-code'],
    ['--x__y..z--', 'x-y-z'],
    ['名', 'dataset'],
    ['a'.repeat(100), 'a'.repeat(64)],
  ])('makes an id of %s', (name, id) => {
    expect(idFrom(name)).toBe(id);
  });
});
