/**
 * What a page of the lab may load and contact: a Content Security Policy (https://www.w3.org/TR/CSP3/). The built page contains it, since
 * any host may serve it. The lab's own servers also send it as a header, which applies to the scripts of workers; on other servers the
 * service worker adds it to these.
 */
const DIRECTIVES: Readonly<Record<string, string>> = {
  'default-src': "'none'",
  // files of the site alone: no inline script, no eval; compiling WebAssembly is what the devices do
  'script-src': "'self' 'wasm-unsafe-eval'",
  'worker-src': "'self'",
  // Mantine writes its theme, and sizes that follow the window's width, into style elements as it draws: no hash is known before
  'style-src-elem': "'self' 'unsafe-inline'",
  // attributes that text would bring; what React and the editor set goes through the CSSOM, which is not asked
  'style-src-attr': "'none'",
  'img-src': "'self' data: blob:",
  // The site's own; and addresses that a person types, of Parquet files that may lie anywhere, over https or on this machine.
  'connect-src': "'self' https: http://localhost:* http://127.0.0.1:*",
  'manifest-src': "'self'",
  'object-src': "'none'",
  'base-uri': "'none'",
  'form-action': "'none'",
};

export const CONTENT_SECURITY_POLICY = Object.entries(DIRECTIVES)
  .map(([name, sources]) => `${name} ${sources}`)
  .join('; ');

/** With what a page cannot say of itself: that no other may show it in a frame, and that a file is no other than its type says. */
export const SECURITY_HEADERS = {
  'Content-Security-Policy': `${CONTENT_SECURITY_POLICY}; frame-ancestors 'none'`,
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
} as const;
