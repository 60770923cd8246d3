/**
 * The site's service worker, built to `service-worker.js` beside `index.html`, so that its scope is the site, wherever
 * that lies. It answers for pages and the scripts of workers, to isolate them; all else (data sets, ranges of files,
 * other origins) it leaves to the browser. It keeps nothing.
 *
 * src/lab/isolation.ts registers it. A newer one takes over at once, also under a page that trains: each answers for
 * itself, so the page notices nothing and is not loaded again.
 */
import { isolated, mustBeIsolated } from './isolated.ts';

declare const self: ServiceWorkerGlobalScope;

self.addEventListener('install', (event) => event.waitUntil(self.skipWaiting()));

self.addEventListener('fetch', (event) => {
  if (mustBeIsolated(event.request)) event.respondWith(answer(event.request));
});

async function answer(request: Request): Promise<Response> {
  return isolated(await respond(request));
}

/** Where an answer comes from: the network alone. */
function respond(request: Request): Promise<Response> {
  return fetch(request);
}
