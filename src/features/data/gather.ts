/**
 * From what a person dropped or chose to the files that the lab may read. Paths begin with the name of the folder, as the
 * browser gives them. What cannot be a data set is passed over here already: a repository has far more files than Python ones.
 */
import { partOfText } from '../../core/dataset/sources/codexglue.ts';
import { isOwnFolder } from '../../core/dataset/sources/folder.ts';

export interface GatheredFile {
  readonly path: string;
  readonly blob: Blob;
}

export interface Gathered {
  readonly files: readonly GatheredFile[];
  /** Of those looked at, how many are nothing the lab reads. */
  readonly passedOver: number;
  /** What was dropped or chosen, for sentences: a name, or `the 12 files`. */
  readonly name: string;
}

/** What the lab needs of a `FileSystemEntry`. */
export interface DroppedFile {
  readonly isDirectory: false;
  readonly name: string;
  file(): Promise<Blob>;
}
export interface DroppedFolder {
  readonly isDirectory: true;
  readonly name: string;
  list(): Promise<readonly DroppedEntry[]>;
}
export type DroppedEntry = DroppedFile | DroppedFolder;

/** Whether a data set can be made of a file of this name, alone or with others. */
export function isWanted(path: string): boolean {
  return /\.(py|zip|parquet|tar\.gz|tgz)$/i.test(path) || partOfText(path) !== null;
}

/** Whether no folder on the way to a file, but the chosen one itself, holds other people's copies. */
export function isInOwnFolders(path: string): boolean {
  return path.split('/').slice(1, -1).every(isOwnFolder);
}

/** Files of an input element, of a folder (`webkitRelativePath`) or one by one. */
export function gatherFiles(files: readonly File[]): Gathered {
  const paths = files.map((file) => ({ path: file.webkitRelativePath || file.name, blob: file }));
  const wanted = paths.filter(({ path }) => isWanted(path) && isInOwnFolders(path));
  const top = paths[0]?.path.split('/')[0];
  const oneFolder = top !== undefined && paths.every(({ path }) => path.startsWith(`${top}/`));
  return {
    files: wanted,
    passedOver: files.length - wanted.length,
    name: oneFolder ? top : nameOf(paths.map(({ path }) => path)),
  };
}

/**
 * Walks dropped folders to their ends.
 * @param onFound hears how many files were found so far
 */
export async function gatherEntries(
  entries: readonly DroppedEntry[],
  onFound: (files: number) => void = () => undefined,
): Promise<Gathered> {
  const files: GatheredFile[] = [];
  let passedOver = 0;
  const walk = async (entry: DroppedEntry, above: string): Promise<void> => {
    const path = `${above}${entry.name}`;
    if (entry.isDirectory) {
      for (const inner of await entry.list()) {
        if (!inner.isDirectory || isOwnFolder(inner.name)) await walk(inner, `${path}/`);
      }
    } else if (isWanted(path)) {
      files.push({ path, blob: await entry.file() });
      onFound(files.length);
    } else passedOver++;
  };
  for (const entry of entries) await walk(entry, '');
  return { files, passedOver, name: nameOf(entries.map(({ name }) => name)) };
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
    return file ? [{ isDirectory: false, name: file.name, file: () => Promise.resolve(file) }] : [];
  });
}

function droppedOf(entry: FileSystemEntry): DroppedEntry {
  const { name } = entry;
  if (isFolder(entry)) {
    return { isDirectory: true, name, list: async () => (await listOf(entry.createReader())).map(droppedOf) };
  }
  return {
    isDirectory: false,
    name,
    file: () =>
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
