/**
 * Features that the browser must have before the page starts the worker; a missing one is shown as a sentence, instead of a crash later.
 */
import type { Failure } from '#core/failure.ts';
import { hasWasmSimd, hasWebAssembly } from '#core/site/features.ts';

/** The first thing the lab cannot do without and does not find, or null. */
export function missingFeature(): Failure | null {
  if (!hasWebAssembly()) {
    return {
      kind: 'device',
      what: 'This browser has no WebAssembly, which the lab needs to compute.',
      remedy:
        'A policy or a security setting may have turned WebAssembly off. Allow it for this page, or open the page in a current Chrome, Edge, Firefox or Safari. Stored data is safe.',
    };
  }
  if (!hasWasmSimd()) {
    return {
      kind: 'device',
      what: 'This browser’s WebAssembly has no SIMD, which the lab needs to compute.',
      remedy:
        'Update the browser: Chrome and Edge have it since version 91, Firefox since 89, Safari since 16.4. Stored data is safe.',
    };
  }
  if (!hasIndexedDb()) {
    return {
      kind: 'no-storage',
      what: 'This browser does not let the page use IndexedDB, where the lab stores data sets and runs.',
      remedy: 'Use a normal window instead of a private one, or allow site data for this page. Then reload it.',
    };
  }
  if (typeof Worker === 'undefined') {
    return {
      kind: 'worker',
      what: 'This browser has no web workers, which the lab needs for training.',
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
