/**
 * One build's files in the browser's cache. A file is stored only if its SHA-256 is the one in the build's list. So all files are of
 * that build, even if the server gets a newer one meanwhile. None of them is served before all are stored.
 *
 * Why not workbox-precaching: it fetches everything before the first service worker becomes active, and the page, which waits for its
 * isolation, would have to wait for that. It also deletes the files of an older build while a page of that build may be open.
 */
import type { BuiltSite, SiteFile } from '#core/site/builtSite.ts';

/** Header of a cached response with the hash of its contents. */
const HASH = 'x-sha256';

/** Folder of the files whose names contain a hash of their contents, so files of two builds do not collide. */
const HASHED = 'assets/';

export class SiteCache {
  readonly #site: BuiltSite;
  readonly #scope: string;
  readonly #download: typeof fetch;
  readonly #listed: ReadonlySet<string>;
  #filling: Promise<void> | null = null;
  #complete = false;

  /**
   * @param scope the address of the site's root, with a slash at its end; several sites of one origin share its caches
   * @param download replaces `fetch` in tests
   */
  constructor(site: BuiltSite, scope: string, download: typeof fetch = (...request) => fetch(...request)) {
    this.#site = site;
    this.#scope = scope;
    this.#download = download;
    this.#listed = new Set(site.files.map(({ address }) => address));
  }

  /** The requested address within the site; null if the request is not for one of its files. */
  addressOf({ method, mode, url, headers }: Pick<Request, 'method' | 'mode' | 'url' | 'headers'>): string | null {
    if (method !== 'GET' || !url.startsWith(this.#scope) || headers.has('range')) return null;
    const { pathname, search } = new URL(url);
    const address = pathname.slice(new URL(this.#scope).pathname.length);
    // links to experiments have a query
    if (mode === 'navigate') return address === '' || address === 'index.html' ? '' : null;
    if (search !== '' || address === '') return null;
    return this.#listed.has(address) || address.startsWith(HASHED) ? address : null;
  }

  /** The cached file; undefined if it must come from the network. */
  async find(address: string): Promise<Response | undefined> {
    const url = this.#urlOf(address);
    if (await this.isComplete()) {
      const own = await (await this.#open()).match(url);
      if (own) return own;
    }
    if (!address.startsWith(HASHED)) return undefined;
    // for a page of an older build that is still open
    for (const cache of await this.#others()) {
      const older = await cache.match(url);
      if (older) return older;
    }
    return undefined;
  }

  /** Whether all files are cached; false for a site without files, as in development. */
  async isComplete(): Promise<boolean> {
    const { files } = this.#site;
    if (!this.#complete && files.length > 0) {
      const kept = await (await this.#open()).keys();
      // only listed files are stored, so counting them is enough
      this.#complete = kept.length === files.length;
    }
    return this.#complete;
  }

  /**
   * Fetches the files that are not cached yet; files that an older build has too are copied from it. Calls do not overlap.
   * @throws if one file cannot be fetched; the next call continues with the rest
   */
  fill(): Promise<void> {
    this.#filling ??= this.#fill().finally(() => {
      this.#filling = null;
    });
    return this.#filling;
  }

  /** Deletes the files of other builds. */
  async dropOthers(): Promise<void> {
    for (const name of await this.#otherNames()) await caches.delete(name);
  }

  async #fill(): Promise<void> {
    if (await this.isComplete()) return;
    const own = await this.#open();
    const others = await this.#others();
    // one after the other, so that the page's own requests are not delayed
    for (const file of this.#site.files) {
      const url = this.#urlOf(file.address);
      if (await own.match(url)) continue;
      await own.put(url, (await sameIn(others, url, file)) ?? (await this.#fetched(url, file)));
    }
  }

  async #fetched(url: string, { address, sha256 }: SiteFile): Promise<Response> {
    // makes the browser revalidate its HTTP cache with the server
    const response = await this.#download(url, { cache: 'no-cache' });
    if (!response.ok) throw new Error(`${address || 'index.html'}: the server answered ${response.status}`);
    const bytes = await response.arrayBuffer();
    if ((await hashOf(bytes)) !== sha256) throw new Error(`${address || 'index.html'} is not this build's`);
    const headers = new Headers(response.headers);
    // these describe the transfer, but the stored body is decompressed
    for (const name of ['content-encoding', 'content-length', 'vary']) headers.delete(name);
    headers.set(HASH, sha256);
    return new Response(bytes, { headers });
  }

  #open(): Promise<Cache> {
    return caches.open(this.#prefix + this.#site.version);
  }

  async #others(): Promise<Cache[]> {
    return Promise.all((await this.#otherNames()).map((name) => caches.open(name)));
  }

  async #otherNames(): Promise<string[]> {
    const own = this.#prefix + this.#site.version;
    return (await caches.keys()).filter((name) => name.startsWith(this.#prefix) && name !== own);
  }

  get #prefix(): string {
    return `minicopilot-lab ${this.#scope} `;
  }

  #urlOf(address: string): string {
    return new URL(address, this.#scope).href;
  }
}

async function sameIn(caches: readonly Cache[], url: string, { sha256 }: SiteFile): Promise<Response | undefined> {
  for (const cache of caches) {
    const kept = await cache.match(url);
    if (kept?.headers.get(HASH) === sha256) return kept;
  }
  return undefined;
}

async function hashOf(bytes: ArrayBuffer): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
