import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { BuiltSite } from '#core/site/builtSite.ts';
import { tellServiceWorker } from './builtSite.ts';

const folders: string[] = [];
afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true });
});

async function folderOf(files: Readonly<Record<string, string>>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'built-site-'));
  folders.push(folder);
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
  return folder;
}

async function told(folder: string): Promise<{ site: BuiltSite; rest: string }> {
  const [line = '', ...rest] = (await readFile(join(folder, 'service-worker.js'), 'utf8')).split('\n');
  const site = JSON.parse(/^self\.site=(.*);$/.exec(line)?.[1] ?? 'null') as BuiltSite;
  return { site, rest: rest.join('\n') };
}

const BUILT = {
  'index.html': '<p>',
  'assets/a-1.js': 'a',
  'assets/a-1.js.map': 'left out',
  'service-worker.js': '(program)\n',
  'datasets/index.json': 'left out',
  'models/large/lstm.f16.safetensors': 'left out'.padEnd(4_000_001),
  'models/small/lstm.f16.safetensors': 'kept',
};

describe('tellServiceWorker', () => {
  it('lists the files of the build and of the public folder, each with its hash', async () => {
    const folder = await folderOf(BUILT);
    const publicFolder = await folderOf({ 'favicon.svg': '<svg>', 'icons/one.png': 'png', 'datasets/index.json': '' });
    await tellServiceWorker(folder, publicFolder);
    const { site, rest } = await told(folder);
    expect(site.files.map(({ address }) => address)).toEqual([
      '',
      'assets/a-1.js',
      'favicon.svg',
      'icons/one.png',
      'models/small/lstm.f16.safetensors',
    ]);
    expect(site.files[0]?.sha256).toBe(createHash('sha256').update('<p>').digest('hex'));
    expect(rest).toBe('(program)\n');
  });

  it('replaces its own line, and changes the version with any file alone', async () => {
    const folder = await folderOf(BUILT);
    await tellServiceWorker(folder);
    const first = await told(folder);
    await tellServiceWorker(folder);
    expect(await told(folder)).toEqual(first);
    await writeFile(join(folder, 'index.html'), '<p>newer');
    await tellServiceWorker(folder);
    const second = await told(folder);
    expect(second.site.version).not.toBe(first.site.version);
    expect(second.rest).toBe(first.rest);
  });
});
