/** Tests with the browser's real cache. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { BuiltSite } from '#core/site/builtSite.ts';
import { SiteCache } from './siteCache.ts';

const SCOPE = new URL('/somewhere/', location.href).href;

async function hash(text: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

type Contents = Readonly<Record<string, string>>;

async function builtOf(version: string, contents: Contents): Promise<BuiltSite> {
  const files = await Promise.all(
    Object.entries(contents).map(async ([address, text]) => ({ address, sha256: await hash(text) })),
  );
  return { version, files };
}

/** A fake server with these files, which records the requested addresses. */
function serverOf(contents: Contents) {
  const asked: string[] = [];
  const download: typeof fetch = (url) => {
    const address = new Request(url).url.slice(SCOPE.length);
    asked.push(address);
    const text = contents[address];
    const headers = { 'Content-Type': 'text/x-test', Vary: 'Origin', 'Content-Length': '9999' };
    return Promise.resolve(text === undefined ? new Response('', { status: 404 }) : new Response(text, { headers }));
  };
  return { asked, download };
}

const OLD = { '': 'the page', 'assets/a-1.js': 'a, first', 'assets/b-1.js': 'b', 'favicon.svg': 'drawn' };
const NEW = { '': 'the newer page', 'assets/a-2.js': 'a, second', 'assets/b-1.js': 'b', 'favicon.svg': 'redrawn' };

async function site(version: string, contents: Contents, server = serverOf(contents), scope = SCOPE) {
  return { cache: new SiteCache(await builtOf(version, contents), scope, server.download), asked: server.asked };
}

const text = async (response: Response | undefined) => response?.text();

async function forget() {
  for (const name of await caches.keys()) await caches.delete(name);
}
beforeEach(forget);
afterEach(forget);

describe('SiteCache', () => {
  it('keeps all files of a build, and fetches them once', async () => {
    const { cache, asked } = await site('1', OLD);
    expect(await cache.isComplete()).toBe(false);
    await Promise.all([cache.fill(), cache.fill()]);
    await cache.fill();
    expect(asked.toSorted()).toEqual(Object.keys(OLD).toSorted());
    expect(await cache.isComplete()).toBe(true);
    expect(await text(await cache.find(''))).toBe('the page');
    const found = await cache.find('assets/a-1.js');
    expect(await text(found)).toBe('a, first');
    expect(found?.headers.get('Content-Type')).toBe('text/x-test');
    // Content-Length would be that of the compressed file, and Vary could prevent a match with a page's request
    expect([found?.headers.get('Content-Length'), found?.headers.get('Vary')]).toEqual([null, null]);
    expect(await cache.find('assets/none.js')).toBeUndefined();
  });

  it('gives nothing out before all is here, and goes on where it stopped', async () => {
    const others = Object.fromEntries(Object.entries(OLD).filter(([address]) => address !== 'favicon.svg'));
    const first = await site('1', OLD, serverOf(others));
    await expect(first.cache.fill()).rejects.toThrow('favicon.svg: the server answered 404');
    expect(await first.cache.find('')).toBeUndefined();
    const second = await site('1', OLD);
    await second.cache.fill();
    expect(second.asked).toEqual(['favicon.svg']);
    expect(await text(await second.cache.find(''))).toBe('the page');
  });

  it('keeps no file of another build than its own', async () => {
    const { cache } = await site('1', OLD, serverOf({ ...OLD, '': 'the newer page' }));
    await expect(cache.fill()).rejects.toThrow('index.html is not this build');
    expect(await cache.isComplete()).toBe(false);
  });

  it('takes from an older build what has not changed, and answers its pages until that is dropped', async () => {
    const older = await site('1', OLD);
    await older.cache.fill();
    const newer = await site('2', NEW);
    await newer.cache.fill();
    expect(newer.asked.toSorted()).toEqual(['', 'assets/a-2.js', 'favicon.svg']);
    expect(await text(await newer.cache.find(''))).toBe('the newer page');
    expect(await text(await newer.cache.find('favicon.svg'))).toBe('redrawn');
    expect(await text(await newer.cache.find('assets/a-1.js'))).toBe('a, first');
    // the older cache still works
    expect(await text(await older.cache.find(''))).toBe('the page');
    await newer.cache.dropOthers();
    expect(await newer.cache.find('assets/a-1.js')).toBeUndefined();
    expect(await text(await newer.cache.find('assets/b-1.js'))).toBe('b');
  });

  it('leaves other sites of the same origin alone', async () => {
    const elsewhere = `${SCOPE}deeper/`;
    const other = await site('1', {}, serverOf({}), elsewhere);
    await caches.open(`minicopilot-lab ${elsewhere} 1`);
    await caches.open('of somebody else');
    const { cache } = await site('2', NEW);
    await cache.fill();
    await cache.dropOthers();
    expect(await caches.keys()).toHaveLength(3);
    expect(await other.cache.isComplete()).toBe(false);
  });

  it('knows which requests are for the site', async () => {
    const { cache } = await site('1', OLD);
    const asked = (address: string, change: { method?: string; mode?: RequestMode; headers?: HeadersInit } = {}) =>
      cache.addressOf({
        method: change.method ?? 'GET',
        mode: change.mode ?? 'cors',
        url: new URL(address, SCOPE).href,
        headers: new Headers(change.headers),
      });
    const navigate = { mode: 'navigate' } as const;
    expect([asked('', navigate), asked('?preset=quick', navigate), asked('index.html', navigate)]).toEqual([
      '',
      '',
      '',
    ]);
    expect([asked('favicon.svg', navigate), asked('elsewhere/', navigate)]).toEqual([null, null]);
    expect([asked('favicon.svg'), asked('assets/a-1.js'), asked('assets/of-an-older-build.js')]).toEqual([
      'favicon.svg',
      'assets/a-1.js',
      'assets/of-an-older-build.js',
    ]);
    const others = [
      '',
      'datasets/index.json',
      'favicon.svg?fresh',
      '../favicon.svg',
      'https://elsewhere.test/favicon.svg',
    ];
    expect(others.map((address) => asked(address))).toEqual(others.map(() => null));
    expect(asked('favicon.svg', { method: 'POST' })).toBeNull();
    expect(asked('favicon.svg', { headers: { Range: 'bytes=0-1' } })).toBeNull();
  });

  it('keeps nothing of a site without files, which is one in development', async () => {
    const { cache } = await site('development', {});
    await cache.fill();
    expect([await cache.isComplete(), await cache.find('')]).toEqual([false, undefined]);
  });
});
