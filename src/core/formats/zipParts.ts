/**
 * Reads parts of an untrusted .zip: the size of each is limited before it is unpacked, and it may not unpack to more than the file says.
 */
import { BlobReader, type FileEntry, Uint8ArrayWriter, ZipReader } from '@zip.js/zip.js';
import { LabError, messageOf } from '../failure.ts';
import { formatBytes } from '../format.ts';

/** The largest network that a configuration allows has 1.3 GB. */
export const MAX_WEIGHT_BYTES = 1.5e9;

/** Bytes of each part at most, unpacked, by its name. */
export type Bounds = Readonly<Record<string, number>>;
/** By name; those alone that there is a bound for, and that are there. */
export type Parts = ReadonlyMap<string, Uint8Array<ArrayBuffer>>;
/** Throws an error worded for the kind of file that was expected. */
export type Reject = (what: string, cause?: unknown) => never;

/** What there is no bound for is left unread: it may be of a later lab, and does no harm. */
export async function readParts(file: Blob, bounds: Bounds, reject: Reject): Promise<Parts> {
  const reader = new ZipReader(new BlobReader(file), { useWebWorkers: false });
  const parts = new Map<string, Uint8Array<ArrayBuffer>>();
  try {
    for await (const entry of reader.getEntriesGenerator()) {
      const most = Object.hasOwn(bounds, entry.filename) ? bounds[entry.filename] : undefined;
      if (entry.directory || most === undefined) continue;
      if (parts.has(entry.filename)) reject(`it contains ${entry.filename} twice`);
      if (entry.encrypted) reject('it is encrypted');
      parts.set(entry.filename, await unpack(entry, most, reject));
    }
  } catch (cause) {
    if (cause instanceof LabError) throw cause;
    reject(messageOf(cause).replace(/\.$/, ''), cause);
  } finally {
    await reader.close();
  }
  return parts;
}

async function unpack(entry: FileEntry, most: number, reject: Reject): Promise<Uint8Array<ArrayBuffer>> {
  if (entry.uncompressedSize > most) reject(`${entry.filename} is larger than ${formatBytes(most)}`);
  const to = new CappedWriter(entry.filename, entry.uncompressedSize, reject);
  return new Uint8Array(await entry.getData(to, { checkSignature: true }));
}

/** Refuses a part that unpacks to more than the file says, before all of it is in memory. */
class CappedWriter extends Uint8ArrayWriter {
  readonly #name: string;
  readonly #reject: Reject;
  #left: number;

  constructor(name: string, most: number, reject: Reject) {
    super();
    this.#name = name;
    this.#left = most;
    this.#reject = reject;
  }

  override async writeUint8Array(bytes: Uint8Array): Promise<void> {
    this.#left -= bytes.length;
    if (this.#left < 0) this.#reject(`${this.#name} is larger than the file says`);
    await super.writeUint8Array(bytes);
  }
}
