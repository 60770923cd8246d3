/** Files on disk as the blobs that sources read. A file is only opened when it is read, so a source may list a hundred thousand. */
import type { Dirent } from 'node:fs';
import { open, readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Note } from '#core/data/notes.ts';
import type { BlobLike, NamedBlob } from '#core/data/sources/source.ts';
import { type TreeEntry, walkTree } from '#core/data/sources/walk.ts';

/** @param path a file that exists and does not change while it is read */
export async function fileBlob(path: string): Promise<BlobLike> {
  const { size } = await stat(path);
  return new FileSlice(path, 0, size, true);
}

class FileSlice implements BlobLike {
  readonly size: number;
  readonly #path: string;
  readonly #start: number;
  readonly #whole: boolean;

  constructor(path: string, start: number, end: number, whole: boolean) {
    this.#path = path;
    this.#start = start;
    this.size = end - start;
    this.#whole = whole;
  }

  slice(start: number, end: number): BlobLike {
    const from = this.#start + Math.min(start, this.size);
    return new FileSlice(this.#path, from, Math.max(from, this.#start + Math.min(end, this.size)), false);
  }

  async arrayBuffer(): Promise<ArrayBuffer> {
    if (this.#whole) return exactly(await readFile(this.#path));
    const bytes = new Uint8Array(this.size);
    const file = await open(this.#path);
    try {
      let length = 0;
      while (length < bytes.length) {
        const { bytesRead } = await file.read(bytes, length, bytes.length - length, this.#start + length);
        if (bytesRead === 0) throw new Error(`${this.#path} became shorter while it was read`);
        length += bytesRead;
      }
    } finally {
      await file.close();
    }
    return bytes.buffer;
  }
}

/** A copy in a buffer of its own, since Node allocates small buffers from a shared one. */
function exactly(buffer: Buffer): ArrayBuffer {
  const bytes = new Uint8Array(buffer.length);
  bytes.set(buffer);
  return bytes.buffer;
}

/**
 * Lists a folder on disk by name, for `walkTree`. Links are listed but not followed, since they could form cycles or lead to
 * files that are already read.
 * @param fileLinks follows links to files anyway, since the files in Hugging Face's cache are links
 */
export async function listFolder(folder: string, fileLinks = false): Promise<TreeEntry[]> {
  const entries = (await readdir(folder, { withFileTypes: true })).toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const entryOf = async (entry: Dirent): Promise<TreeEntry> => {
    const { name } = entry;
    const path = join(folder, name);
    if (entry.isFile()) return { kind: 'file', name, open: () => fileBlob(path) };
    if (entry.isDirectory()) return { kind: 'folder', name, list: () => listFolder(path, fileLinks) };
    if (!entry.isSymbolicLink()) return { kind: 'special', name };
    const target = fileLinks ? await stat(path).catch(() => null) : null; // a link may be broken
    return target?.isFile() === true ? { kind: 'file', name, open: () => fileBlob(path) } : { kind: 'link', name };
  };
  return Promise.all(entries.map(entryOf));
}

/** Files in a folder, with paths relative to it. The folder's own name never excludes them. @param fileLinks as for `listFolder` */
export async function filesUnder(
  top: string,
  wanted: (path: string) => boolean,
  fileLinks = false,
): Promise<{ readonly files: readonly NamedBlob[]; readonly notes: readonly Note[] }> {
  const list = () => listFolder(top, fileLinks);
  const { files, notes } = await walkTree([{ kind: 'folder', name: '', list }], wanted);
  const inner = (path: string) => path.slice(1);
  return {
    files: files.map(({ path, blob }) => ({ path: inner(path), blob })),
    notes: notes.map((note) => ({ ...note, example: inner(note.example) })),
  };
}
