import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FUZZ_TIMEOUT, pythonish, runs } from '#core/fuzz.fixture.ts';
import { CommandError } from '../lib/command.ts';
import { READINGS } from '#core/python/lexer/reading.ts';
import { compareCodecs } from '../data/codecCheck.ts';
import { compareWithPython } from '../data/lexCheck.ts';
import { findPython } from '../data/python.ts';
import { ROOT } from '../lib/paths.ts';
import { PROCESS_TIMEOUT } from '../lib/timeouts.fixture.ts';

const python = await findPython();

const encoder = new TextEncoder();
const CODECS = ['utf-8', 'latin-1', 'ascii', 'cp1252', 'shift_jis', 'euc_jp', 'gbk', 'big5', 'cp949', 'iso2022_jp'];

/** Bytes of a file in UTF-8 or with a coding line, with all kinds of line ends. */
const encoded = fc.oneof(
  pythonish.map((text) => encoder.encode(text)),
  fc
    .record({
      before: fc.constantFrom('', '#!/usr/bin/python', ' \f', 'x'),
      codec: fc.constantFrom(...CODECS),
      behind: fc.constantFrom([], [32, 0xe9], [32, 0xc3, 0xa9]),
      end: fc.constantFrom('\n', '\r', '\r\n'),
      text: pythonish,
      bytes: fc.uint8Array({ maxLength: 3 }),
      after: pythonish,
    })
    .map(({ before, codec, behind, end, text, bytes, after }) => {
      const first = before === '' ? '' : before + end;
      const lines = encoder.encode(`${first}# coding: ${codec}`);
      const rest = encoder.encode(`${end}${text.replaceAll(/[^\0-\x7f]/g, '')}`);
      return Uint8Array.from([
        ...lines,
        ...behind,
        ...rest,
        ...bytes,
        ...encoder.encode(after.replaceAll(/[^\0-\x7f]/g, '')),
      ]);
    }),
);

describe.skipIf(python === null)('the lexer beside CPython', { timeout: PROCESS_TIMEOUT }, () => {
  it('gives the same tokens for some of its standard library', async () => {
    const { stdout } = spawnSync(python!.path, ['-c', 'import email; print(email.__path__[0])'], { encoding: 'utf8' });
    const compared = await compareWithPython([stdout.trim()], python!, 'text');
    expect(compared.files).toBeGreaterThan(20);
    expect(compared.first).toBeNull();
  });

  it.each(READINGS)(
    'gives the same tokens for anything, read as %s',
    { timeout: PROCESS_TIMEOUT + FUZZ_TIMEOUT },
    async (reading) => {
      const top = await mkdtemp(join(tmpdir(), 'lab-fuzz-'));
      try {
        const sources = fc.sample(encoded, runs(1500).numRuns);
        for (const [i, source] of sources.entries()) await writeFile(join(top, `${i}.py`), source);
        const { first, files } = await compareWithPython([top], python!, reading);
        expect(first && { ...first, source: sources[Number(/(\d+)\.py$/.exec(first.path)![1])] }).toBeNull();
        expect(files).toBe(sources.length);
      } finally {
        await rm(top, { recursive: true, force: true });
      }
    },
  );

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
      await writeFile(join(top, 'b.py'), '# coding: idna\nx = 1\n');
      expect(await compareWithPython([top], python!, 'text')).toMatchObject({
        files: 2,
        differing: 1,
        first: {
          path: join(top, 'b.py'),
          index: null,
          lab: expect.stringContaining('the lab does not read the encoding idna'),
        },
      });
    });

    it('prints counts', { timeout: 60_000 }, async () => {
      await writeFile(join(top, 'a.py'), 'x = 1\n');
      const { status, stdout } = spawnSync('node', ['--import', 'tsx', 'cli/commands/lexCheck.ts', top], {
        cwd: ROOT,
        encoding: 'utf8',
        timeout: PROCESS_TIMEOUT,
      });
      expect(stdout).toMatch(/^1 file compared with CPython 3\.\d+\.\d+: 1 agree, 0 differ; 3 tokens/);
      expect(status).toBe(0);
    });
  });
});

describe.skipIf(python?.version.startsWith('CPython 3.11.') !== true)('the codecs beside those of CPython', () => {
  it('make the same of random texts', { timeout: PROCESS_TIMEOUT + FUZZ_TIMEOUT }, async () => {
    const compared = await compareCodecs(python!, { kind: 'random', seed: 1, count: runs(200).numRuns });
    expect(compared.first).toBeNull();
    expect(compared.codecs).toBeGreaterThan(80);
  });
});

describe('findPython', { timeout: PROCESS_TIMEOUT }, () => {
  it('refuses what is no such Python', async () => {
    await expect(findPython('/does/not/exist')).rejects.toBeInstanceOf(CommandError);
    await expect(findPython('node')).rejects.toThrow(/node is not Python 3.8 to 3.11/);
  });
});
