/**
 * Which files of a tree are its owner's code: the one rule for folders on disk, dropped folders, .zip files and tarballs. Folders
 * that hold copies of other people's code are left out, as Pyright leaves them out: hidden ones, virtual environments, and a
 * few known by their names.
 */
import { NOTES, type NoteTally } from '../notes.ts';

const COPIES: ReadonlyMap<string, string> = new Map([
  ['node_modules', NOTES.nodeModules],
  ['__pycache__', NOTES.bytecode],
  ['site-packages', NOTES.sitePackages],
  ['.venv', NOTES.virtualEnvironment],
]);

/** Markers of an environment: files from `venv` and `virtualenv`, and a folder from conda. */
const ENVIRONMENT_MARKS: readonly string[] = ['pyvenv.cfg', 'conda-meta'];

/** Finder's .zip files keep resource forks here, beside the folder that was packed. */
const FORKS = '__MACOSX';

/**
 * Why a folder of this name is left out, or null.
 * @param isChosen somebody chose this very folder, whatever its name
 */
export function folderNote(name: string, isChosen: boolean): string | null {
  if (name === FORKS) return NOTES.macMetadata;
  if (isChosen) return null;
  return COPIES.get(name) ?? (name.startsWith('.') ? NOTES.hiddenFolder : null);
}

/** Why a file of this name is left out, or null. AppleDouble files, `._x.py` beside `x.py`, hold no code. */
export function fileNote(name: string): string | null {
  return name.startsWith('._') ? NOTES.macMetadata : null;
}

/** Whether a folder with files and folders of these names is a virtual environment. */
export function isEnvironment(names: Iterable<string>): boolean {
  return [...names].some((name) => ENVIRONMENT_MARKS.includes(name));
}

interface Exclusion {
  /** One of `NOTES`. */
  readonly note: string;
  /** The file, or the outermost folder that is left out. */
  readonly path: string;
}

/** The rule applied to a list of all paths, which archives and file inputs have. */
export class OwnFiles {
  readonly #environments = new Set<string>();
  readonly #folders = new Map<string, Exclusion | null>();
  readonly #chosen: number;

  /**
   * @param paths all there are, files that are not Python among them
   * @param chosen how many leading folders of each path are those that somebody chose, and so are not judged by their names
   */
  constructor(paths: readonly string[], chosen: number) {
    this.#chosen = chosen;
    for (const path of paths) {
      for (const mark of ENVIRONMENT_MARKS) {
        const at = `/${path}/`.indexOf(`/${mark}/`);
        if (at > 0) this.#environments.add(path.slice(0, at - 1));
      }
    }
  }

  /** Those to read; what is left out is noted, a folder once for all that it holds. */
  sift<T extends { readonly path: string }>(files: readonly T[], notes: NoteTally): T[] {
    const noted = new Set<string>();
    return files.filter(({ path }) => {
      const leftOut = this.#exclusionOf(path);
      if (leftOut !== null && !noted.has(leftOut.path)) {
        noted.add(leftOut.path);
        notes.add(leftOut.note, leftOut.path);
      }
      return leftOut === null;
    });
  }

  #exclusionOf(path: string): Exclusion | null {
    const end = path.lastIndexOf('/');
    const folder = end < 0 ? null : this.#ofFolder(path.slice(0, end));
    const note = fileNote(path.slice(end + 1));
    return folder ?? (note === null ? null : { note, path });
  }

  #ofFolder(path: string): Exclusion | null {
    const known = this.#folders.get(path);
    if (known !== undefined) return known;
    const end = path.lastIndexOf('/');
    const above = end < 0 ? null : this.#ofFolder(path.slice(0, end));
    const found = above ?? this.#judge(path, path.slice(end + 1));
    this.#folders.set(path, found);
    return found;
  }

  #judge(path: string, name: string): Exclusion | null {
    const isChosen = path.split('/').length <= this.#chosen;
    const isCopy = !isChosen && this.#environments.has(path);
    const note = isCopy ? NOTES.virtualEnvironment : folderNote(name, isChosen);
    return note === null ? null : { note, path: `${path}/` };
  }
}

/** How many leading folders an archive's files have in common, at most one: whoever packed it chose that folder. */
export function commonFolders(paths: readonly string[]): number {
  const own = paths.filter((path) => !path.startsWith(`${FORKS}/`) && !path.startsWith('._'));
  const top = own[0]?.split('/')[0];
  return top !== undefined && own.every((path) => path.startsWith(`${top}/`)) ? 1 : 0;
}
