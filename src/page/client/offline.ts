/**
 * Offline use, and updates of the lab. Both are done by the site's service worker (src/serviceWorker). This file asks it to cache the site
 * once the page is drawn, listens for a newer build, and loads that build only when the user asks for it.
 */
import { create } from 'zustand';
import type { ServiceWorkerRequest } from '#core/site/builtSite.ts';
// oxlint-disable-next-line import/default -- the address of the built file, which Vite exports
import serviceWorkerAddress from '../../serviceWorker/service-worker.ts?worker&url';

export interface OfflineState {
  /** Whether all of the site is kept; null where that is not known yet, or the page has no service worker. */
  readonly kept: boolean | null;
  /** A newer build is here, and waits to be loaded. */
  readonly newer: boolean;
}

export const useOffline = create<OfflineState>()(() => ({ kept: null, newer: false }));

const HOUR_MS = 60 * 60 * 1000;
/** The latest moment at which keeping begins on a page that is never idle. */
const LATEST_MS = 10_000;
/** A service worker that does not take over within it has failed; the page is then loaded all the same. */
const PATIENCE_MS = 5_000;

let registration: ServiceWorkerRegistration | null = null;
let watching = false;

/** Call it when the page is drawn; it returns at once, and begins when the page has loaded and is idle. */
export function watchOffline(): void {
  // the development server's files change as they are edited
  if (watching || !import.meta.env.PROD || !('serviceWorker' in navigator)) return;
  watching = true;
  const begin = () => whenIdle(() => void watch());
  if (document.readyState === 'complete') begin();
  else addEventListener('load', begin, { once: true });
}

/** Loads the newer build: once, now. What is not stored is lost, so ask while nothing is under way. */
export async function loadNewer(): Promise<void> {
  const waiting = registration?.waiting;
  if (waiting) {
    const taken = new Promise((resolve) => {
      navigator.serviceWorker.addEventListener('controllerchange', resolve, { once: true });
      setTimeout(resolve, PATIENCE_MS);
    });
    post(waiting, 'take-over');
    await taken;
  }
  // else it has taken over for another tab
  location.reload();
}

async function watch(): Promise<void> {
  const workers = navigator.serviceWorker;
  const controlled = workers.controller !== null;
  let found: ServiceWorkerRegistration | undefined;
  try {
    found = await workers.register(serviceWorkerAddress);
  } catch {
    // refused, as in some private windows, or no network at a first visit: the lab works without
  }
  // an automated browser may refuse by returning undefined
  if (!found) return;
  registration = found;
  lookForNewer(found);
  found.addEventListener('updatefound', () => {
    found.installing?.addEventListener('statechange', () => lookForNewer(found));
  });
  // the user asked in another tab; on a first visit it is only the first one taking over
  if (controlled) workers.addEventListener('controllerchange', () => useOffline.setState({ newer: true }));

  const check = () => {
    // without a network there is no newer build; the next check asks again
    if (document.visibilityState === 'visible') found.update().catch(() => undefined);
  };
  setInterval(check, HOUR_MS);
  document.addEventListener('visibilitychange', check);

  const { active } = await workers.ready;
  if (active) useOffline.setState({ kept: await keep(active) });
}

function lookForNewer({ waiting, active }: ServiceWorkerRegistration): void {
  if (waiting && active) useOffline.setState({ newer: true });
}

function keep(worker: ServiceWorker): Promise<boolean> {
  const { port1, port2 } = new MessageChannel();
  return new Promise((resolve) => {
    port1.addEventListener('message', ({ data }) => {
      resolve(data === true);
      port1.close();
    });
    port1.start();
    post(worker, 'keep', [port2]);
  });
}

function post(worker: ServiceWorker, request: ServiceWorkerRequest, transfer: Transferable[] = []): void {
  worker.postMessage(request, transfer);
}

function whenIdle(work: () => void): void {
  // Safari has no idle callback
  if ('requestIdleCallback' in globalThis) requestIdleCallback(work, { timeout: LATEST_MS });
  else setTimeout(work, 1_000);
}
