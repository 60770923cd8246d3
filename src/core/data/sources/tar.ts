/** Reads tarballs as streams, tarballs within tarballs too. */
import { createTarDecoder, type ParsedTarEntry } from 'modern-tar';
import { fail, LabError, messageOf } from '../../failure.ts';
import { SLICE_BYTES } from './lines.ts';
import { type BlobLike, bytesOf, MAX_FILE_BYTES } from './source.ts';

type Bytes = Uint8Array<ArrayBuffer>;

/** A blob as a stream, read as it is asked for. */
export function streamOf(blob: BlobLike, onBytes: (bytes: number) => void): ReadableStream<Bytes> {
  let start = 0;
  return new ReadableStream<Bytes>({
    async pull(controller) {
      if (start >= blob.size) return controller.close();
      const bytes = await bytesOf(blob.slice(start, Math.min(start + SLICE_BYTES, blob.size)));
      start += SLICE_BYTES;
      onBytes(bytes.length);
      controller.enqueue(bytes);
    },
  });
}

/** How other packers begin a file, and what they are called. */
const OTHER_PACKERS: readonly (readonly [string, readonly number[]])[] = [
  ['bzip2', [0x42, 0x5a, 0x68]],
  ['xz', [0xfd, 0x37, 0x7a, 0x58, 0x5a]],
  ['zstd', [0x28, 0xb5, 0x2f, 0xfd]],
];
const GZIP: readonly number[] = [0x1f, 0x8b];
const BLOCK = 512;

/**
 * The entries of a tarball in a file, by its first bytes packed with gzip or not.
 * @param name for messages
 * @throws LabError `bad-input` where it is packed with something else
 */
export async function entriesOfFile(
  blob: BlobLike,
  name: string,
  onBytes: (bytes: number) => void,
): Promise<AsyncGenerator<TarEntry>> {
  const start = await bytesOf(blob.slice(0, Math.min(BLOCK, blob.size)));
  const begins = (bytes: readonly number[]) => bytes.every((byte, i) => start[i] === byte);
  const other = OTHER_PACKERS.find(([, bytes]) => begins(bytes));
  if (other) {
    fail(
      'bad-input',
      `${name} is compressed with ${other[0]}, which the lab cannot unpack.`,
      'Unpack it and choose the folder, or pack it as .tar.gz or .zip.',
    );
  }
  // any other file named .tar.gz is read as one, and refused as one
  const isPlain = !begins(GZIP) && /\.tar$/i.test(name);
  return entriesOf(streamOf(blob, onBytes), name, isPlain ? 'tar' : 'tar.gz');
}

/**
 * The entries of a tarball. Each has to be read or skipped before the next is asked for.
 * @param name for messages
 * @throws LabError `bad-input` where it is no tarball, damaged, or cut off
 */
export async function* entriesOf(
  packed: ReadableStream<Bytes>,
  name: string,
  format: 'tar' | 'tar.gz' = 'tar.gz',
): AsyncGenerator<TarEntry> {
  const fault = new StreamFault();
  const tar = watched(format === 'tar' ? packed : packed.pipeThrough(new DecompressionStream('gzip')), fault);
  const reader = tar.pipeThrough(createTarDecoder({ strict: true })).getReader();
  let finished = false;
  try {
    for (;;) {
      const { done, value } = await fault.orValue(reader.read());
      if (done) break;
      yield new TarEntry(value, fault, name, format);
    }
    finished = true;
  } catch (cause) {
    throw unreadable(name, format, cause);
  } finally {
    // Not awaited: a failed stream cannot be cancelled, and a truncated one never answers.
    if (!finished) reader.cancel().catch(() => undefined);
  }
}

/** Turns any error from a damaged tarball's stream into a `LabError` with a sentence; a `LabError` is kept. */
function unreadable(name: string, format: string, cause: unknown): LabError {
  if (cause instanceof LabError) return cause;
  const detail = messageOf(cause);
  return new LabError(
    {
      kind: 'bad-input',
      what: `${name} cannot be read as a .${format}: ${detail.replace(/\.$/, '')}.`,
      remedy: 'It may be incomplete: download or pack it again.',
      detail,
    },
    { cause },
  );
}

/**
 * The failure of an archive's stream, for whoever waits for something else of it. One promise for all of them would hold on to
 * every wait until the archive is read, which takes hundreds of megabytes.
 */
class StreamFault {
  readonly #waiting = new Set<(cause: unknown) => void>();
  #happened: { readonly cause: unknown } | null = null;

  happen(cause: unknown): void {
    this.#happened ??= { cause };
    for (const reject of this.#waiting) reject(cause);
  }

  /** The value, unless the stream fails before it comes. */
  async orValue<T>(value: Promise<T>): Promise<T> {
    if (this.#happened) {
      value.catch(() => undefined); // fails with the stream, when nothing awaits it any more
      throw this.#happened.cause;
    }
    let stop: (cause: unknown) => void = () => undefined;
    const failed = new Promise<never>((_, reject) => {
      stop = reject;
      this.#waiting.add(stop);
    });
    try {
      return await Promise.race([value, failed]);
    } finally {
      this.#waiting.delete(stop);
    }
  }
}

/** The same stream; hears of its failure at once, which modern-tar 0.8 does not pass on to a body that is being read. */
function watched(stream: ReadableStream<Bytes>, fault: StreamFault): ReadableStream<Bytes> {
  const reader = stream.getReader();
  return new ReadableStream<Bytes>({
    async pull(controller) {
      try {
        const { done, value } = await reader.read();
        if (done) controller.close();
        else controller.enqueue(value);
      } catch (error) {
        fault.happen(error);
        throw error;
      }
    },
    cancel: (reason) => reader.cancel(reason),
  });
}

const KINDS: Readonly<Partial<Record<string, TarEntry['kind']>>> = {
  file: 'file',
  directory: 'folder',
  link: 'hard-link',
  symlink: 'link',
};

export class TarEntry {
  readonly name: string;
  /** Bytes. */
  readonly size: number;
  /** `link`: a symbolic one. A hard link is another name of a file that comes earlier. */
  readonly kind: 'file' | 'folder' | 'hard-link' | 'link' | 'special';
  /** What a link points to; empty where it is none. */
  readonly target: string;
  readonly #body: ReadableStream<Uint8Array>;
  readonly #fault: StreamFault;
  readonly #archive: string;
  readonly #format: string;

  /** @param fault reports a failure of the archive's stream @param archive its name, for messages */
  constructor({ header, body }: ParsedTarEntry, fault: StreamFault, archive: string, format: string) {
    this.name = header.name;
    this.size = header.size;
    this.kind = KINDS[header.type ?? 'file'] ?? 'special';
    this.target = header.linkname ?? '';
    this.#body = body;
    this.#fault = fault;
    this.#archive = archive;
    this.#format = format;
  }

  /**
   * Reads to the body's end: where a body is cancelled, modern-tar 0.8 lets go of that of a later entry, if that has begun, and
   * whoever waits for it waits for ever.
   */
  async skip(): Promise<void> {
    const chunks = this.#chunks();
    while ((await chunks.next()).done !== true);
  }

  /** The body in one piece, or null (and skipped) where it is larger than `most`. */
  async bytes(most = MAX_FILE_BYTES): Promise<Bytes | null> {
    if (this.size > most) {
      await this.skip();
      return null;
    }
    const bytes = new Uint8Array(this.size);
    let length = 0;
    for await (const chunk of this.#chunks()) {
      bytes.set(chunk, length);
      length += chunk.length;
    }
    return bytes.subarray(0, length);
  }

  /** The body as a stream that can be unpacked in turn. */
  stream(): ReadableStream<Bytes> {
    const chunks = this.#chunks();
    return new ReadableStream<Bytes>({
      async pull(controller) {
        const { done, value } = await chunks.next();
        if (done === true) controller.close();
        else controller.enqueue(new Uint8Array(value));
      },
    });
  }

  async *#chunks(): AsyncGenerator<Uint8Array, undefined> {
    const reader = this.#body.getReader();
    try {
      for (;;) {
        const { done, value } = await this.#fault.orValue(reader.read());
        if (done) return undefined;
        yield value;
      }
    } catch (cause) {
      throw unreadable(this.#archive, this.#format, cause);
    }
  }
}
