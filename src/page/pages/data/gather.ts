/**
 * From dropped or chosen items to the files that the lab may read. Paths begin with the name of the folder, as the browser gives them.
 * Files that cannot be part of a data set are skipped here, since most files of a repository are not Python.
 */
import { type Note, NoteTally } from '#core/data/notes.ts';
import { partOfText } from '#core/data/sources/codexglue.ts';
import { OwnFiles } from '#core/data/sources/ownFiles.ts';
import { isArchive, isPythonFile } from '#core/data/sources/source.ts';
import { type TreeEntry, walkTree } from '#core/data/sources/walk.ts';

export interface GatheredFile {
  readonly path: string;
  readonly blob: Blob;
}

export interface Gathered {
  readonly files: readonly GatheredFile[];
  /** How many of the files looked at are not of a kind that the lab reads. */
  readonly passedOver: number;
  /** Folders and files that were left out on purpose. */
  readonly notes: readonly Note[];
  /** What was dropped or chosen, for sentences: a name, or `the 12 files`. */
  readonly name: string;
}

/** What a drop gives: folders are listed, and files opened, as they are walked. */
export type DroppedEntry = TreeEntry<Blob>;

/** Whether a data set can be made of a file of this name, alone or with others. */
export function isWanted(path: string): boolean {
  return isPythonFile(path) || isArchive(path) || /\.parquet$/i.test(path) || partOfText(path) !== null;
}

/** Files of an input element, of a folder (`webkitRelativePath`) or one by one. */
export function gatherFiles(files: readonly File[]): Gathered {
  const all = files.map((file) => ({ path: file.webkitRelativePath || file.name, blob: file }));
  const paths = all.map(({ path }) => path);
  const rule = new OwnFiles(paths, 1); // the chosen folder itself may have any name
  const notes = new NoteTally();
  const wanted = rule.sift(all, notes).filter(({ path }) => isWanted(path));
  const top = paths[0]?.split('/')[0];
  const oneFolder = top !== undefined && paths.every((path) => path.startsWith(`${top}/`));
  return {
    files: wanted,
    passedOver: files.length - wanted.length,
    notes: notes.list(),
    name: oneFolder ? top : nameOf(paths),
  };
}

/**
 * Walks dropped folders recursively.
 * @param onFound is called with the number of files found so far
 */
export async function gatherEntries(
  entries: readonly DroppedEntry[],
  onFound?: (files: number) => void,
): Promise<Gathered> {
  return { ...(await walkTree(entries, isWanted, onFound)), name: nameOf(entries.map(({ name }) => name)) };
}

function nameOf(names: readonly string[]): string {
  const [first] = names;
  return names.length === 1 && first !== undefined ? first : `the ${names.length} files`;
}

/** Reads a drop; call it while the event is handled, since its items are gone afterwards. */
export function entriesOf(transfer: DataTransfer): readonly DroppedEntry[] {
  return [...transfer.items].flatMap((item): DroppedEntry[] => {
    if (item.kind !== 'file') return [];
    const entry = item.webkitGetAsEntry();
    if (entry) return [droppedOf(entry)];
    const file = item.getAsFile();
    return file ? [{ kind: 'file', name: file.name, open: () => Promise.resolve(file) }] : [];
  });
}

function droppedOf(entry: FileSystemEntry): DroppedEntry {
  const { name } = entry;
  if (isFolder(entry)) {
    return { kind: 'folder', name, list: async () => (await listOf(entry.createReader())).map(droppedOf) };
  }
  return {
    kind: 'file',
    name,
    open: () =>
      new Promise((resolve, reject) => {
        if (isFile(entry)) entry.file(resolve, reject);
        else reject(new Error(`${name} is neither a file nor a folder`));
      }),
  };
}

const isFolder = (entry: FileSystemEntry): entry is FileSystemDirectoryEntry => entry.isDirectory;
const isFile = (entry: FileSystemEntry): entry is FileSystemFileEntry => entry.isFile;

/** A reader gives about a hundred entries at a time, and none at the end. */
async function listOf(reader: FileSystemDirectoryReader): Promise<FileSystemEntry[]> {
  const all: FileSystemEntry[] = [];
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) => {
      reader.readEntries(resolve, reject);
    });
    if (some.length === 0) return all;
    all.push(...some);
  }
}
