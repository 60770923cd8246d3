/**
 * Checks whether a data set may replace a folder. A newer version may replace the same data set; anything else needs --replace.
 */
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { parseManifest } from '#core/data/manifest.ts';
import type { SourceFacts } from '#core/data/source.ts';
import { CommandError } from '../lib/command.ts';

/**
 * A file next to the manifest. Its first line is the hash of everything that the data set was made from. Its second line is a hash of where
 * the source is, since a public server must not reveal the path itself; older versions did not write it.
 */
const FINGERPRINT = 'fingerprint.txt';

export interface Fingerprint {
  readonly content: string;
  readonly origin: string | null;
}

export async function readFingerprint(folder: string): Promise<Fingerprint | null> {
  const text = await readFile(join(folder, FINGERPRINT), 'utf8').catch(() => null); // the file or the folder is missing
  if (text === null) return null;
  const [content = '', origin] = text.split('\n').filter((line) => line !== '');
  return { content, origin: origin ?? null };
}

/** Name and text of the file that `readFingerprint` reads. @param origin as in `OpenSource` */
export function fingerprintFile(content: string, origin: string): { readonly name: string; readonly text: string } {
  return { name: FINGERPRINT, text: `${content}\n${hashOf(origin)}\n` };
}

export interface Replacement {
  readonly id: string;
  readonly origin: string;
  readonly facts: SourceFacts;
  /** Whether the user allowed another data set to be replaced. */
  readonly replace: boolean;
}

/** @throws CommandError with exit code 2 if the folder contains another data set or other files */
export async function requireReplaceable(folder: string, { id, origin, facts, replace }: Replacement): Promise<void> {
  const names: readonly string[] = await readdir(folder).catch(() => []); // usually the folder does not exist
  if (names.length === 0) return;
  const shown = relative('', folder) || folder;
  const made = await readFingerprint(folder);
  const manifest = names.includes('manifest.json') ? await manifestIn(folder) : null;
  if (made === null && manifest === null) {
    throw new CommandError(
      2,
      `The folder ${shown} contains something other than a data set, which would be lost.`,
      'Give the data set another name with --id, or another place with --out.',
    );
  }
  const before = made?.origin ?? null;
  // older versions did not write the origin of a data set, so its title and kind are compared instead
  const looksSame = manifest === null || (manifest.title === facts.title && manifest.source.kind === facts.kind);
  const isSame = before === null ? looksSame : before === hashOf(origin);
  if (isSame || replace) return;
  const other = manifest === null ? 'another data set' : `another data set, “${manifest.title}”`;
  throw new CommandError(
    2,
    `The folder ${shown} contains ${other}, made from a different source.`,
    `Give this data set another name, such as --id ${id.slice(0, 62)}-2, or replace the other one with --replace.`,
  );
}

async function manifestIn(folder: string) {
  const path = join(folder, 'manifest.json');
  try {
    return parseManifest(await readFile(path, 'utf8'), path);
  } catch {
    return null; // damaged; preparing the data set again repairs it
  }
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
