/** The default: the Python standard library that the npm package `pyodide` ships. Needs no network beyond `npm ci`. */
import type { BlobLike, DataSource } from './source.ts';
import { pythonFilesOf } from './zip.ts';

/** 123 tables of character sets that repeat each other: they would teach a model little else. */
const LEFT_OUT = 'encodings/';

/** @param archive `python_stdlib.zip` of the package */
export function pythonStdlibSource(archive: BlobLike): DataSource {
  return {
    facts: {
      kind: 'python-stdlib',
      title: 'Python standard library',
      description: 'The Python standard library from the npm package pyodide, without its folder encodings.',
      licence: 'PSF-2.0',
    },
    defaultId: 'python-stdlib',
    bytes: archive.size,
    order: 'path',
    reading: 'text',
    keepsFailed: false,
    async *read({ onBytes }) {
      const files = pythonFilesOf(archive, 'python_stdlib.zip', onBytes, (path) => !path.startsWith(LEFT_OUT));
      // its site-packages holds no Python, so leaving it out needs no note
      for await (const item of files) if (item.kind !== 'note') yield item;
    },
  };
}
