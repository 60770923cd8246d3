/** Walks folders, dropped on the page or on disk, and leaves out what `ownFiles.ts` says. */
import { type Note, NOTES, NoteTally } from '../notes.ts';
import { fileNote, folderNote, isEnvironment } from './ownFiles.ts';
import { type BlobLike, isArchive } from './source.ts';

/** An entry of a folder, as the code that can list the folder gives it. */
export type TreeEntry<B extends BlobLike = BlobLike> =
  | { readonly kind: 'file'; readonly name: string; open(): Promise<B> }
  | { readonly kind: 'folder'; readonly name: string; list(): Promise<readonly TreeEntry<B>[]> }
  /** Not followed: it could lead in circles, out of the folder, or to a file that is read already. */
  | { readonly kind: 'link'; readonly name: string }
  /** A device or a pipe, which would be read without end. */
  | { readonly kind: 'special'; readonly name: string };

export interface WalkResult<B extends BlobLike = BlobLike> {
  /** Paths begin with the name of the entry that was given. */
  readonly files: readonly { readonly path: string; readonly blob: B }[];
  /** Number of files seen that are not wanted. */
  readonly passedOver: number;
  readonly notes: readonly Note[];
}

/**
 * Walks entries recursively. Chosen folders are walked whatever their names; chosen files are judged as others are.
 * @param wanted by path
 * @param onFound is called with the number of files found so far
 */
export async function walkTree<B extends BlobLike>(
  entries: readonly TreeEntry<B>[],
  wanted: (path: string) => boolean,
  onFound: (files: number) => void = () => undefined,
): Promise<WalkResult<B>> {
  const files: { path: string; blob: B }[] = [];
  const notes = new NoteTally();
  let [passedOver, found] = [0, 0];
  const isRead = (name: string, path: string, isInside: boolean) => {
    const note = fileNote(name);
    if (note === null && wanted(path)) return true;
    if (note !== null) notes.add(note, path);
    else if (isInside && isArchive(path)) notes.add(NOTES.archiveInside, path);
    passedOver++;
    return false;
  };
  const enter = async (folder: Extract<TreeEntry<B>, { kind: 'folder' }>, path: string, isChosen: boolean) => {
    const named = folderNote(folder.name, isChosen);
    const inside = named === null ? await folder.list() : [];
    const isCopy = !isChosen && isEnvironment(inside.map(({ name }) => name));
    const note = named ?? (isCopy ? NOTES.virtualEnvironment : null);
    if (note === null) await visit(inside, `${path}/`, true);
    else notes.add(note, `${path}/`);
  };
  const visit = async (inside: readonly TreeEntry<B>[], above: string, isInside: boolean): Promise<void> => {
    const read = inside.flatMap((entry) =>
      entry.kind === 'file' && isRead(entry.name, above + entry.name, isInside) ? [entry] : [],
    );
    // all at once, since each may wait for the disk; kept in their order
    const opened = read.map(async (entry) => {
      const file = { path: above + entry.name, blob: await entry.open() };
      onFound(++found);
      return file;
    });
    files.push(...(await Promise.all(opened)));
    for (const entry of inside) {
      const path = above + entry.name;
      if (entry.kind === 'folder') await enter(entry, path, !isInside);
      else if (entry.kind === 'link') notes.add(NOTES.symbolicLink, path);
      else if (entry.kind === 'special') notes.add(NOTES.special, path);
    }
  };
  await visit(entries, '', false);
  return { files, passedOver, notes: notes.list() };
}
