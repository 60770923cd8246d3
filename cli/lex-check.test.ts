import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FUZZ_TIMEOUT, pythonish, runs } from '../src/core/fuzz.fixture.ts';
import { CommandError } from './command.ts';
import { compareWithPython } from './data/lexCheck.ts';
import { findPython } from './data/python.ts';
import { ROOT } from './paths.ts';

const python = await findPython();

describe.skipIf(python === null)('the lexer beside CPython', () => {
  it('gives the same tokens for some of its standard library', { timeout: 120_000 }, async () => {
    const { stdout } = spawnSync(python!.path, ['-c', 'import email; print(email.__path__[0])'], { encoding: 'utf8' });
    const compared = await compareWithPython([stdout.trim()], python!);
    expect(compared.files).toBeGreaterThan(20);
    expect(compared.first).toBeNull();
  });

  it('gives the same tokens for anything', { timeout: FUZZ_TIMEOUT }, async () => {
    const top = await mkdtemp(join(tmpdir(), 'lab-fuzz-'));
    try {
      const sources = fc.sample(pythonish, runs(1500).numRuns);
      for (const [i, source] of sources.entries()) await writeFile(join(top, `${i}.py`), source);
      const { first, files } = await compareWithPython([top], python!);
      expect(first && { ...first, source: sources[Number(/(\d+)\.py$/.exec(first.path)![1])] }).toBeNull();
      expect(files).toBe(sources.length);
    } finally {
      await rm(top, { recursive: true, force: true });
    }
  });

  describe('what it says', () => {
    let top = '';
    beforeEach(async () => {
      top = await mkdtemp(join(tmpdir(), 'lab-check-'));
    });
    afterEach(async () => {
      await rm(top, { recursive: true, force: true });
    });

    it('finds the first difference: here a codec that the lab does not read', async () => {
      await writeFile(join(top, 'a.py'), 'x = 1\n');
      await writeFile(join(top, 'b.py'), '# coding: utf-7\nx = 1\n');
      expect(await compareWithPython([top], python!)).toMatchObject({
        files: 2,
        differing: 1,
        first: { path: join(top, 'b.py'), index: null, lab: expect.stringContaining('unknown encoding') },
      });
    });

    it('prints counts', async () => {
      await writeFile(join(top, 'a.py'), 'x = 1\n');
      const { status, stdout } = spawnSync('node', ['--import', 'tsx', 'cli/lex-check.ts', top], {
        cwd: ROOT,
        encoding: 'utf8',
      });
      expect(stdout).toMatch(/^1 file compared with CPython 3\.\d+\.\d+: 1 agree, 0 differ; 3 tokens/);
      expect(status).toBe(0);
    });
  });
});

describe('findPython', () => {
  it('refuses what is no such Python', async () => {
    await expect(findPython('/does/not/exist')).rejects.toBeInstanceOf(CommandError);
    await expect(findPython('node')).rejects.toThrow(/node is no Python 3.8 to 3.11/);
  });
});
