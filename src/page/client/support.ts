/** What the page must find in the browser before it starts the worker; each lack is a sentence, not a crash later. */
import type { Failure } from '#core/failure.ts';
import { hasWasmSimd, hasWebAssembly } from '#core/site/features.ts';

/** The first thing the lab cannot do without and does not find, or null. */
export function missingFeature(): Failure | null {
  if (!hasWebAssembly()) {
    return {
      kind: 'device',
      what: 'This browser has no WebAssembly, which the lab needs to compute.',
      remedy:
        'WebAssembly may be switched off by a policy or a security setting: allow it for this page, or open the page in a current Chrome, Edge, Firefox or Safari. What is stored is safe.',
    };
  }
  if (!hasWasmSimd()) {
    return {
      kind: 'device',
      what: 'This browser’s WebAssembly has no SIMD, which the lab needs to compute.',
      remedy:
        'Update the browser: Chrome and Edge have it since version 91, Firefox since 89, Safari since 16.4. What is stored is safe.',
    };
  }
  if (!hasIndexedDb()) {
    return {
      kind: 'no-storage',
      what: 'This browser gives the page no IndexedDB, where the lab keeps data sets and runs.',
      remedy: 'Leave the private window, or allow site data for this page, then reload it.',
    };
  }
  if (typeof Worker === 'undefined') {
    return {
      kind: 'worker',
      what: 'This browser has no web workers, in which the lab trains.',
      remedy: 'Open the page in a current Chrome, Edge, Firefox or Safari.',
    };
  }
  return null;
}

export function hasIndexedDb(): boolean {
  try {
    // Reading the property itself throws where site data is blocked in some browsers.
    return typeof indexedDB !== 'undefined' && indexedDB !== null;
  } catch {
    return false;
  }
}
