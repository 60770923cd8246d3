/** The Python files under a folder. */
import { createHash } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import type { SourceFile } from '../../../src/core/dataset/source.ts';
import { CommandError } from '../../command.ts';
import { type DataSource, idFrom, isPythonFile } from './source.ts';

/** Folders that hold copies, not the project's own code. Hidden folders are passed over, too. */
const PASSED_OVER: ReadonlySet<string> = new Set(['node_modules', '__pycache__', 'site-packages']);

export const folder: DataSource = {
  name: 'dir',
  usage: 'dir:PATH',
  summary: 'the .py files under a folder; hidden folders, node_modules and site-packages are passed over',
  async open(argument) {
    if (argument === '')
      throw new CommandError(2, 'The source dir: names no folder.', 'Write dir:PATH, such as dir:src.');
    const top = resolve(argument);
    const found = await stat(top).catch(() => null);
    if (!found?.isDirectory()) {
      throw new CommandError(2, `There is no folder ${argument}.`, 'Check the path after dir:.');
    }
    const name = basename(top);
    return {
      defaultId: idFrom(name),
      facts: {
        kind: 'dir',
        title: name,
        description: `The Python files of the folder ${name}.`,
        licence: 'not stated: that of the files',
      },
      fingerprint: () => fingerprintOf(top),
      files: () => filesUnder(top),
    };
  },
};

/** Files in a fixed order, with paths from `top`. Links are not followed: they could lead in circles. */
async function* filesUnder(top: string, inner = ''): AsyncGenerator<SourceFile> {
  const entries = await readdir(join(top, inner), { withFileTypes: true });
  for (const entry of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = inner === '' ? entry.name : `${inner}/${entry.name}`;
    if (entry.isDirectory()) {
      if (!entry.name.startsWith('.') && !PASSED_OVER.has(entry.name)) yield* filesUnder(top, path);
    } else if (entry.isFile() && isPythonFile(entry.name)) {
      yield { path, bytes: new Uint8Array(await readFile(join(top, path))) };
    }
  }
}

async function fingerprintOf(top: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const { path, bytes } of filesUnder(top)) hash.update(`${path}\0${bytes.length}\0`).update(bytes);
  return hash.digest('hex');
}
