/**
 * One function from a source to a data set, for page, worker and Node alike.
 *
 * In a browser, inside the worker:
 *
 * - `const source = recogniseSource(files)`, with files as `[{ path, blob }]` (a `File` is a blob already), or
 *   `parquetUrlSource(parquetUrls(text))` for URLs that the user pasted;
 * - `const manifest = await importDataset(source, { id: source.defaultId }, write, onProgress, signal)`.
 *
 * `write(file, bytes)` stores one shard and resolves when it is stored; shards come one at a time and in order, about 1 MiB each, hashed in
 * the manifest. Nothing is complete before the manifest: if the promise is rejected, by a cancelled `signal` or for another reason, the
 * caller discards what `write` received. `onProgress` is called for every file: draw it less often. Reading yields to other work at every
 * file; the signal is checked between files and shards.
 */
import { fail, LabError } from '../failure.ts';
import { buildDataset, type BuildOptions, checkOptions } from './build.ts';
import { readCorpus } from './corpus.ts';
import type { OpenLexing } from './lexing.ts';
import type { Manifest } from './manifest.ts';
import type { WriteShard } from './rows.ts';
import type { DataSource } from './sources/source.ts';

export type ImportOptions = Omit<BuildOptions, 'source' | 'id'> & {
  /** Names the data set; the source's own name without it. */
  readonly id?: string;
  /** Instead of the source's own. */
  readonly title?: string;
  readonly licence?: string;
  /** Other threads to lex on. */
  readonly openLexing?: OpenLexing;
};

export interface ImportProgress {
  /** `reading`: files are read and lexed. `counting`: split, vocabulary. `writing`: rows go out. */
  readonly phase: 'reading' | 'counting' | 'writing';
  /** Number of files read so far. */
  readonly files: number;
  readonly tokens: number;
  /** Bytes of the source read so far, and in all; null where that is unknown. */
  readonly bytes: number;
  readonly totalBytes: number | null;
  /** Written so far. */
  readonly rows: number;
}

/**
 * Reads, lexes, splits, counts and writes.
 * @throws LabError `bad-input` for a source that cannot be read, `storage-full` where `write` finds no room, `cancelled`, `network`
 */
export async function importDataset(
  source: DataSource,
  options: ImportOptions,
  write: WriteShard,
  onProgress: (progress: ImportProgress) => void = () => undefined,
  signal: AbortSignal = new AbortController().signal,
): Promise<Manifest> {
  checkOptions(options);
  const { id = source.defaultId, title, licence, openLexing, ...rest } = options;
  const facts = {
    ...source.facts,
    ...(title === undefined ? {} : { title }),
    ...(licence === undefined ? {} : { licence }),
  };
  const none = { files: 0, tokens: 0, bytes: 0, totalBytes: source.bytes, rows: 0 };
  let last: ImportProgress = { phase: 'reading', ...none };
  const tell = (progress: Partial<ImportProgress>) => {
    last = { ...last, ...progress };
    onProgress(last);
  };
  try {
    signal.throwIfAborted();
    const corpus = await readCorpus(source, {
      ...(openLexing === undefined ? {} : { openLexing }),
      onProgress: tell,
      signal,
    });
    tell({ phase: 'counting' });
    await nextTask();
    signal.throwIfAborted();
    return await buildDataset(corpus, { ...rest, id, source: facts }, write, {
      onRows: (rows) => tell({ phase: 'writing', rows }),
      signal,
    });
  } catch (error) {
    if (signal.aborted && !(error instanceof LabError)) {
      fail('cancelled', `The import of ${facts.title} was cancelled.`, 'Nothing was stored.', error);
    }
    throw error;
  }
}

/** Yields to the event loop, so that messages and drawing are handled. */
function nextTask(): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, 0);
  });
}
