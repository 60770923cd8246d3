/**
 * The site's service worker, built to `service-worker.js` beside `index.html`, so that its scope is the site, at any address. It isolates
 * pages and the scripts of workers, and caches the built site, so that it opens without a network. Everything else (data sets, ranges of
 * files, other origins) is left to the browser.
 *
 * The first service worker becomes active at once and caches nothing yet, because a page may be waiting for its isolation. Once the page is
 * drawn, it asks for the site to be cached (src/page/client/offline.ts). The service worker of a later build first fetches all of its
 * files, and then waits until no page of the older build is open, or until the user asks for it. Then it serves pages of the older build,
 * in other tabs, from the older files, which are deleted once no other page is open.
 */
import type { BuiltSite, ServiceWorkerRequest } from '#core/site/builtSite.ts';
import { isolated, mustBeIsolated } from './isolated.ts';
import { SiteCache } from './siteCache.ts';

/** A build writes `site` in front of this program (cli/build/builtSite.ts); in development it is undefined. */
declare const self: ServiceWorkerGlobalScope & { readonly site?: BuiltSite };

const cache = new SiteCache(self.site ?? { version: 'development', files: [] }, self.registration.scope);

self.addEventListener('install', (event) => {
  event.waitUntil(self.registration.active ? cache.fill() : self.skipWaiting());
});

self.addEventListener('message', (event) => {
  // only pages of this origin can post here
  const request: unknown = event.data;
  if (request === ('keep' satisfies ServiceWorkerRequest)) {
    event.waitUntil(keep().then((complete) => event.ports[0]?.postMessage(complete)));
  } else if (request === ('take-over' satisfies ServiceWorkerRequest)) {
    event.waitUntil(self.skipWaiting());
  }
});

self.addEventListener('fetch', (event) => {
  const { request } = event;
  const address = cache.addressOf(request);
  const isolate = mustBeIsolated(request);
  if (address !== null || isolate) event.respondWith(answer(request, address, isolate));
});

async function answer(request: Request, address: string | null, isolate: boolean): Promise<Response> {
  const found = address === null ? undefined : await cache.find(address).catch(() => undefined); // the browser may deny access to caches
  const response = found ?? (await fetch(request));
  return isolate ? isolated(response) : response;
}

/**
 * Caches the site. After a failure (no network, a full disk, a newer build on the server) the next visit tries again.
 * @returns whether all files are cached
 */
async function keep(): Promise<boolean> {
  try {
    await cache.fill();
    if (!(await cache.isComplete())) return false;
    // from now on the page of a first visit also gets its files from the cache
    await self.clients.claim();
    if (await onlyPage()) await cache.dropOthers();
    return true;
  } catch {
    return false;
  }
}

/** Whether at most one page of the site is open, and no later build is installing or waiting. */
async function onlyPage(): Promise<boolean> {
  const { scope, installing, waiting } = self.registration;
  const windows = await self.clients.matchAll({ type: 'window', includeUncontrolled: true });
  return !installing && !waiting && windows.filter(({ url }) => url.startsWith(scope)).length <= 1;
}
