/**
 * The lab as a site on this machine, for the commands and the tests: built when its sources changed, served with the
 * data sets straight from `public/datasets`. Prints nothing.
 */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { cp, mkdir, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { build, preview } from 'vite';
import { fail, messageOf } from '../src/core/failure.ts';
import { BUILD_INPUTS, DATASETS, ROOT, SITE, SITE_STAMP } from './paths.ts';

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

/** Builds what is stale. @returns whether it built */
export async function buildSite(): Promise<boolean> {
  const fingerprint = await sourcesFingerprint();
  if (existsSync(join(SITE, 'index.html')) && (await lastFingerprint()) === fingerprint) return false;
  try {
    await build({
      root: ROOT,
      logLevel: 'error',
      build: { outDir: SITE, emptyOutDir: true, copyPublicDir: false, reportCompressedSize: false },
    });
  } catch (cause) {
    fail('internal', `The lab does not build: ${messageOf(cause)}`, 'Mend the source it names.', cause);
  }
  await linkPublic();
  await writeFile(SITE_STAMP, JSON.stringify({ fingerprint }));
  return true;
}

/** Serves the last build. */
export async function serveSite({ port, strictPort = false, host = 'localhost' }: SiteOptions): Promise<Site> {
  try {
    const server = await preview({
      root: ROOT,
      logLevel: 'silent',
      // a missing data set must be a 404, not the page
      appType: 'mpa',
      build: { outDir: SITE },
      preview: { port, strictPort, host, open: false },
    });
    const [address, ...network] = [...(server.resolvedUrls?.local ?? []), ...(server.resolvedUrls?.network ?? [])];
    if (address === undefined) throw new Error(`no address for ${host}:${port}`);
    return {
      address,
      network,
      async close() {
        // a browser's idle connections would keep the server alive
        if ('closeAllConnections' in server.httpServer) server.httpServer.closeAllConnections();
        await server.close();
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

/** Other public files are copied; data sets are linked, since they can be gigabytes and come after the build. */
async function linkPublic(): Promise<void> {
  await mkdir(DATASETS, { recursive: true });
  await cp(join(ROOT, 'public'), SITE, { recursive: true, filter: (source) => source !== DATASETS });
  await symlink(DATASETS, join(SITE, basename(DATASETS)), 'junction');
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

async function lastFingerprint(): Promise<string | null> {
  try {
    const stamp: unknown = JSON.parse(await readFile(SITE_STAMP, 'utf8'));
    return typeof stamp === 'object' && stamp !== null && 'fingerprint' in stamp ? String(stamp.fingerprint) : null;
  } catch {
    return null; // no build yet, or a torn stamp: build again
  }
}
