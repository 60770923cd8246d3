/** Reads the rows of a split from its shards in IndexedDB, each shard verified when it is first read. */
import type { AnySplit, Manifest, ShardEntry } from '../../src/core/dataset/manifest.ts';
import { sha256Hex } from '../../src/core/dataset/hash.ts';
import { fail } from '../../src/core/failure.ts';
import { rowLength } from '../../src/core/sampler/batch.ts';
import type { Rows } from '../../src/core/sampler/rows.ts';
import type { Database, DatasetRow } from './database.ts';
import { readShard } from './datasets.ts';

/** Shards kept in memory, in bytes: enough for any data set but the whole of CodeXGLUE. */
const CACHE_BYTES = 256 * 1024 * 1024;

/** @param limit takes only the first so many rows; null takes all */
export async function openRows(
  database: Database,
  { manifest, owner }: DatasetRow,
  split: AnySplit,
  limit: number | null = null,
): Promise<Rows> {
  const { shards, rows: total } = manifest.splits[split] ?? { shards: [], rows: 0 };
  const count = Math.min(total, limit ?? total);
  const lengths = new Uint16Array(count);
  /** First row of each shard. */
  const starts: number[] = [];
  const cache = new ShardCache(database, manifest, owner);
  let start = 0;
  for (const shard of shards) {
    starts.push(start);
    if (start < count) {
      const ids = await cache.ids(shard);
      for (let r = 0; r < shard.rows && start + r < count; r++) {
        lengths[start + r] = rowLength(ids.subarray(r * manifest.length, (r + 1) * manifest.length));
      }
    }
    start += shard.rows;
  }
  return {
    lengths,
    async read(indices) {
      const rows: Uint16Array[] = [];
      for (const index of indices) {
        const at = starts.findLastIndex((first) => first <= index);
        const ids = await cache.ids(shards[at]!);
        const offset = (index - starts[at]!) * manifest.length;
        rows.push(ids.subarray(offset, offset + manifest.length));
      }
      return rows;
    },
  };
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
        'Delete the data set in the Data room and load it again. Runs and weights are not affected.',
      );
    }
    // Every machine that runs a browser is little-endian, as the shards are.
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
