/**
 * The browser profile of an unfinished training, in the folder of its results. The next call of the same command finds the run and its
 * checkpoints there. A browser stores data per origin, so the port is kept too.
 */
import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const FOLDER = '.browser';
const PORT = 'port';

export interface KeptProfile {
  readonly folder: string;
  /** Port of the interrupted call; null if there was none. */
  readonly port: number | null;
}

/** @param top folder of the results */
export async function keptProfile(top: string): Promise<KeptProfile> {
  const folder = join(top, FOLDER);
  const path = join(folder, PORT);
  const port = existsSync(path) ? Number(await readFile(path, 'utf8')) : Number.NaN;
  return { folder, port: Number.isInteger(port) ? port : null };
}

/** @param address the site's address */
export async function keepPort({ folder }: KeptProfile, address: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, PORT), new URL(address).port);
}

export async function dropProfile({ folder }: KeptProfile): Promise<void> {
  await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
}
