/** The Python files of a .zip, in any of its folders. */
import { configure, type FileEntry, Reader, Uint8ArrayWriter, ZipReader } from '@zip.js/zip.js';
import { fail, LabError, messageOf } from '../../failure.ts';
import { idFrom } from '../id.ts';
import { ArchivePaths } from './archivePath.ts';
import { ArchiveBudget } from './budget.ts';
import { type Member, siftMembers } from './sift.ts';
import {
  type BlobLike,
  bytesOf,
  type DataSource,
  fileNameOf,
  LICENCE_OF_FILES,
  MAX_FILE_BYTES,
  type NamedBlob,
  type SourceItem,
  TOO_LARGE,
} from './source.ts';

/** The lab does not ask for passwords. */
const ENCRYPTED = 'encrypted with a password';

configure({ useWebWorkers: false }); // the platform's own decompression is faster than handing bytes to a worker

export function zipSource({ path, blob }: NamedBlob): DataSource {
  const name = fileNameOf(path);
  const title = name.replace(/\.zip$/i, '');
  return {
    facts: { kind: 'zip', title, description: `The Python files of ${name}.`, licence: LICENCE_OF_FILES },
    defaultId: idFrom(title),
    bytes: blob.size,
    order: 'path',
    reading: 'text',
    keepsFailed: false,
    read: ({ onBytes }) => pythonFilesOf(blob, name, onBytes),
  };
}

/**
 * @param name for messages
 * @param wanted which paths to read, besides that they are its owner's Python
 * @throws LabError `bad-input` where the archive or a file in it cannot be read
 */
export async function* pythonFilesOf(
  blob: BlobLike,
  name: string,
  onBytes: (bytes: number) => void,
  wanted: (path: string) => boolean = () => true,
): AsyncGenerator<SourceItem> {
  const reader = new ZipReader(new BlobLikeReader(blob), { filenameValidation: 'tolerant' });
  const budget = new ArchiveBudget(name);
  let told = 0;
  try {
    const { python, notes } = siftMembers(await membersOf(reader, name));
    for (const { what, count, example } of notes) yield { kind: 'note', path: example, what, count };
    for (const { path, entry } of python) {
      if (!wanted(path)) continue;
      yield await itemOf(entry, path, budget);
      onBytes(entry.compressedSize);
      told += entry.compressedSize;
    }
  } catch (cause) {
    if (cause instanceof LabError) throw cause;
    fail(
      'bad-input',
      `${name} cannot be read as a .zip: ${plainly(cause)}.`,
      'It may be incomplete: download or pack it again.',
      cause,
    );
  } finally {
    await reader.close();
  }
  onBytes(Math.max(0, blob.size - told)); // bytes of other files, and the directory
}

/** All but folders, by the directory at the archive's end. */
async function membersOf(reader: ZipReader<BlobLike>, name: string): Promise<(Member & { entry: FileEntry })[]> {
  const paths = new ArchivePaths(name); // refuses unsafe names with the lab's own message
  const members: (Member & { entry: FileEntry })[] = [];
  for await (const entry of reader.getEntriesGenerator()) {
    if (entry.directory) continue;
    members.push({ path: paths.take(entry.filename), kind: entry.symlink ? 'link' : 'file', entry });
  }
  return members;
}

async function itemOf(entry: FileEntry, path: string, budget: ArchiveBudget): Promise<SourceItem> {
  if (entry.encrypted) return { kind: 'unreadable', path, reason: ENCRYPTED };
  if (entry.uncompressedSize > MAX_FILE_BYTES) return { kind: 'unreadable', path, reason: TOO_LARGE };
  budget.take(path, entry.compressedSize, entry.uncompressedSize);
  const bytes = await entry.getData(new CappedWriter(path, entry.uncompressedSize), { checkSignature: true });
  return { kind: 'python', path, bytes };
}

/** Refuses an entry that unpacks to more than the archive says, before all of it is in memory. */
class CappedWriter extends Uint8ArrayWriter {
  readonly #path: string;
  #left: number;

  constructor(path: string, most: number) {
    super();
    this.#path = path;
    this.#left = most;
  }

  override async writeUint8Array(bytes: Uint8Array): Promise<void> {
    this.#left -= bytes.length;
    if (this.#left < 0) throw new Error(`${this.#path} is larger than the archive says`);
    await super.writeUint8Array(bytes);
  }
}

class BlobLikeReader extends Reader<BlobLike> {
  readonly #blob: BlobLike;

  constructor(blob: BlobLike) {
    super(blob);
    this.#blob = blob;
    this.size = blob.size;
  }

  override async readUint8Array(index: number, length: number): Promise<Uint8Array> {
    return bytesOf(this.#blob.slice(index, Math.min(index + length, this.#blob.size)));
  }
}

/** zip.js's message without the full stop that some of them have. */
function plainly(cause: unknown): string {
  return messageOf(cause).replace(/\.$/, '');
}
