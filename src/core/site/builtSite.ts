/** What the build passes to the site's service worker, and what the page asks it. */

export interface SiteFile {
  /** Relative to the site's root; the page itself is the empty one. */
  readonly address: string;
  /** SHA-256 of its contents, in hexadecimal digits. */
  readonly sha256: string;
}

/** All files that the page needs to work without a network, of one build. */
export interface BuiltSite {
  /** Changes with any file. */
  readonly version: string;
  readonly files: readonly SiteFile[];
}

/**
 * `keep`: fetch what is not here yet of the site; answered on the message's port by whether all of it is here.
 * `take-over`: a waiting service worker becomes the one that answers.
 */
export type ServiceWorkerRequest = 'keep' | 'take-over';
