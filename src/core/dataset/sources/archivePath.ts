/** Paths within archives, which are other people's input: nothing is written to them, but files are named and ordered by them. */
import { fail } from '../../failure.ts';

/**
 * Takes the paths of one archive, one after the other, and gives them with forward slashes and without `.`.
 * @throws LabError `bad-input` for a path that leads out of the archive, or comes twice
 */
export class ArchivePaths {
  readonly #archive: string;
  readonly #seen = new Set<string>();

  /** @param archive its name, for messages */
  constructor(archive: string) {
    this.#archive = archive;
  }

  take(written: string): string {
    const path = written.replaceAll('\\', '/');
    const parts = path.split('/').filter((part) => part !== '.' && part !== '');
    if (path.startsWith('/') || /^[a-zA-Z]:/.test(path) || parts.includes('..') || path.includes('\0')) {
      this.#refuse(`names the file ${JSON.stringify(written)}, which lies outside it`);
    }
    const plain = parts.join('/');
    if (this.#seen.has(plain)) this.#refuse(`names the file ${JSON.stringify(plain)} twice`);
    this.#seen.add(plain);
    return plain;
  }

  #refuse(what: string): never {
    fail('bad-input', `${this.#archive} ${what}.`, 'Unpack it yourself, look at what is in it, and choose the folder.');
  }
}
