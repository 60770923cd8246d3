import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { prepareDataset, type Prepared } from '../data/prepare.ts';
import { readOptions } from './data.ts';
import { lex } from './lex.ts';
import { ROOT } from '../lib/paths.ts';
import { PROCESS_TIMEOUT } from '../lib/timeouts.fixture.ts';

let top = '';
beforeAll(async () => {
  top = await mkdtemp(join(tmpdir(), 'lab-cli-'));
});
afterAll(async () => {
  await rm(top, { recursive: true, force: true });
});

/** Runs a command in a process of its own. Starting it is slow, so tests share a run where they can. */
function run(command: 'data' | 'lex', ...args: string[]) {
  const { status, stdout, stderr } = spawnSync('node', ['--import', 'tsx', `cli/commands/${command}.ts`, ...args], {
    cwd: ROOT,
    encoding: 'utf8',
    timeout: PROCESS_TIMEOUT,
  });
  return { status, stdout, stderr };
}

describe('the default data set', () => {
  let prepared: Prepared;
  beforeAll(async () => {
    prepared = await prepareDataset({ source: 'python-stdlib', out: join(top, 'stdlib') });
  }, PROCESS_TIMEOUT);

  it('is the standard library: these files and tokens', () => {
    const { counts, splits, licence, skipped } = prepared.manifest;
    expect(licence).toBe('PSF-2.0');
    expect(counts.files).toBe(428);
    expect(counts.tokens - 2 * counts.files).toBe(1_052_858);
    expect([splits.train.rows, splits.validation.rows, splits.test.rows]).toEqual([309, 77, 42]);
    expect(splits.train.keptTokens + splits.validation.keptTokens + splits.test.keptTokens).toBe(310_074);
    expect(skipped.every(({ line }) => line === null)).toBe(true); // all of them are empty files; none fails to lex
  });

  it('has a full vocabulary, without PAD and UNK among its tokens', () => {
    const { tokens, counts } = prepared.manifest.vocabulary;
    expect(tokens).toHaveLength(10_000);
    expect(new Set(tokens).size).toBe(10_000);
    expect(tokens.slice(0, 3)).toEqual(['<EOL>', '(', ')']);
    expect(tokens).not.toContain('<UNK>');
    expect(counts).toEqual(counts.toSorted((a, b) => b - a));
  });
});

describe('npm run data', { timeout: PROCESS_TIMEOUT }, () => {
  it('prepares, says what it did, and says so when there is nothing to do', async () => {
    const code = join(top, 'some');
    await mkdir(code);
    await writeFile(join(code, 'a.py'), 'a = 1\n');
    await writeFile(join(code, 'b.py'), 'f(\n');
    await writeFile(join(code, 'c\u202eyp.\u001b[2J.py'), 'f(\n');
    const args = [`dir:${code}`, '--out', join(top, 'out'), '--length', '8', '--vocab', '5'];
    const first = run('data', ...args);
    expect(first).toMatchObject({ status: 0, stderr: '' });
    expect(first.stdout).toContain('1 with tokens, 2 left out');
    expect(first.stdout).toContain('b.py:2: the file ends inside brackets');
    // a file name can neither reorder a line nor send control sequences to the terminal
    expect(first.stdout).toContain('c[U+202E]yp.[U+001B][2J.py:2: the file ends inside brackets');
    expect(run('data', ...args)).toMatchObject({ status: 0, stdout: expect.stringContaining('is up to date') });
  });

  it('says that another data set of the same name would be replaced, and how', async () => {
    const [one, other] = ['one/same', 'other/same'].map((path) => join(top, path));
    for (const folder of [one!, other!]) {
      await mkdir(folder, { recursive: true });
      await writeFile(join(folder, 'a.py'), `x = "${folder}"\n`);
    }
    const out = join(top, 'same');
    await prepareDataset({ source: `dir:${one}`, out });
    const { status, stdout, stderr } = run('data', `dir:${other}`, '--out', out);
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/same contains another data set, “same”, .* --id same-2, or replace .* --replace\.\n$/);
    expect(await readOptions([`dir:${other}`, '--replace'])).toMatchObject({ replace: true });
  });

  it('refuses a wrong argument with a sentence and exit code 2', () => {
    expect(run('data', '--vocab', '0\u001b[2J')).toEqual({
      status: 2,
      stdout: '',
      stderr: '--vocab 0[U+001B][2J is not a whole number from 1 to 65534. Run it with --help to see what it takes.\n',
    });
  });

  it.each([
    [['--vocab', '65535']],
    [['--length', '1']],
    [['--length', 'ten']],
    [['--id', '../x']],
    [['--id', 'con']],
    [['--id', '项目']],
    [['--nonsense']],
    [['one', 'two']],
    [['--literals', '/does/not/exist']],
  ])('refuses %j', async (args) => {
    await expect(readOptions(args)).rejects.toMatchObject({ exitCode: 2 });
  });

  it('takes the standard library if no source is named', async () => {
    expect(await readOptions(['--vocab', '500'])).toMatchObject({ source: 'python-stdlib', vocabulary: 500 });
    expect(await readOptions(['--help'])).toBeNull();
  });
});

describe('npm run lex', { timeout: PROCESS_TIMEOUT }, () => {
  async function lexed(...args: string[]) {
    const printed: string[] = [];
    const complaints: string[] = [];
    await lex(
      args,
      (line) => printed.push(line),
      (line) => complaints.push(line),
    );
    return { printed, complaints };
  }

  it('prints a line a file, null and a reason where one fails', async () => {
    const files = { good: 'x = "name", 1\n', broken: 'f(\n', empty: '' };
    for (const [name, text] of Object.entries(files)) await writeFile(join(top, `${name}.py`), text);
    const paths = Object.keys(files).map((name) => join(top, `${name}.py`));
    const printed = ['["x","=","\\"<STR_LIT>\\"",",","<NUM_LIT>"]', 'null', '[]'];
    const complaints = [`${paths[1]}:2: the file ends inside brackets`];
    expect(await lexed(...paths)).toEqual({ printed, complaints });
    expect(run('lex', ...paths)).toEqual({
      status: 0,
      stdout: `${printed.join('\n')}\n`,
      stderr: `${complaints.join('\n')}\n`,
    });
  });

  it('keeps the literals of a file, or of a manifest', async () => {
    const literals = { str: ['name'], num: ['1'] };
    const [plain, manifest, code] = ['kept.json', 'manifest.json', 'code.py'].map((name) => join(top, name));
    await writeFile(plain!, JSON.stringify(literals));
    await writeFile(manifest!, JSON.stringify({ schema: 1, literals }));
    await writeFile(code!, '"name", 1, 2');
    for (const kept of [plain!, manifest!]) {
      const { printed } = await lexed(code!, '--kept', kept);
      expect(printed).toEqual(['["\\"<STR_LIT:name>\\"",",","<NUM_LIT:1>",",","<NUM_LIT>"]']);
    }
  });

  it.each([[[]], [['/does/not/exist.py']], [['--kept', '/does/not/exist.json', 'x.py']], [['--nonsense']]])(
    'refuses %j with exit code 2',
    async (args) => {
      await expect(lexed(...args)).rejects.toMatchObject({ exitCode: 2 });
    },
  );
});
