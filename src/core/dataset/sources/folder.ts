/** The Python files of a folder, or any files that a person chose one by one. */
import { type DataSource, idFrom, isPythonFile, LICENCE_OF_FILES, MOST_FILE_BYTES, type NamedBlob } from './source.ts';
import { bytesOf, TOO_LARGE } from './source.ts';

/** Folders that hold copies, not the project's own code. Hidden folders are passed over, too. */
const PASSED_OVER: ReadonlySet<string> = new Set(['node_modules', '__pycache__', 'site-packages']);

/** Whether a folder of this name is looked into. */
export function isOwnFolder(name: string): boolean {
  return !name.startsWith('.') && !PASSED_OVER.has(name);
}

/** @param path from the top of what was chosen, that top itself not counted */
export function isOwnPythonFile(path: string): boolean {
  return isPythonFile(path) && path.split('/').slice(0, -1).every(isOwnFolder);
}

/**
 * @param name of the folder, for title and id
 * @param files all there are; what is no Python is passed over
 */
export function folderSource(name: string, files: readonly NamedBlob[]): DataSource {
  const own = files.filter(({ path }) => isOwnPythonFile(path));
  return {
    facts: {
      kind: 'dir',
      title: name,
      description: `The Python files of the folder ${name}.`,
      licence: LICENCE_OF_FILES,
    },
    defaultId: idFrom(name),
    bytes: own.reduce((sum, { blob }) => sum + blob.size, 0),
    order: 'path',
    reading: 'text',
    keepsFailed: false,
    async *read({ onBytes }) {
      for (const { path, blob } of own) {
        if (blob.size > MOST_FILE_BYTES) yield { kind: 'unreadable', path, reason: TOO_LARGE };
        else yield { kind: 'python', path, bytes: await bytesOf(blob) };
        onBytes(blob.size);
      }
    },
  };
}
