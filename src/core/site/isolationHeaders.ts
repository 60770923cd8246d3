/**
 * With these two a page is cross-origin isolated, and gets shared memory: threads in WebAssembly. The lab's own servers
 * send them; elsewhere the service worker adds them.
 */
export const ISOLATION_HEADERS = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
} as const;
