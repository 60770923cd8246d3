/**
 * What this browser can do for the lab, and the consequences of what it cannot. Every feature is tested by trying it: a browser's name says
 * nothing about its version, its settings or its window.
 */
import type { DeviceReport } from '#core/devices.ts';
import { hasRelaxedSimd, hasWasmSimd } from '#core/site/features.ts';
import { hasIndexedDb } from './support.ts';
import type { Isolation } from './isolation.ts';

/** What was found; null where it is not known yet, or the browser does not say. */
export interface Found {
  readonly webgpu: boolean | null;
  readonly isolation: Isolation;
  readonly simd: boolean;
  readonly relaxedSimd: boolean;
  readonly indexedDb: boolean;
  /** The browser has promised not to clear storage on its own. */
  readonly durable: boolean | null;
  readonly serviceWorkers: boolean;
  /** All files of the lab are kept, so that it opens without a network. */
  readonly kept: boolean | null;
  readonly locks: boolean;
}

export interface BrowserFact {
  readonly name: string;
  readonly state: 'yes' | 'no' | 'not known';
  /** What follows, in a sentence. */
  readonly follows: string;
}

export function browserFacts(found: Found): readonly BrowserFact[] {
  return [
    fact('WebGPU', found.webgpu, {
      yes: 'Models can train on the GPU.',
      no: 'The browser offers no GPU to pages, so training uses the CPU.',
      unknown: 'The lab is still looking for a GPU.',
    }),
    fact('Threads', found.isolation.isolated, {
      yes: 'The page is isolated, so training on the CPU uses several cores.',
      no: `The page is not isolated, so training on the CPU uses one core. ${found.isolation.isolated ? '' : found.isolation.why}`,
    }),
    simdFact(found),
    storageFact(found),
    fact('Offline', found.serviceWorkers ? found.kept : false, {
      yes: 'The whole lab is stored in this browser, so it opens offline.',
      no: found.serviceWorkers
        ? 'The lab could not be stored yet, so it does not open offline. It tries again at your next visit.'
        : 'The browser does not let this page use a service worker, so the lab does not open offline.',
      unknown: 'The lab is not completely stored yet, so it does not open offline.',
    }),
    fact('Several tabs', found.locks, {
      yes: 'Only one tab of the lab trains at a time.',
      no: 'The browser does not let this page use Web Locks, so training cannot start. Use a current browser, and open the page over https or from this computer.',
    }),
  ];
}

function simdFact({ simd, relaxedSimd }: Found): BrowserFact {
  return fact('WebAssembly SIMD', simd, {
    yes: relaxedSimd
      ? 'With relaxed SIMD: multiply and add are one operation.'
      : 'Without relaxed SIMD: multiply and add are two operations, which is slower.',
    no: 'The lab cannot compute without it.',
  });
}

function storageFact({ indexedDb, durable }: Found): BrowserFact {
  const kept = 'Data sets, runs and weights are stored in this browser';
  return fact('Storage', indexedDb, {
    yes:
      durable === null
        ? `${kept}. It does not say for how long.`
        : durable
          ? `${kept} until you delete them.`
          : `${kept}, which may clear them when the disk is full. Export what you want to keep.`,
    no: 'The browser does not let this page use IndexedDB, so nothing can be stored.',
  });
}

interface Sentences {
  readonly yes: string;
  readonly no: string;
  /** Where it may be unknown. */
  readonly unknown?: string;
}

function fact(name: string, has: boolean | null, { yes, no, unknown = no }: Sentences): BrowserFact {
  if (has === null) return { name, state: 'not known', follows: unknown };
  return { name, state: has ? 'yes' : 'no', follows: (has ? yes : no).trim() };
}

/** Asks the browser for what does not change while the page is open. */
export function askBrowser(): Pick<Found, 'simd' | 'relaxedSimd' | 'indexedDb' | 'serviceWorkers' | 'locks'> {
  return {
    simd: hasWasmSimd(),
    relaxedSimd: hasRelaxedSimd(),
    indexedDb: hasIndexedDb(),
    serviceWorkers: 'serviceWorker' in navigator,
    locks: 'locks' in navigator,
  };
}

/** Whether an adapter can be used; null while none has been looked for. */
export function hasWebGpu(devices: DeviceReport | null): boolean | null {
  return devices ? devices.options.some(({ kind, available }) => kind === 'webgpu' && available) : null;
}
