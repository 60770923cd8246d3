/** Data sets as a server offers them and as they are stored. */
import type { Manifest } from './manifest.ts';

/** A data set the server offers, from `datasets/index.json`. */
export interface OfferedDataset {
  readonly id: string;
  readonly title: string;
  /** Address of the manifest, relative to the page. */
  readonly manifest: string;
  readonly sha256: string;
  /** Bytes of all shards. */
  readonly bytes: number;
}

/** A data set complete in IndexedDB. */
export interface StoredDataset {
  readonly manifest: Manifest;
  /** Bytes of all shards. */
  readonly bytes: number;
  /** Milliseconds since 1970. */
  readonly storedAt: number;
}

/** Progress of a download. Rates are in bytes per second, for the part downloaded in this session. */
export interface DownloadProgress {
  readonly datasetId: string;
  readonly bytes: number;
  readonly totalBytes: number;
  readonly bytesPerSecond: number;
  readonly secondsLeft: number | null;
}
