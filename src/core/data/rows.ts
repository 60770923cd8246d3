/** Files to rows of ids, and rows to shards, one split after the other. */
import { fail, LabError, messageOf } from '../failure.ts';
import { kindOf } from '../python/tokenKind.ts';
import type { CorpusFile } from './corpus.ts';
import { sha256Hex } from './hash.ts';
import type { AnySplit, ShardEntry, SplitEntry } from './manifest.ts';
import { outsideCode } from './outside.ts';
import { encodeIds, encodeShard, rowsPerShard } from './shards.ts';
import type { FinalTokens, Tally } from './tally.ts';
import { UNK_ID } from './vocabulary.ts';

/** Takes a finished shard. */
export type WriteShard = (file: string, bytes: Uint8Array<ArrayBuffer>) => Promise<void>;

export interface RowFormat {
  /** Ids a row. */
  readonly length: number;
  /** Long files continue in the next rows instead of being cut. */
  readonly whole: boolean;
  readonly finals: FinalTokens;
  /** Id of each final token. */
  readonly ids: Uint16Array;
}

/**
 * Writes the rows of one split as shards.
 * @param kept counts the tokens that come into the rows, where somebody wants to know
 * @param onRows hears how many rows were written so far, at each shard
 */
export async function writeSplit(
  split: AnySplit,
  files: Iterable<CorpusFile>,
  format: RowFormat,
  write: WriteShard,
  kept: Tally | null,
  onRows: (rows: number) => void,
): Promise<SplitEntry> {
  const rows: Uint16Array[] = [];
  const shards: ShardEntry[] = [];
  // The training split is never measured with a cache.
  const outside = split === 'train' ? null : new OutsideCodes(format.finals);
  const outsideShards: ShardEntry[] = [];
  const sum = { rows: 0, tokens: 0, keptTokens: 0, unknownTokens: 0, files: 0 };
  const store = async (name: string, bytes: Uint8Array<ArrayBuffer>): Promise<ShardEntry> => {
    const file = `${name}-${String(shards.length).padStart(4, '0')}.bin`;
    await written(file, () => write(file, bytes));
    return { file, rows: rows.length, bytes: bytes.length, sha256: await sha256Hex(bytes) };
  };
  const flush = async () => {
    const shard = await store(split, encodeShard(rows, format.length));
    if (outside) outsideShards.push(await store(`${split}-outside`, encodeIds(outside.take())));
    shards.push(shard);
    rows.length = 0;
    onRows(sum.rows);
  };
  for (const { tokens } of files) {
    sum.files++;
    sum.tokens += tokens.length + 2;
    for (const row of rowsOf(tokens, format, kept, outside)) {
      rows.push(row);
      sum.rows++;
      sum.keptTokens += row.length;
      for (let i = 0; i < row.length; i++) if (row[i] === UNK_ID) sum.unknownTokens++;
      if (rows.length === rowsPerShard(format.length)) await flush();
    }
  }
  if (rows.length > 0) await flush();
  return { ...sum, shards, ...(outside && { outside: outsideShards }) };
}

/** Ids of `<s>`, a file's tokens and `</s>`: one row, cut, or as many as it takes. */
function* rowsOf(
  tokens: Int32Array,
  format: RowFormat,
  kept: Tally | null,
  outside: OutsideCodes | null,
): Generator<Uint16Array> {
  const { length, whole, finals, ids } = format;
  const total = tokens.length + 2;
  const end = whole ? total : Math.min(total, length);
  for (let start = 0; start < end; start += length) {
    const row = new Uint16Array(Math.min(length, end - start));
    outside?.beginRow();
    for (let i = 0; i < row.length; i++) {
      const at = start + i;
      const final = at === 0 ? finals.start : at === total - 1 ? finals.end : finals.of(tokens[at - 1]!);
      row[i] = ids[final]!;
      if (row[i] === UNK_ID) outside?.add(final);
      kept?.add(final);
    }
    yield row;
  }
}

/** Collects the codes of `<UNK>`s (outside.ts) over the rows of a shard. */
class OutsideCodes {
  readonly #finals: FinalTokens;
  /** By final token, as soon as it has been asked for. */
  readonly #named = new Map<number, boolean>();
  readonly #numbers = new Map<number, number>();
  #codes: number[] = [];

  constructor(finals: FinalTokens) {
    this.#finals = finals;
  }

  beginRow(): void {
    this.#numbers.clear();
  }

  add(final: number): void {
    let number = this.#numbers.get(final);
    if (number === undefined) {
      number = this.#numbers.size + 1;
      this.#numbers.set(final, number);
    }
    let named = this.#named.get(final);
    if (named === undefined) {
      named = kindOf(this.#finals.text(final)) === 'name';
      this.#named.set(final, named);
    }
    this.#codes.push(outsideCode(number, named));
  }

  /** All codes so far, which are forgotten. */
  take(): readonly number[] {
    const codes = this.#codes;
    this.#codes = [];
    return codes;
  }
}

/** Turns a failed write of a shard into an error that says what the user can do. */
async function written(file: string, write: () => Promise<void>): Promise<void> {
  try {
    await write();
  } catch (cause) {
    if (cause instanceof LabError) throw cause;
    const full = isFull(cause);
    fail(
      full ? 'storage-full' : 'internal',
      full ? `The disk is full: ${file} could not be written.` : `${file} cannot be written: ${messageOf(cause)}.`,
      full
        ? 'Free some space and prepare the data set again. Nothing was stored.'
        : 'Check that the folder is writable. Nothing was stored.',
      cause,
    );
  }
}

/** A full disk in Node, or a full quota in a browser. */
function isFull(cause: unknown): boolean {
  if (!(cause instanceof Error)) return false;
  return (
    cause.name === 'QuotaExceededError' || ('code' in cause && (cause.code === 'ENOSPC' || cause.code === 'EDQUOT'))
  );
}
