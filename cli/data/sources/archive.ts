/** Reads Python files out of a .zip that is in memory. */
import { configure, Uint8ArrayReader, Uint8ArrayWriter, ZipReader } from '@zip.js/zip.js';
import type { SourceFile } from '../../../src/core/dataset/source.ts';
import { fail } from '../../../src/core/failure.ts';
import { isPythonFile } from './source.ts';

configure({ useWebWorkers: false }); // the platform's own decompression is faster than handing bytes to a worker

/**
 * @param name for messages
 * @param wanted which paths to read, besides that they are Python
 * @throws LabError `bad-input` where the archive or a file in it cannot be read
 */
export async function* pythonFilesOf(
  archive: Uint8Array,
  name: string,
  wanted: (path: string) => boolean = () => true,
): AsyncGenerator<SourceFile> {
  const reader = new ZipReader(new Uint8ArrayReader(archive));
  try {
    for await (const entry of reader.getEntriesGenerator()) {
      if (entry.directory || !isPythonFile(entry.filename) || !wanted(entry.filename)) continue;
      if (entry.encrypted) throw new Error(`${entry.filename} is encrypted`);
      yield { path: entry.filename, bytes: await entry.getData(new Uint8ArrayWriter()) };
    }
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    fail('bad-input', `${name} cannot be read as a .zip: ${why}.`, 'Check that it is whole and not encrypted.', cause);
  } finally {
    await reader.close();
  }
}
