/** The interface of a data source; README.md in this folder says how to add one. */
import type { SourceReading } from '../../python/lexer/reading.ts';
import type { Note } from '../notes.ts';
import type { SourceFacts } from '../source.ts';

/**
 * The part of the web's `Blob` that sources use. A browser's `Blob` and `File` are ones as they are; Node gives its own, or
 * a file on disk that is opened when it is read (`cli/data/blobs.ts`).
 */
export interface BlobLike {
  /** Bytes. */
  readonly size: number;
  slice(start: number, end: number): BlobLike;
  arrayBuffer(): Promise<ArrayBuffer>;
}

export interface NamedBlob {
  /** With forward slashes, relative to what the user chose. */
  readonly path: string;
  readonly blob: BlobLike;
}

/** The part of a published set that a file belongs to; sources that publish none leave it out. */
export const PARTS = ['train', 'dev', 'test'] as const;
export type Part = (typeof PARTS)[number];

interface Placed {
  /** Sorts the files if the source has no order of its own, and names them in reports. */
  readonly path: string;
  readonly part?: Part;
  /** Place within its part, where the source's own order is another than that in which it reads. */
  readonly order?: number;
}

/** One file of a source: Python to lex, tokens that come ready-made, or a file that cannot be read. */
export type SourceItem = Placed &
  (
    | { readonly kind: 'python'; readonly bytes: Uint8Array }
    /** Without `<s>` and `</s>`. */
    | { readonly kind: 'tokens'; readonly tokens: readonly string[] }
    /** The same as UTF-8 with single spaces between: `bytes` is valid until the next item is asked for. */
    | { readonly kind: 'line'; readonly bytes: Uint8Array }
    | { readonly kind: 'unreadable'; readonly reason: string }
    /** Not a file: something found while reading that the user should know; one of `NOTES`. */
    | { readonly kind: 'note'; readonly what: string; readonly count?: number }
  );

export interface DataSource {
  readonly facts: SourceFacts;
  /** Id of the data set if the user gives none. */
  readonly defaultId: string;
  /** The parts that a published set defines; none where the split is drawn from all files. */
  readonly parts?: readonly Part[];
  /** What is known before reading, such as folders that were not looked into. */
  readonly notes?: readonly Note[];
  /** Bytes that `read` takes in, for a progress bar; null where that is unknown. */
  readonly bytes: number | null;
  /** `path`: files are put in order by path. `given`: they keep the order in which they come, or that of `SourceItem.order`. */
  readonly order: 'path' | 'given';
  /** How its files become text; for tokens that come ready-made, how they were. */
  readonly reading: SourceReading;
  /** Whether a file that cannot be lexed stays, as an empty row, as it does in CodeXGLUE; otherwise it is left out. */
  readonly keepsFailed: boolean;
  /** Files one by one, read lazily, so that a large source is never in memory as a whole. */
  read(reading: Reading): AsyncIterable<SourceItem>;
}

/** What a source gets for reading. */
export interface Reading {
  readonly signal: AbortSignal;
  /** Called with the number of bytes of each read. */
  readonly onBytes: (bytes: number) => void;
}

/** What the user can do if nothing readable is found. */
export const WHAT_TO_CHOOSE =
  'Choose a folder, a .zip or a .tar.gz with .py files; train.txt, dev.txt and test.txt; Parquet files; or py150_files.tar.gz.';

export const LICENCE_OF_FILES = 'not stated; see the files';

/** A source file larger than this is left out: it is probably generated, and its tokens would swamp the others. */
export const MAX_FILE_BYTES = 16 * 2 ** 20;
export const TOO_LARGE = 'larger than 16 MiB';

export function isPythonFile(path: string): boolean {
  return path.toLowerCase().endsWith('.py');
}

/** Archives that `zip.ts` and `tarball.ts` read. */
export function isArchive(path: string): boolean {
  return isZip(path) || isTarball(path);
}

export function isZip(path: string): boolean {
  return /\.zip$/i.test(path);
}

export function isTarball(path: string): boolean {
  return /\.(tar|tar\.gz|tgz)$/i.test(path);
}

/** The last part of a path. */
export function fileNameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** Bytes of a blob. */
export async function bytesOf(blob: BlobLike): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await blob.arrayBuffer());
}
