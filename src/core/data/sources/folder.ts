/** The Python files of a folder, or any files that the user chose one by one. */
import { idFrom } from '../id.ts';
import type { Note } from '../notes.ts';
import { type DataSource, isPythonFile, LICENCE_OF_FILES, MAX_FILE_BYTES, type NamedBlob } from './source.ts';
import { bytesOf, TOO_LARGE } from './source.ts';

/**
 * @param name of the folder, for title and id
 * @param files the owner's own files, from `walkTree` or `OwnFiles`; files that are not Python are ignored
 * @param notes what was left out
 */
export function folderSource(name: string, files: readonly NamedBlob[], notes: readonly Note[] = []): DataSource {
  const own = files.filter(({ path }) => isPythonFile(path));
  return {
    facts: {
      kind: 'dir',
      title: name,
      description: `The Python files of the folder ${name}.`,
      licence: LICENCE_OF_FILES,
    },
    defaultId: idFrom(name),
    notes,
    bytes: own.reduce((sum, { blob }) => sum + blob.size, 0),
    order: 'path',
    reading: 'text',
    keepsFailed: false,
    async *read({ onBytes }) {
      for (const { path, blob } of own) {
        if (blob.size > MAX_FILE_BYTES) yield { kind: 'unreadable', path, reason: TOO_LARGE };
        else yield { kind: 'python', path, bytes: await bytesOf(blob) };
        onBytes(blob.size);
      }
    },
  };
}
