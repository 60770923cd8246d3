/**
 * Whether this page is cross-origin isolated, on which threads in WebAssembly depend. A server isolates it with two
 * headers. Where none come, the site's service worker adds them, from the second load on: so the page is loaded once
 * more, before anything is drawn or trained, and never later.
 */
// oxlint-disable-next-line import/default -- the address of the built file, which Vite exports
import serviceWorkerAddress from '../../serviceWorker/service-worker.ts?worker&url';

/** `why` is a sentence for people. */
export type Isolation = { readonly isolated: true } | { readonly isolated: false; readonly why: string };

/** What is asked of the browser; tests pass their own. */
export interface Deps {
  readonly isolated: boolean;
  /** Over https, or from this machine. */
  readonly secure: boolean;
  /** Throws, or is missing, where the browser refuses. */
  serviceWorkers(): Pick<ServiceWorkerContainer, 'controller' | 'register'> | undefined;
  /** Storage of this tab alone; throws where the browser refuses. */
  session(): Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;
  reload(): void;
}

const RELOADED = 'minicopilot-lab.reloaded-for-isolation';
/** Milliseconds before the page continues without isolation; a first service worker is a few kilobytes, and fetches nothing. */
const PATIENCE = 5_000;

const INSECURE =
  'Browsers allow threads only on pages loaded over https or from this computer. This page was loaded over plain http.';
const REFUSED =
  'The server does not isolate the page, and the service worker that would do it is not available. A private window or blocked site data can be the reason.';
const SLOW =
  'The server does not isolate the page, and the service worker that would do it did not start in time. Reload the page to try again.';
const IN_VAIN =
  'The page was loaded through its service worker, but the browser did not isolate it. It may be in a frame of another page, or the browser may be too old.';

let known: Isolation = without('This is not known yet.');

/** Does not change once the lab is drawn. */
export function isolation(): Isolation {
  return known;
}

/**
 * Call it once, before anything is drawn; it never throws.
 * @returns how it came out, or null where the page is about to be loaded again and nothing must be begun
 */
export async function isolatePage(browser: Deps = thisPage, patience = PATIENCE): Promise<Isolation | null> {
  const outcome = await tryToIsolate(browser, patience).catch(() => without(REFUSED));
  if (outcome) known = outcome;
  return outcome;
}

async function tryToIsolate(browser: Deps, patience: number): Promise<Isolation | null> {
  if (browser.isolated) {
    forgetReload(browser);
    return { isolated: true };
  }
  if (!browser.secure) return without(INSECURE);
  const workers = browser.serviceWorkers();
  if (!workers) return without(REFUSED);
  const session = browser.session();
  // the first alone prevents a loop if the browser drops the tab's session between the two loads
  const loadedThrough = workers.controller?.scriptURL === serviceWorkerAddress;
  if (loadedThrough || session.getItem(RELOADED) !== null) return without(IN_VAIN);

  const activation = await Promise.race([
    workers.register(serviceWorkerAddress).then(activated),
    new Promise<'slow'>((resolve) => setTimeout(() => resolve('slow'), patience)),
  ]);
  if (activation !== 'active') return without(activation === 'slow' ? SLOW : REFUSED);
  session.setItem(RELOADED, '1');
  browser.reload();
  return null;
}

function without(why: string): Isolation {
  return { isolated: false, why };
}

/** Waits until the worker answers for pages that load from then on; `failed` where its start failed. */
function activated({ active, waiting, installing }: ServiceWorkerRegistration): Promise<'active' | 'failed'> {
  const worker = active ?? waiting ?? installing;
  return new Promise((resolve) => {
    const look = () => {
      if (worker?.state === 'activated') resolve('active');
      else if (!worker || worker.state === 'redundant') resolve('failed');
    };
    worker?.addEventListener('statechange', look);
    look();
  });
}

/** So that a later load that went past the service worker, as a forced reload does, is put right again. */
function forgetReload(browser: Deps): void {
  try {
    browser.session().removeItem(RELOADED);
  } catch {
    // without a session there is nothing to forget
  }
}

const thisPage: Deps = {
  isolated: globalThis.crossOriginIsolated,
  secure: globalThis.isSecureContext,
  serviceWorkers: () => ('serviceWorker' in navigator ? navigator.serviceWorker : undefined),
  session: () => sessionStorage,
  reload: () => location.reload(),
};
