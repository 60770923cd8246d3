/**
 * What a page of the lab may load and contact: a Content Security Policy (https://www.w3.org/TR/CSP3/). The built page contains it, since
 * any host may serve it. The lab's own servers also send it as a header, which applies to the scripts of workers; on other servers the
 * service worker adds the header.
 */
const DIRECTIVES: Readonly<Record<string, string>> = {
  'default-src': "'none'",
  // only files of the site, no inline scripts and no eval; the devices compile WebAssembly
  'script-src': "'self' 'wasm-unsafe-eval'",
  'worker-src': "'self'",
  // Mantine writes its theme and responsive sizes into style elements when it renders, so their hashes are not known in advance
  'style-src-elem': "'self' 'unsafe-inline'",
  // style attributes in markup; React and the editor set styles through the CSSOM, which this does not restrict
  'style-src-attr': "'none'",
  'img-src': "'self' data: blob:",
  // The site's own files, and Parquet files at any address that the user enters, over https or on this machine.
  'connect-src': "'self' https: http://localhost:* http://127.0.0.1:*",
  'manifest-src': "'self'",
  'object-src': "'none'",
  'base-uri': "'none'",
  'form-action': "'none'",
};

export const CONTENT_SECURITY_POLICY = Object.entries(DIRECTIVES)
  .map(([name, sources]) => `${name} ${sources}`)
  .join('; ');

/** Adds what a page cannot declare itself: no other page may frame it, and browsers must not guess the types of files. */
export const SECURITY_HEADERS = {
  'Content-Security-Policy': `${CONTENT_SECURITY_POLICY}; frame-ancestors 'none'`,
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
} as const;
