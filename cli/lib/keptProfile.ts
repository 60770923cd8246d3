/**
 * The browser profile of a training that is not done, in the folder of its results: the next call of the same command finds the run and
 * its checkpoints there. What a browser stores belongs to an address, so the port is kept too.
 */
import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const FOLDER = '.browser';
const PORT = 'port';

export interface KeptProfile {
  readonly folder: string;
  /** Of the call that was interrupted; null where there was none. */
  readonly port: number | null;
}

/** @param top folder of the results */
export async function keptProfile(top: string): Promise<KeptProfile> {
  const folder = join(top, FOLDER);
  const path = join(folder, PORT);
  const port = existsSync(path) ? Number(await readFile(path, 'utf8')) : Number.NaN;
  return { folder, port: Number.isInteger(port) ? port : null };
}

/** @param address of the site */
export async function keepPort({ folder }: KeptProfile, address: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, PORT), new URL(address).port);
}

export async function dropProfile({ folder }: KeptProfile): Promise<void> {
  await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
}
