/**
 * The lab as a site on this machine, for the commands and the tests: built when its sources changed, served with the
 * data sets straight from `public/datasets`. Prints nothing.
 */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { cp, mkdir, readdir, rename, rm, stat, symlink, utimes } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { build, preview } from 'vite';
import { fail, messageOf } from '#core/failure.ts';
import { BUILD_INPUTS, DATASETS, ROOT, SITES } from './paths.ts';

/** Digits of the fingerprint in a folder's name. */
const FOLDER_DIGITS = 16;
const BUILDS_KEPT = 3;
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
  const folder = join(SITES, (await sourcesFingerprint()).slice(0, FOLDER_DIGITS));
  if (existsSync(folder)) return folder;
  const partial = `${folder}.${process.pid}`;
  try {
    await build({
      root: ROOT,
      logLevel: 'error',
      build: { outDir: partial, emptyOutDir: true, copyPublicDir: false, reportCompressedSize: false },
    });
  } catch (cause) {
    await rm(partial, { recursive: true, force: true });
    fail('internal', `The lab does not build: ${messageOf(cause)}`, 'Mend the source it names.', cause);
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

/** Serves a build. @param folder as `buildSite` gives it */
export async function serveSite(
  folder: string,
  { port, strictPort = false, host = 'localhost' }: SiteOptions,
): Promise<Site> {
  try {
    const server = await preview({
      root: ROOT,
      logLevel: 'silent',
      // a missing data set must be a 404, not the page
      appType: 'mpa',
      build: { outDir: folder },
      preview: { port, strictPort, host, open: false },
    });
    const [address, ...network] = [...(server.resolvedUrls?.local ?? []), ...(server.resolvedUrls?.network ?? [])];
    if (address === undefined) throw new Error(`no address for ${host}:${port}`);
    const kept = setInterval(() => void stayYoung(folder), MIN_AGE / 4).unref();
    return {
      address,
      network,
      async close() {
        clearInterval(kept);
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

/** So that no other command drops a build that is being served. */
async function stayYoung(folder: string): Promise<void> {
  const now = new Date();
  // a folder that is gone all the same is told by what is then missing
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
