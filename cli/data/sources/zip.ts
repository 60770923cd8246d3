/** A .zip of Python files, wherever in it they lie. */
import { readFile } from 'node:fs/promises';
import { basename, extname } from 'node:path';
import { sha256Hex } from '../../../src/core/dataset/hash.ts';
import { messageOf } from '../../../src/core/failure.ts';
import { CommandError } from '../../command.ts';
import { pythonFilesOf } from './archive.ts';
import { type DataSource, idFrom } from './source.ts';

export const zip: DataSource = {
  name: 'zip',
  usage: 'zip:PATH',
  summary: 'the .py files of a .zip',
  async open(path) {
    if (path === '')
      throw new CommandError(2, 'The source zip: names no file.', 'Write zip:PATH, such as zip:code.zip.');
    const archive = await readFile(path).catch((error: unknown) => {
      throw new CommandError(2, `The .zip ${path} cannot be read: ${messageOf(error)}.`, 'Check the path.');
    });
    const bytes = new Uint8Array(archive);
    const name = basename(path, extname(path));
    return {
      defaultId: idFrom(name),
      facts: {
        kind: 'zip',
        title: name,
        description: `The Python files of ${basename(path)}.`,
        licence: 'not stated: that of the files',
      },
      fingerprint: () => sha256Hex(bytes),
      files: () => pythonFilesOf(bytes, path),
    };
  },
};
