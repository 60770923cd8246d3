/**
 * Builds and serves the lab on this machine, for the commands and the tests. It is built again when its sources change, and
 * data sets are served directly from `public/datasets`. The installed package is already built. Prints nothing.
 */
import { once } from 'node:events';
import { createHash } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import { networkInterfaces } from 'node:os';
import { existsSync } from 'node:fs';
import { cp, mkdir, readdir, rename, rm, stat, symlink, utimes } from 'node:fs/promises';
import { basename, join } from 'node:path';
import sirv from 'sirv';
import { fail, messageOf } from '#core/failure.ts';
import { ISOLATION_HEADERS } from '#core/site/isolationHeaders.ts';
import { SECURITY_HEADERS } from '#core/site/securityPolicy.ts';
import { BUILD_INPUTS, DATASETS, DIST, PACKAGED, ROOT, SITES } from './paths.ts';

/** Number of digits of the fingerprint in a folder's name. */
const FOLDER_DIGITS = 16;
const BUILDS_KEPT = 3;
const MAX_PORT = 65_535;
/** Milliseconds before an unused build may be deleted. */
const MIN_AGE = 60 * 60 * 1000;

export interface Site {
  /** With a slash at its end. */
  readonly address: string;
  /** Addresses in this machine's networks, if the server listens on them. */
  readonly network: readonly string[];
  close(): Promise<void>;
}

export interface SiteOptions {
  /** 0 for any free port. */
  readonly port: number;
  /** Whether to fail if the port is taken, instead of using the next free one. */
  readonly strictPort?: boolean;
  readonly host?: string;
}

/**
 * Builds the site if it is stale. The folder is named for the sources' fingerprint, so that a build never deletes files that
 * a running server needs. @returns the folder
 */
export async function buildSite(): Promise<string> {
  if (PACKAGED) return DIST;
  const folder = join(SITES, (await sourcesFingerprint()).slice(0, FOLDER_DIGITS));
  if (existsSync(folder)) return folder;
  const partial = `${folder}.${process.pid}`;
  try {
    // imported here, since only a checkout has Vite
    const { build } = await import('vite');
    await build({
      root: ROOT,
      logLevel: 'error',
      build: { outDir: partial, emptyOutDir: true, copyPublicDir: false, reportCompressedSize: false },
    });
  } catch (cause) {
    await rm(partial, { recursive: true, force: true });
    fail('internal', `The lab does not build: ${messageOf(cause)}`, 'Fix the source file that it names.', cause);
  }
  await linkPublic(partial);
  await rename(partial, folder).catch(async (error: unknown) => {
    await rm(partial, { recursive: true, force: true });
    // another command built the same site at the same time
    if (!existsSync(folder)) throw error;
  });
  await dropOldBuilds();
  return folder;
}

/** Deletes old builds. The last ones stay, since a server may still use them. */
async function dropOldBuilds(): Promise<void> {
  const names = await readdir(SITES);
  const builds = await Promise.all(
    names.map(async (name) => ({ path: join(SITES, name), age: Date.now() - (await stat(join(SITES, name))).mtimeMs })),
  );
  const old = builds.toSorted((one, other) => one.age - other.age).slice(BUILDS_KEPT);
  await Promise.all(
    old.filter(({ age }) => age > MIN_AGE).map(({ path }) => rm(path, { recursive: true, force: true })),
  );
}

/** Serves a folder with the headers that isolate and protect it. @param folder as `buildSite` returns it */
export async function serveSite(
  folder: string,
  { port, strictPort = false, host = 'localhost' }: SiteOptions,
): Promise<Site> {
  const files = sirv(folder, {
    // looks files up on each request, since data sets can be added later
    dev: true,
    etag: true,
    setHeaders: (response) => {
      for (const [name, value] of Object.entries({ ...ISOLATION_HEADERS, ...SECURITY_HEADERS })) {
        response.setHeader(name, value);
      }
    },
  });
  const server = createServer((request, response) =>
    files(request, response, () => void response.writeHead(404, { 'Content-Type': 'text/plain' }).end('Not found')),
  );
  try {
    const taken = await listen(server, host, port, strictPort);
    const kept = setInterval(() => void touchFolder(folder), MIN_AGE / 4).unref();
    const [address, ...network] = addressesOf(host, taken);
    return {
      address: address!,
      network,
      async close() {
        clearInterval(kept);
        const closed = once(server, 'close');
        server.close();
        // a browser's idle connections would keep the server alive
        server.closeAllConnections();
        await closed;
      },
    };
  } catch (cause) {
    fail(
      'network',
      `The lab cannot be served on ${host}, port ${port}: ${messageOf(cause)}.`,
      'Choose another with --port.',
      cause,
    );
  }
}

/** @returns the port, which is a later one if the requested port is taken and `strictPort` is false */
async function listen(server: Server, host: string, port: number, strictPort: boolean): Promise<number> {
  for (let tried = port; ; tried++) {
    try {
      server.listen(tried, host);
      await once(server, 'listening');
      const address = server.address();
      return typeof address === 'object' && address !== null ? address.port : tried;
    } catch (error) {
      const isTaken = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
      if (!isTaken || strictPort || tried >= MAX_PORT) throw error;
    }
  }
}

/** The local address first, then those in this machine's networks if the server listens on all. */
function addressesOf(host: string, port: number): string[] {
  const isOpen = host === '0.0.0.0' || host === '::';
  const outside = Object.values(networkInterfaces())
    .flatMap((cards) => cards ?? [])
    .filter(({ family, internal }) => family === 'IPv4' && !internal)
    .map(({ address }) => address);
  const hosts = isOpen ? ['localhost', ...outside] : [host];
  return hosts.map((name) => `http://${name.includes(':') ? `[${name}]` : name}:${port}/`);
}

/** Updates the folder's time, so that no other command deletes a build that is being served. */
async function touchFolder(folder: string): Promise<void> {
  const now = new Date();
  // if the folder is missing, the missing files are reported later
  await utimes(folder, now, now).catch(() => {});
}

/** Copies the public files, but links the data sets, which can be gigabytes and can be added after the build. */
async function linkPublic(folder: string): Promise<void> {
  await mkdir(DATASETS, { recursive: true });
  await cp(join(ROOT, 'public'), folder, { recursive: true, filter: (source) => source !== DATASETS });
  await symlink(DATASETS, join(folder, basename(DATASETS)), 'junction');
}

/** A hash that changes with any source's path, size or time. */
async function sourcesFingerprint(): Promise<string> {
  const hash = createHash('sha256');
  for (const input of BUILD_INPUTS) {
    for (const path of await filesUnder(join(ROOT, input))) {
      const { size, mtimeMs } = await stat(path);
      hash.update(`${path} ${size} ${mtimeMs}\n`);
    }
  }
  return hash.digest('hex');
}

async function filesUnder(path: string): Promise<string[]> {
  if (path === DATASETS || !existsSync(path)) return [];
  if (!(await stat(path)).isDirectory()) return /\.test\.tsx?$/.test(path) ? [] : [path];
  const names = (await readdir(path)).toSorted();
  return (await Promise.all(names.map((name) => filesUnder(join(path, name))))).flat();
}
