/**
 * These headers make a page cross-origin isolated, which allows shared memory and so threads in WebAssembly. The lab's own servers
 * send them; on other servers the service worker adds them.
 */
export const ISOLATION_HEADERS = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
} as const;
