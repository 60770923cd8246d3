/**
 * Downloads a data set from the server into IndexedDB, shard by shard. Each shard is verified before it is stored, and an interrupted
 * download resumes. A shard that does not match its hash is fetched once more, and named in the error if it fails again.
 */
import { parseManifest, shardsOf, type ShardEntry } from '#core/data/manifest.ts';
import { sha256Hex } from '#core/data/hash.ts';
import { fail } from '#core/failure.ts';
import type { DownloadProgress, OfferedDataset, StoredDataset } from '#core/data/stored.ts';
import type { Database } from './database.ts';
import { completeDataset, describeDataset, downloadOwner, findDataset, storedShards, storeShard } from './datasets.ts';

export interface Download {
  readonly offer: OfferedDataset;
  /** Address that the offer's manifest is relative to. */
  readonly base: string;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: DownloadProgress) => void;
}

/** @throws LabError `network`, `bad-input`, `unknown-version`, `damaged-shard`, `storage-full` or `cancelled` */
export async function downloadDataset(database: Database, download: Download): Promise<StoredDataset> {
  const { offer, base, signal, onProgress } = download;
  const present = await findDataset(database, offer.id);
  if (present && present.manifest.sha256 === offer.sha256) {
    const stored = describeDataset(present);
    // A copy from before data sets kept codes of their `<UNK>`s has the same rows and hash, but fewer bytes.
    if (stored.bytes === offer.bytes) return stored;
  }

  const address = new URL(offer.manifest, base);
  const manifest = parseManifest(
    new TextDecoder().decode(await fetchBytes(address, signal && { signal })),
    address.pathname,
  );
  const shards = shardsOf(manifest);
  const owner = downloadOwner(manifest);
  const here = await storedShards(database, owner);
  const totalBytes = shards.reduce((sum, shard) => sum + shard.bytes, 0);
  let bytes = shards.filter((shard) => here.has(shard.file)).reduce((sum, shard) => sum + shard.bytes, 0);

  const started = performance.now();
  const resumedAt = bytes;
  const report = () => {
    const seconds = (performance.now() - started) / 1000;
    const bytesPerSecond = seconds > 0 ? (bytes - resumedAt) / seconds : 0;
    const secondsLeft = bytesPerSecond > 0 ? (totalBytes - bytes) / bytesPerSecond : null;
    onProgress({ datasetId: manifest.id, bytes, totalBytes, bytesPerSecond, secondsLeft });
  };
  report();
  for (const shard of shards) {
    if (here.has(shard.file)) continue;
    const body = await fetchVerified(new URL(shard.file, address), shard, signal);
    await storeShard(database, owner, shard.file, body);
    bytes += shard.bytes;
    report();
  }
  return completeDataset(database, { id: manifest.id, manifest, owner, storedAt: Date.now() });
}

async function fetchVerified(address: URL, shard: ShardEntry, signal: AbortSignal): Promise<ArrayBuffer> {
  for (const cache of ['default', 'reload'] as const) {
    const body = await fetchBytes(address, { signal, cache });
    if (body.byteLength === shard.bytes && (await sha256Hex(new Uint8Array(body))) === shard.sha256) return body;
  }
  fail(
    'damaged-shard',
    `The shard ${shard.file} was damaged twice during download: its hash does not match the manifest.`,
    'Prepare the data set again on the server (npm run data), then download it again. Stored data is safe.',
  );
}

const PREPARE = 'Prepare the data set on the server with npm run data, then try again.';

interface FetchOptions {
  readonly signal?: AbortSignal;
  readonly cache?: RequestCache;
  /** Remedy in the error if the server does not have the file. */
  readonly missing?: string;
}

/** @throws LabError `network` or `cancelled` */
export async function fetchBytes(
  address: URL,
  { signal, cache = 'default', missing = PREPARE }: FetchOptions = {},
): Promise<ArrayBuffer> {
  let response: Response;
  try {
    response = await fetch(address, { cache, ...(signal ? { signal } : {}) });
    if (response.ok) return await response.arrayBuffer();
  } catch (cause) {
    if (signal?.aborted)
      fail(
        'cancelled',
        'The download was cancelled.',
        'The downloaded part is kept. You can start the download again.',
      );
    fail(
      'network',
      `${address.pathname} could not be downloaded.`,
      'Check the connection and try again: the download resumes where it stopped. Stored data is safe.',
      cause,
    );
  }
  fail(
    'network',
    `The server answered ${response.status} for ${address.pathname}.`,
    response.status === 404 ? missing : 'Try again later. Stored data is safe.',
  );
}
