/** Adds the isolation headers and the security policy to the responses that need them. */
import { ISOLATION_HEADERS } from '#core/site/isolationHeaders.ts';
import { SECURITY_HEADERS } from '#core/site/securityPolicy.ts';

const HEADERS = { ...ISOLATION_HEADERS, ...SECURITY_HEADERS };

/**
 * A page is isolated by its own headers, and then rejects workers whose scripts lack the headers. Other files of the same
 * origin do not need them (https://html.spec.whatwg.org/multipage/browsers.html#coep).
 */
export function mustBeIsolated({ mode, destination }: Pick<Request, 'mode' | 'destination'>): boolean {
  return mode === 'navigate' || destination === 'worker' || destination === 'sharedworker';
}

/** The response with the headers; errors, redirects and opaque responses are returned unchanged. */
export function isolated(response: Response): Response {
  // a copy would lose the address that a redirect led to
  if (!response.ok || response.redirected) return response;
  const { body, status, statusText } = response;
  const headers = new Headers(response.headers);
  for (const [name, value] of Object.entries(HEADERS)) headers.set(name, value);
  return new Response(body, { status, statusText, headers });
}
