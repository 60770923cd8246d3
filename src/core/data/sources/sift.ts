/** Selects the members of an archive to read, once all of them are known. */
import { NOTES, type Note, NoteTally } from '../notes.ts';
import { commonFolders, OwnFiles } from './ownFiles.ts';
import { isArchive, isPythonFile } from './source.ts';

export interface Member {
  /** As `ArchivePaths` gives it. */
  readonly path: string;
  /** `special`: a device or a pipe. */
  readonly kind: 'file' | 'link' | 'special';
}

/** Keeps the last of several members with one name, as unpacking the archive does. */
export function lastOfEachName<T extends Pick<Member, 'path'>>(members: readonly T[], notes: NoteTally): T[] {
  const last = new Map<string, T>();
  const twice = new Set<string>();
  for (const member of members) {
    if (last.has(member.path)) twice.add(member.path);
    last.set(member.path, member);
  }
  for (const path of twice) notes.add(NOTES.twice, path);
  return [...last.values()];
}

/**
 * The Python files among an archive's members that are its owner's code.
 * @param members all but folders, in the order in which they lie in the archive
 */
export function siftMembers<T extends Member>(members: readonly T[]): { python: T[]; notes: readonly Note[] } {
  const notes = new NoteTally();
  const latest = lastOfEachName(members, notes);
  const paths = latest.map(({ path }) => path);
  const own = new OwnFiles(paths, commonFolders(paths));
  const python = own.sift(latest, notes).filter(({ path, kind }) => {
    if (kind === 'link') notes.add(NOTES.symbolicLink, path);
    else if (kind === 'special') notes.add(NOTES.special, path);
    else if (isArchive(path)) notes.add(NOTES.archiveInside, path);
    return kind === 'file' && isPythonFile(path);
  });
  return { python, notes: notes.list() };
}
