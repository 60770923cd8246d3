import { describe, expect, it } from 'vitest';
import { ISOLATION_HEADERS } from '#core/site/isolationHeaders.ts';
import { SECURITY_HEADERS } from '#core/site/securityPolicy.ts';
import { isolated, mustBeIsolated } from './isolated.ts';

describe('mustBeIsolated', () => {
  it('takes pages and the scripts of workers', () => {
    expect(mustBeIsolated({ mode: 'navigate', destination: 'document' })).toBe(true);
    expect(mustBeIsolated({ mode: 'same-origin', destination: 'worker' })).toBe(true);
    expect(mustBeIsolated({ mode: 'same-origin', destination: 'sharedworker' })).toBe(true);
  });

  it('leaves downloads, scripts and pictures to the browser', () => {
    expect(mustBeIsolated({ mode: 'cors', destination: '' })).toBe(false);
    expect(mustBeIsolated({ mode: 'cors', destination: 'script' })).toBe(false);
    expect(mustBeIsolated({ mode: 'no-cors', destination: 'image' })).toBe(false);
  });
});

describe('isolated', () => {
  it('adds the headers, and keeps the rest', async () => {
    const headers = { 'Content-Type': 'text/html', 'Cross-Origin-Embedder-Policy': 'unsafe-none' };
    const response = isolated(new Response('<p>', { status: 203, statusText: 'Elsewhere', headers }));
    for (const [name, value] of Object.entries({ ...ISOLATION_HEADERS, ...SECURITY_HEADERS })) {
      expect(response.headers.get(name)).toBe(value);
    }
    expect(response.headers.get('Content-Type')).toBe('text/html');
    expect([response.status, response.statusText]).toEqual([203, 'Elsewhere']);
    expect(await response.text()).toBe('<p>');
  });

  it('keeps an empty answer empty', () => {
    expect(isolated(new Response(null, { status: 204 })).body).toBeNull();
  });

  it('gives errors and redirects back as they are', () => {
    const redirected = Object.defineProperty(new Response('moved'), 'redirected', { value: true });
    for (const response of [
      new Response('none', { status: 404 }),
      Response.error(),
      Response.redirect('http://localhost/'),
      redirected,
    ]) {
      expect(isolated(response)).toBe(response);
    }
  });
});
