/** What the build passes to the site's service worker, and the page's requests to it. */

export interface SiteFile {
  /** Relative to the site's root; empty for the page itself. */
  readonly address: string;
  /** SHA-256 of its contents, in hexadecimal digits. */
  readonly sha256: string;
}

/** All files of a build that the page needs to work without a network. */
export interface BuiltSite {
  /** Changes if any file changes. */
  readonly version: string;
  readonly files: readonly SiteFile[];
}

/**
 * `keep`: cache the files of the site that are missing. The answer on the message's port says whether all are cached.
 * `take-over`: activate the waiting service worker.
 */
export type ServiceWorkerRequest = 'keep' | 'take-over';
