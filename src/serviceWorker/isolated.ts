/** Which answers must carry the isolation headers, and with them the security policy, and how they get them. */
import { ISOLATION_HEADERS } from '#core/site/isolationHeaders.ts';
import { SECURITY_HEADERS } from '#core/site/securityPolicy.ts';

const HEADERS = { ...ISOLATION_HEADERS, ...SECURITY_HEADERS };

/**
 * A page becomes isolated by its own headers, and then refuses workers whose script lacks them. Nothing else of the
 * same origin needs any (https://html.spec.whatwg.org/multipage/browsers.html#coep).
 */
export function mustBeIsolated({ mode, destination }: Pick<Request, 'mode' | 'destination'>): boolean {
  return mode === 'navigate' || destination === 'worker' || destination === 'sharedworker';
}

/** The response with the headers; errors, redirects and opaque responses are given back as they are. */
export function isolated(response: Response): Response {
  // a copy would lose the address that a redirect led to
  if (!response.ok || response.redirected) return response;
  const { body, status, statusText } = response;
  const headers = new Headers(response.headers);
  for (const [name, value] of Object.entries(HEADERS)) headers.set(name, value);
  return new Response(body, { status, statusText, headers });
}
