/** Files on disk as the blobs that sources read. A file is opened when it is read, so a source may name a hundred thousand. */
import { open, readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { BlobLike, NamedBlob } from '../../src/core/dataset/sources/source.ts';

/** @param path of a file that exists and does not change while it is read */
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

/** Node cuts small files out of a shared buffer. */
function exactly(buffer: Buffer): ArrayBuffer {
  const bytes = new Uint8Array(buffer.length);
  bytes.set(buffer);
  return bytes.buffer;
}

/**
 * Files under a folder in a fixed order, with paths from `top`. Links are not followed: they could lead in circles.
 * @param enters whether to look into a folder of this name
 */
export async function filesUnder(
  top: string,
  wanted: (path: string) => boolean,
  enters: (name: string) => boolean = () => true,
): Promise<NamedBlob[]> {
  const files: NamedBlob[] = [];
  const walk = async (inner: string): Promise<void> => {
    const entries = (await readdir(join(top, inner), { withFileTypes: true }))
      .map((entry) => ({ entry, path: inner === '' ? entry.name : `${inner}/${entry.name}` }))
      .toSorted((a, b) => (a.path < b.path ? -1 : 1));
    const here = entries.filter(({ entry, path }) => entry.isFile() && wanted(path));
    files.push(...(await Promise.all(here.map(async ({ path }) => ({ path, blob: await fileBlob(join(top, path)) })))));
    for (const { entry, path } of entries) if (entry.isDirectory() && enters(entry.name)) await walk(path);
  };
  await walk('');
  return files;
}
