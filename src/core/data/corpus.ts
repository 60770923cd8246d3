/** The files of a data set as token numbers: the input of the pipeline, whether the tokens were lexed here or published. */
import type { SourceReading } from '../python/lexer/reading.ts';
import { TokenTable } from '../python/lexer/tokens.ts';
import { lexHere, type OpenLexing } from './lexing.ts';
import { type Note, NoteTally } from './notes.ts';
import { byPath } from './order.ts';
import { type DataSource, type Part, PARTS } from './sources/source.ts';

export interface CorpusFile {
  readonly path: string;
  /** Null where the source publishes no parts. */
  readonly part: Part | null;
  /** Numbers of `table`, without `<s>` and `</s>`. */
  readonly tokens: Int32Array;
}

export interface SkippedFile {
  readonly path: string;
  readonly line: number | null;
  readonly reason: string;
}

export interface Corpus {
  readonly table: TokenTable;
  /** In file order. */
  readonly files: readonly CorpusFile[];
  readonly skipped: readonly SkippedFile[];
  /** What was left out on purpose, and what was mended. */
  readonly notes: readonly Note[];
  /** Whether the tokens came ready-made: then it is settled which literals are kept. */
  readonly readyMade: boolean;
  /** How its files were read. */
  readonly reading: SourceReading;
}

/** Progress of reading. */
export interface ReadingProgress {
  readonly files: number;
  /** Bytes of the source. */
  readonly bytes: number;
  readonly tokens: number;
}

export interface ReadOptions {
  readonly openLexing?: OpenLexing;
  readonly onProgress?: (progress: ReadingProgress) => void;
  readonly signal?: AbortSignal;
}

/** Ids in an array that many files share: an array per file would cost more memory than its tokens. */
const CHUNK = 2 ** 20;

/**
 * Reads and lexes every file of a source once, and puts them in order.
 * Files that cannot be lexed, and files without a token, are left out and listed, unless the source keeps them.
 * @throws LabError `bad-input` where the source is damaged
 */
export async function readCorpus(source: DataSource, options: ReadOptions = {}): Promise<Corpus> {
  const { openLexing = lexHere, onProgress, signal = new AbortController().signal } = options;
  const table = new TokenTable();
  const store = new TokenStore();
  const drafts: Draft[] = [];
  const notes = new NoteTally(source.notes);
  const progress = { files: 0, bytes: 0, tokens: 0 };
  let readyMade = false;
  const add = (place: Place, tokens: Int32Array, failure: Failure | null) => {
    drafts.push({ ...place, tokens: store.keep(tokens), failure: tokens.length === 0 ? (failure ?? EMPTY) : null });
    progress.files++;
    progress.tokens += tokens.length;
    onProgress?.(progress);
  };
  const onBytes = (bytes: number) => {
    progress.bytes += bytes;
    onProgress?.(progress);
  };
  const lexing = openLexing(table, source.reading);
  try {
    let came = 0;
    for await (const item of source.read({ signal, onBytes })) {
      signal.throwIfAborted();
      if (item.kind === 'note') {
        notes.add(item.what, item.path, item.count);
        continue;
      }
      const place: Place = { path: item.path, part: item.part ?? null, order: item.order ?? came++ };
      switch (item.kind) {
        case 'python':
          await lexing.lex(item.bytes, (lexed) => {
            if ('reason' in lexed) add(place, NO_TOKENS, lexed);
            else add(place, lexed, null);
          });
          break;
        case 'tokens':
          readyMade = true;
          add(
            place,
            Int32Array.from(item.tokens, (text) => table.idOf(text)),
            null,
          );
          break;
        case 'line':
          readyMade = true;
          add(place, table.idsOfLine(item.bytes), null);
          break;
        case 'unreadable':
          add(place, NO_TOKENS, { line: null, reason: item.reason });
          break;
        default:
          item satisfies never;
      }
    }
    await lexing.finish();
  } finally {
    await lexing.close();
  }
  return { table, ...inOrder(drafts, source), notes: notes.list(), readyMade, reading: source.reading };
}

type Failure = Omit<SkippedFile, 'path'>;

interface Place {
  readonly path: string;
  readonly part: Part | null;
  readonly order: number;
}

interface Draft extends Place {
  readonly tokens: Int32Array;
  readonly failure: Failure | null;
}

const NO_TOKENS = new Int32Array();
const EMPTY: Failure = { line: null, reason: 'no tokens: empty, or only comments' };

/** Puts files in their order, and takes out those that failed where the source does not keep them. */
function inOrder(drafts: readonly Draft[], source: DataSource): Pick<Corpus, 'files' | 'skipped'> {
  const rank = ({ part }: Draft) => (part === null ? 0 : PARTS.indexOf(part));
  const ordered = drafts.toSorted(source.order === 'path' ? byPath : (a, b) => rank(a) - rank(b) || a.order - b.order);
  const kept = source.keepsFailed ? '; kept as an empty row' : '';
  return {
    files: ordered
      .filter(({ failure }) => failure === null || source.keepsFailed)
      .map(({ path, part, tokens }) => ({ path, part, tokens })),
    skipped: ordered.flatMap(({ path, failure }) =>
      failure === null ? [] : [{ path, line: failure.line, reason: failure.reason + kept }],
    ),
  };
}

/** Holds the numbers of all files, which would cost more memory as arrays of their own. */
class TokenStore {
  #chunk = new Int32Array();
  #used = 0;

  /** A copy of `tokens` that lasts. */
  keep(tokens: Int32Array): Int32Array {
    if (this.#used + tokens.length > this.#chunk.length) {
      this.#chunk = new Int32Array(Math.max(CHUNK, tokens.length));
      this.#used = 0;
    }
    const copy = this.#chunk.subarray(this.#used, this.#used + tokens.length);
    copy.set(tokens);
    this.#used += tokens.length;
    return copy;
  }
}
