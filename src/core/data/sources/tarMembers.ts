/**
 * Reads a tarball twice: first its headers, then the bodies that are needed. Only all headers together show which member with a name is the
 * last, where virtual environments are, and which file a hard link points to.
 */
import { ArchivePaths } from './archivePath.ts';
import { ArchiveBudget } from './budget.ts';
import type { Member } from './sift.ts';
import type { TarEntry } from './tar.ts';

export interface TarMember extends Member {
  /** Which entry of the tarball holds the bytes, counted from 0: for a hard link, an earlier one. */
  readonly body: number;
}

/**
 * All members but folders. A hard link is the file that it points to; one that points nowhere counts as a link not followed.
 * @param name of the tarball, for messages
 * @throws LabError `bad-input` for a path outside of it, or where it unpacks to too much
 */
export async function readHeaders(
  entries: AsyncIterable<TarEntry>,
  name: string,
  signal: AbortSignal,
): Promise<TarMember[]> {
  const paths = new ArchivePaths(name);
  const budget = new ArchiveBudget(name);
  const members: TarMember[] = [];
  const byPath = new Map<string, TarMember>();
  let index = 0;
  for await (const entry of entries) {
    signal.throwIfAborted();
    if (entry.kind !== 'folder') {
      const path = paths.take(entry.name);
      budget.take(path, entry.size, entry.size);
      const member = memberOf(entry, path, index, byPath);
      members.push(member);
      byPath.set(path, member);
    }
    index++;
    await entry.skip();
  }
  return members;
}

function memberOf(
  { kind, target }: TarEntry,
  path: string,
  index: number,
  byPath: ReadonlyMap<string, TarMember>,
): TarMember {
  if (kind !== 'hard-link') return { path, kind: kind === 'folder' ? 'special' : kind, body: index };
  // a target may be written in another way than the name; one outside of the archive is in no case among its members
  const file = byPath.get(
    target
      .split('/')
      .filter((part) => part !== '.' && part !== '')
      .join('/'),
  );
  return file ? { ...file, path } : { path, kind: 'link', body: index };
}

/**
 * @param entries of the same tarball, from its beginning
 * @param wanted files among its members
 * @returns bytes of each, or null where it is too large; in the order of the bodies
 */
export async function* readBodies<T extends TarMember>(
  entries: AsyncIterable<TarEntry>,
  wanted: readonly T[],
  signal: AbortSignal,
): AsyncGenerator<T & { readonly bytes: Uint8Array<ArrayBuffer> | null }> {
  const byBody = new Map<number, T[]>();
  for (const member of wanted) {
    const known = byBody.get(member.body);
    if (known) known.push(member);
    else byBody.set(member.body, [member]);
  }
  let index = 0;
  for await (const entry of entries) {
    signal.throwIfAborted();
    const members = byBody.get(index++);
    if (members === undefined) {
      await entry.skip();
      continue;
    }
    const bytes = await entry.bytes();
    for (const member of members) yield { ...member, bytes };
  }
}
