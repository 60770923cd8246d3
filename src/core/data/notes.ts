/** Notes about how a source was read: what was left out on purpose, and what was corrected. */
import { visibleText } from '../visibleText.ts';

/** Each is counted, and followed by its count and an example: `Symbolic links not followed: 2 (pkg/alias.py)`. */
export const NOTES = {
  virtualEnvironment: 'Virtual environments left out',
  hiddenFolder: 'Hidden folders left out',
  nodeModules: 'node_modules folders left out',
  bytecode: '__pycache__ folders left out',
  sitePackages: 'site-packages folders left out',
  macMetadata: 'macOS metadata left out',
  symbolicLink: 'Symbolic links not followed',
  special: 'Devices and pipes left out',
  twice: 'Names that occur more than once: the last one is used',
  archiveInside: 'Nested archives not unpacked',
  otherConfig: 'Parquet files of other configurations left out',
  partialPart: 'Parquet files that Hugging Face converted only partly',
  byteOrderMark: 'Byte order marks ignored',
  blankLines: 'Blank lines at the end ignored',
  outerSpaces: 'Lines with white space around them, which is ignored',
  carriageReturns: 'Lines that end in a carriage return and a line feed',
} as const;

export interface Note {
  /** Such as `Symbolic links not followed`. */
  readonly what: string;
  readonly count: number;
  /** Path of the first one. */
  readonly example: string;
}

/** Counts notes by what they say, in the order in which each first came. */
export class NoteTally {
  readonly #notes = new Map<string, Note>();

  constructor(notes: readonly Note[] = []) {
    this.addAll(notes);
  }

  add(what: string, example: string, count = 1): void {
    const known = this.#notes.get(what);
    this.#notes.set(what, known ? { ...known, count: known.count + count } : { what, count, example });
  }

  addAll(notes: readonly Note[]): void {
    for (const { what, count, example } of notes) this.add(what, example, count);
  }

  list(): Note[] {
    return [...this.#notes.values()];
  }
}

/** `Symbolic links not followed: 2 (pkg/alias.py)`. */
export function noteText({ what, count, example }: Note): string {
  return visibleText(`${what}: ${count} (${example})`);
}
