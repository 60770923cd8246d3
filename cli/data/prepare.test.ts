import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseOffers } from '#core/data/offers.ts';
import { prepareDataset } from './prepare.ts';

let top = '';
let code = '';
let out = '';

beforeEach(async () => {
  top = await mkdtemp(join(tmpdir(), 'lab-data-'));
  code = join(top, 'My Code');
  out = join(top, 'out');
  await mkdir(join(code, 'inner'), { recursive: true });
  await writeFile(join(code, 'a.py'), 'a = 1\n');
  await writeFile(join(code, 'inner', 'b.py'), 'b = "x"\n');
  await writeFile(join(code, 'broken.py'), 'f(\n');
  await writeFile(join(code, 'notes.txt'), 'not Python');
});

afterEach(async () => {
  await rm(top, { recursive: true, force: true });
});

const prepare = (options: Partial<Parameters<typeof prepareDataset>[0]> = {}) =>
  prepareDataset({ source: `dir:${code}`, out, length: 8, ...options });

describe('prepareDataset', () => {
  it('writes manifest, shards and the list of what is offered, and nothing else', async () => {
    const { manifest, folder, upToDate } = await prepare();
    expect(upToDate).toBe(false);
    expect(folder).toBe(join(out, 'my-code'));
    expect(manifest.counts.files).toBe(2);
    expect(manifest.skipped).toEqual([{ path: 'broken.py', line: 2, reason: 'the file ends inside brackets' }]);
    expect((await readdir(folder)).toSorted()).toEqual(['fingerprint.txt', 'manifest.json', 'train-0000.bin']);
    expect((await readdir(out)).toSorted()).toEqual(['index.json', 'my-code']);
    expect(JSON.parse(await readFile(join(folder, 'manifest.json'), 'utf8'))).toEqual(manifest);
    expect(parseOffers(await readFile(join(out, 'index.json'), 'utf8'), 'a test')).toEqual([
      {
        id: 'my-code',
        title: 'My Code',
        manifest: 'datasets/my-code/manifest.json',
        sha256: manifest.sha256,
        bytes: 32,
      },
    ]);
  });

  it('does nothing when nothing changed', async () => {
    const first = await prepare();
    const again = await prepare();
    expect(again.upToDate).toBe(true);
    expect(again.manifest).toEqual(first.manifest);
  });

  it.each<[string, Partial<Parameters<typeof prepareDataset>[0]>]>([
    ['the vocabulary', { vocabulary: 3 }],
    ['the row length', { length: 9 }],
    ['the literals', { literals: { str: [], num: [] } }],
    ['its mind', { force: true }],
  ])('prepares again when somebody changes %s', async (_, change) => {
    await prepare();
    expect((await prepare(change)).upToDate).toBe(false);
  });

  it('prepares again when a file changed, came or went', async () => {
    await prepare();
    await writeFile(join(code, 'a.py'), 'a = 2\n');
    expect((await prepare()).upToDate).toBe(false);
    await writeFile(join(code, 'c.py'), 'c\n');
    expect((await prepare()).manifest.counts.files).toBe(3);
    await rm(join(code, 'c.py'));
    expect((await prepare()).manifest.counts.files).toBe(2);
  });

  it('mends a damaged or missing shard', async () => {
    const { folder, manifest } = await prepare();
    const shard = join(folder, 'train-0000.bin');
    await writeFile(shard, new Uint8Array(32));
    expect((await prepare()).upToDate).toBe(false);
    await rm(shard);
    expect((await prepare()).manifest.sha256).toBe(manifest.sha256);
    expect(await readFile(shard)).toHaveLength(32);
  });

  it('leaves what was there when it fails', async () => {
    const { folder, manifest } = await prepare({ id: 'kept' });
    await expect(prepareDataset({ source: `dir:${join(code, 'inner')}`, id: 'kept', out, length: 1 })).rejects.toThrow(
      /Row length 1/,
    );
    expect(JSON.parse(await readFile(join(folder, 'manifest.json'), 'utf8'))).toEqual(manifest);
    expect((await readdir(out)).toSorted()).toEqual(['index.json', 'kept']);
  });

  it('offers all data sets, and lets two be prepared at the same time', async () => {
    await Promise.all([prepare({ id: 'one' }), prepare({ id: 'two' })]);
    await prepare({ id: 'one' });
    const offers = parseOffers(await readFile(join(out, 'index.json'), 'utf8'), 'a test');
    expect(offers.map(({ id }) => id)).toEqual(['one', 'two']);
  });

  describe('where its folder holds something', () => {
    const other = () => join(top, 'elsewhere', 'My Code');
    const contentOf = async () => readFile(join(out, 'my-code', 'manifest.json'), 'utf8');
    beforeEach(async () => {
      await mkdir(other(), { recursive: true });
      await writeFile(join(other(), 'c.py'), 'c = 3\n');
    });

    it('refuses to replace a data set made from a different source, unless --replace is given', async () => {
      await prepare();
      const before = await contentOf();
      const source = `dir:${other()}`;
      await expect(prepare({ source })).rejects.toMatchObject({
        exitCode: 2,
        failure: {
          what: expect.stringContaining('contains another data set, “My Code”, made from a different source'),
          remedy: expect.stringContaining('--id my-code-2, or replace the other one with --replace'),
        },
      });
      expect(await contentOf()).toBe(before);
      expect((await prepare({ source, replace: true })).manifest.counts.files).toBe(1);
      expect((await prepare({ source, length: 9 })).upToDate).toBe(false); // the folder now has this source
    });

    it('finds a copy of the same files up to date, wherever it lies', async () => {
      await prepare({ source: `dir:${other()}` });
      const copy = join(top, 'copy', 'My Code');
      await mkdir(copy, { recursive: true });
      await writeFile(join(copy, 'c.py'), 'c = 3\n');
      expect((await prepare({ source: `dir:${copy}` })).upToDate).toBe(true);
    });

    it('knows a set of an older version, which does not say where it came from, by its title', async () => {
      const { folder } = await prepare();
      const [content] = (await readFile(join(folder, 'fingerprint.txt'), 'utf8')).split('\n');
      await writeFile(join(folder, 'fingerprint.txt'), `${content}\n`);
      expect((await prepare()).upToDate).toBe(true);
      expect((await prepare({ length: 9 })).upToDate).toBe(false);
      await writeFile(join(folder, 'fingerprint.txt'), `${content}\n`);
      const inner = prepare({ source: `dir:${join(code, 'inner')}`, id: 'my-code' });
      await expect(inner).rejects.toMatchObject({ exitCode: 2 });
    });

    it('never replaces what is no data set', async () => {
      await mkdir(join(out, 'my-code'), { recursive: true });
      await writeFile(join(out, 'my-code', 'thesis.tex'), 'years of work');
      await expect(prepare({ replace: true })).rejects.toMatchObject({
        exitCode: 2,
        failure: { what: expect.stringContaining('contains something other than a data set') },
      });
      expect(await readdir(join(out, 'my-code'))).toEqual(['thesis.tex']);
    });

    it('keeps two names apart that have no letters in common with an id', async () => {
      const folders = await Promise.all(
        ['项目甲', '项目乙'].map(async (name, i) => {
          await mkdir(join(top, name));
          await writeFile(join(top, name, 'a.py'), `a = ${i}\n`);
          return (await prepare({ source: `dir:${join(top, name)}` })).folder;
        }),
      );
      expect(new Set(folders).size).toBe(2);
      const offers = parseOffers(await readFile(join(out, 'index.json'), 'utf8'), 'a test');
      expect(offers.map(({ title }) => title).toSorted()).toEqual(['项目乙', '项目甲']);
    });
  });
});
