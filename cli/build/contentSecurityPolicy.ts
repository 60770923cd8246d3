/** The page's policy (src/core/site/securityPolicy.ts) in a build. In development there is none: the server's own scripts are inline. */
import type { Plugin } from 'vite';
import { CONTENT_SECURITY_POLICY } from '#core/site/securityPolicy.ts';

/** Writes the policy into the page's head. */
export function contentSecurityPolicy(): Plugin {
  return {
    name: 'content-security-policy',
    apply: 'build',
    transformIndexHtml: () => [
      {
        tag: 'meta',
        attrs: { 'http-equiv': 'Content-Security-Policy', content: CONTENT_SECURITY_POLICY },
        // a policy only applies to the elements after it
        injectTo: 'head-prepend',
      },
    ],
  };
}

/**
 * Tells zod to parse without `new Function`, which the policy forbids. Otherwise zod tries it when the first schema is created, and the
 * browser reports a violation. Calling `z.config` would be too late if a chunk with schemas runs before the entry.
 */
export function withoutEval(): Plugin {
  return {
    name: 'without-eval',
    apply: 'build',
    transform: {
      filter: { id: /\/zod\/v4\/core\/core\.js$/ },
      handler: (code) => ({ code: `${code}\nglobalConfig.jitless = true;\n`, map: null }),
    },
  };
}
