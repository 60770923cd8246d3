/** The default: the Python standard library that the npm package `pyodide` ships. Needs no network beyond `npm ci`. */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { sha256Hex } from '../../../src/core/dataset/hash.ts';
import { pythonFilesOf } from './archive.ts';
import type { DataSource } from './source.ts';

/** 123 tables of character sets that repeat each other: they would teach a model little else. */
const LEFT_OUT = 'encodings/';

export const pythonStdlib: DataSource = {
  name: 'python-stdlib',
  usage: 'python-stdlib',
  summary: 'the Python standard library of the npm package pyodide, less encodings/',
  async open() {
    const archive = new Uint8Array(await readFile(createRequire(import.meta.url).resolve('pyodide/python_stdlib.zip')));
    return {
      defaultId: 'python-stdlib',
      facts: {
        kind: 'python-stdlib',
        title: 'Python standard library',
        description: 'The Python standard library that the npm package pyodide ships, less its folder encodings.',
        licence: 'PSF-2.0',
      },
      fingerprint: () => sha256Hex(archive),
      files: () => pythonFilesOf(archive, 'python_stdlib.zip', (path) => !path.startsWith(LEFT_OUT)),
    };
  },
};
