/** Checks that the files, headings and commands that documents name exist. */
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { dirname, join, normalize, posix } from 'node:path';
import { expect, it } from 'vitest';
import { ROOT } from './paths.ts';

/** Folders with documents. The lab writes the reports of runs in docs/results and public. */
const FOLDERS = ['.github', 'cli', 'docs', 'e2e', 'pytorch', 'src', 'workers'];
const WRITTEN_BY_THE_LAB = /^docs\/results\//;

async function documentsIn(folder: string, recursive: boolean): Promise<string[]> {
  const names = await readdir(join(ROOT, folder), { recursive });
  return names.filter((name) => name.endsWith('.md')).map((name) => posix.join(folder, name.replaceAll('\\', '/')));
}

const found = await Promise.all([documentsIn('', false), ...FOLDERS.map((folder) => documentsIn(folder, true))]);
const documents = found.flat().filter((path) => !WRITTEN_BY_THE_LAB.test(path));

const LINK = /\]\(([^)\s]+)\)/g;
const HEADING = /^#{1,6} +(.*)$/gm;
const CODE = /^```[\s\S]*?^```|`[^`\n]*`/gm;
/** A path of the repository in code format: it has a slash, and begins with a top-level folder. */
const PATH = /`((?:src|workers|cli|e2e|docs|pytorch|public)\/[\w./-]+)`/g;
/** Folders that commands create. */
const MADE = /^public\/datasets/;

/** GitHub's anchor of a heading. */
function anchorOf(heading: string): string {
  return heading
    .replaceAll(/\[([^\]]*)\]\([^)]*\)|[`*]/g, '$1')
    .trim()
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
    .replaceAll(' ', '-');
}

const textOf = (path: string) => readFile(join(ROOT, path), 'utf8');

async function anchorsOf(path: string): Promise<ReadonlySet<string>> {
  const text = (await textOf(path)).replaceAll(/^```[\s\S]*?^```/gm, '');
  return new Set(Array.from(text.matchAll(HEADING), ([, heading]) => anchorOf(heading!)));
}

it.each(documents)('%s links to files and headings that exist', async (path) => {
  const text = (await textOf(path)).replaceAll(CODE, '');
  const broken: string[] = [];
  for (const [, target] of text.matchAll(LINK)) {
    if (/^[a-z]+:/.test(target!)) continue;
    const [file, anchor] = target!.split('#');
    const aim = file === '' ? path : normalize(join(dirname(path), file!));
    if (!existsSync(join(ROOT, aim))) broken.push(target!);
    else if (anchor !== undefined && !(await anchorsOf(aim)).has(anchor)) broken.push(target!);
  }
  expect(broken).toEqual([]);
});

it.each(documents)('%s names files and folders that exist', async (path) => {
  const named = Array.from((await textOf(path)).matchAll(PATH), ([, name]) => name!);
  expect(named.filter((name) => !MADE.test(name) && !existsSync(join(ROOT, name)))).toEqual([]);
});

it('docs/commands.md has a row for each command of package.json', async () => {
  const { scripts } = JSON.parse(await textOf('package.json')) as { scripts: Record<string, string> };
  const text = await textOf('docs/commands.md');
  // npm runs scripts that begin with `pre` automatically
  const commands = Object.keys(scripts).filter((name) => !/^pre(pare|pack|test)/.test(name));
  const missing = commands.filter((name) => !new RegExp(`\`npm (run )?${name}( |\`)`).test(text));
  expect(missing).toEqual([]);
});

it('README, package.json and the workflow name the same versions of Node', async () => {
  const { engines } = JSON.parse(await textOf('package.json')) as { engines: { node: string } };
  const [, matrix] = /^ +node: \[([\d, ]+)\]$/m.exec(await textOf('.github/workflows/checks.yml'))!;
  const [, readme] = /Node\.js ([\d., or]+), and/.exec(await textOf('README.md'))!;
  const majors = (text: string) => Array.from(text.matchAll(/(\d+)(?:\.\d+)*/g), ([, major]) => major);
  expect(majors(matrix!)).toEqual(majors(readme!));
  expect(majors(matrix!)).toEqual(majors(engines.node));
  expect(majors(matrix!)).toContain((await textOf('.nvmrc')).trim());
});
