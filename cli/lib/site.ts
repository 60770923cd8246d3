/**
 * The lab as a site on this machine, for the commands and the tests: built when its sources changed, served with the
 * data sets straight from `public/datasets`. The installed package has it built already. Prints nothing.
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

/** Digits of the fingerprint in a folder's name. */
const FOLDER_DIGITS = 16;
const BUILDS_KEPT = 3;
const MAX_PORT = 65_535;
/** Milliseconds before a build may be dropped. */
const MIN_AGE = 60 * 60 * 1000;

export interface Site {
  /** With a slash at its end. */
  readonly address: string;
  /** Further addresses, when it listens on more than this machine. */
  readonly network: readonly string[];
  close(): Promise<void>;
}

export interface SiteOptions {
  /** 0 takes any free one. */
  readonly port: number;
  /** Fails when the port is taken, instead of taking the next free one. */
  readonly strictPort?: boolean;
  readonly host?: string;
}

/**
 * Builds what is stale, in a folder named by its sources, so that a build never takes the files from under a server that
 * runs. @returns the folder
 */
export async function buildSite(): Promise<string> {
  if (PACKAGED) return DIST;
  const folder = join(SITES, (await sourcesFingerprint()).slice(0, FOLDER_DIGITS));
  if (existsSync(folder)) return folder;
  const partial = `${folder}.${process.pid}`;
  try {
    // only a checkout has it
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
    // another command built the same at the same time
    if (!existsSync(folder)) throw error;
  });
  await dropOldBuilds();
  return folder;
}

/** Keeps the last builds: a server may still run on one. */
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
    // looks files up when they are asked for, since data sets can come later
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

/** @returns the port, which is a later one if the one asked for is taken and need not be it */
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

/** This machine's address first; those of its networks where it listens on all. */
function addressesOf(host: string, port: number): string[] {
  const isOpen = host === '0.0.0.0' || host === '::';
  const outside = Object.values(networkInterfaces())
    .flatMap((cards) => cards ?? [])
    .filter(({ family, internal }) => family === 'IPv4' && !internal)
    .map(({ address }) => address);
  const hosts = isOpen ? ['localhost', ...outside] : [host];
  return hosts.map((name) => `http://${name.includes(':') ? `[${name}]` : name}:${port}/`);
}

/** So that no other command drops a build that is being served. */
async function touchFolder(folder: string): Promise<void> {
  const now = new Date();
  // if the folder is gone anyway, the missing files are reported
  await utimes(folder, now, now).catch(() => {});
}

/** Other public files are copied; data sets are linked, since they can be gigabytes and come after the build. */
async function linkPublic(folder: string): Promise<void> {
  await mkdir(DATASETS, { recursive: true });
  await cp(join(ROOT, 'public'), folder, { recursive: true, filter: (source) => source !== DATASETS });
  await symlink(DATASETS, join(folder, basename(DATASETS)), 'junction');
}

/** Changes with any source's path, size or time. */
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
