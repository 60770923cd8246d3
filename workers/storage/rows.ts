/** Reads the rows of a split from its shards in IndexedDB. Each shard is verified whenever it is loaded into the cache. */
import type { AnySplit, Manifest, ShardEntry } from '#core/data/manifest.ts';
import { sha256Hex } from '#core/data/hash.ts';
import { fail } from '#core/failure.ts';
import { rowLength } from '#core/data/batches/batch.ts';
import { spreadCodes } from '#core/data/outside.ts';
import type { Rows } from '#core/data/batches/rows.ts';
import type { Database, DatasetRow } from './database.ts';
import { readShard } from './datasets.ts';

/** Maximum bytes of shards in memory: enough for any data set except the whole of CodeXGLUE. */
const CACHE_BYTES = 256 * 1024 * 1024;

/**
 * Opens a split with the length of every row. This reads the whole split once.
 * @param limit number of rows to use, from the beginning; null for all
 */
export async function openRows(
  database: Database,
  dataset: DatasetRow,
  split: AnySplit,
  limit: number | null = null,
): Promise<Rows> {
  const stored = new StoredRows(database, dataset, split);
  const lengths = await stored.lengths(Math.min(stored.count, limit ?? stored.count));
  return {
    lengths,
    read: (indices) => stored.read(indices),
    readOutside: stored.keepsOutside ? (indices) => stored.readOutside(indices) : undefined,
  };
}

/**
 * Reads some rows of a split, without PAD. Reads only the shards that contain them.
 * @throws LabError `not-found` for a row that does not exist
 */
export async function readRows(
  database: Database,
  dataset: DatasetRow,
  split: AnySplit,
  indices: readonly number[],
): Promise<Uint16Array[]> {
  const stored = new StoredRows(database, dataset, split);
  if (!indices.every((index) => Number.isInteger(index) && index >= 0 && index < stored.count)) {
    fail('not-found', `The ${split} split has ${stored.count} rows.`, 'Ask for one of these.');
  }
  const rows = await stored.read(indices);
  return rows.map((row) => row.slice(0, rowLength(row)));
}

class StoredRows {
  /** Number of rows in the split. */
  readonly count: number;
  readonly #width: number;
  readonly #shards: readonly ShardEntry[];
  readonly #outside: readonly ShardEntry[] | undefined;
  /** First row of each shard. */
  readonly #starts: readonly number[];
  readonly #cache: ShardCache;
  #spread: { readonly at: number; readonly codes: Uint16Array } | undefined;

  constructor(database: Database, { manifest, owner }: DatasetRow, split: AnySplit) {
    this.#width = manifest.length;
    this.#shards = manifest.splits[split]?.shards ?? [];
    this.#outside = manifest.splits[split]?.outside;
    const starts: number[] = [];
    let count = 0;
    for (const { rows } of this.#shards) {
      starts.push(count);
      count += rows;
    }
    this.#starts = starts;
    this.count = count;
    this.#cache = new ShardCache(database, manifest, owner);
  }

  /** Number of tokens in each of the first `count` rows. */
  async lengths(count: number): Promise<Uint16Array> {
    const lengths = new Uint16Array(count);
    for (const [at, shard] of this.#shards.entries()) {
      const start = this.#starts[at]!;
      if (start >= count) break;
      const ids = await this.#cache.ids(shard);
      for (let r = 0; r < shard.rows && start + r < count; r++) lengths[start + r] = rowLength(this.#row(ids, r));
    }
    return lengths;
  }

  get keepsOutside(): boolean {
    return this.#outside !== undefined;
  }

  async read(indices: readonly number[]): Promise<Uint16Array[]> {
    const rows: Uint16Array[] = [];
    for (const index of indices) {
      const at = this.#shardOf(index);
      rows.push(this.#row(await this.#cache.ids(this.#shards[at]!), index - this.#starts[at]!));
    }
    return rows;
  }

  async readOutside(indices: readonly number[]): Promise<Uint16Array[]> {
    const rows: Uint16Array[] = [];
    for (const index of indices) {
      const at = this.#shardOf(index);
      const codes = await this.#codes(at);
      rows.push(this.#row(codes, index - this.#starts[at]!));
    }
    return rows;
  }

  /** The codes of a shard's `<UNK>`s, spread to the positions of its ids. Those of the last shard are cached. */
  async #codes(at: number): Promise<Uint16Array> {
    if (this.#spread?.at !== at) {
      const [ids, codes] = [await this.#cache.ids(this.#shards[at]!), await this.#cache.ids(this.#outside![at]!)];
      this.#spread = { at, codes: spreadCodes(ids, codes) };
    }
    return this.#spread.codes;
  }

  #shardOf(row: number): number {
    return this.#starts.findLastIndex((first) => first <= row);
  }

  #row(ids: Uint16Array, row: number): Uint16Array {
    return ids.subarray(row * this.#width, (row + 1) * this.#width);
  }
}

class ShardCache {
  readonly #database: Database;
  readonly #manifest: Manifest;
  readonly #owner: string;
  /** Least recently used first. */
  readonly #shards = new Map<string, Uint16Array>();
  #bytes = 0;

  constructor(database: Database, manifest: Manifest, owner: string) {
    this.#database = database;
    this.#manifest = manifest;
    this.#owner = owner;
  }

  async ids(shard: ShardEntry): Promise<Uint16Array> {
    const cached = this.#shards.get(shard.file);
    if (cached) {
      this.#shards.delete(shard.file);
      this.#shards.set(shard.file, cached);
      return cached;
    }
    const bytes = await readShard(this.#database, this.#owner, shard.file);
    if (!bytes || (await sha256Hex(new Uint8Array(bytes))) !== shard.sha256) {
      fail(
        'damaged-shard',
        `The stored shard ${shard.file} of ${this.#manifest.title} is ${bytes ? 'damaged' : 'missing'}.`,
        'Delete the data set on the Data page and download or import it again. Runs and weights are not affected.',
      );
    }
    // Shards are little-endian, as are all machines that run a browser.
    const ids = new Uint16Array(bytes);
    this.#shards.set(shard.file, ids);
    this.#bytes += ids.byteLength;
    for (const [file, oldest] of this.#shards) {
      if (this.#bytes <= CACHE_BYTES || file === shard.file) break;
      this.#shards.delete(file);
      this.#bytes -= oldest.byteLength;
    }
    return ids;
  }
}
