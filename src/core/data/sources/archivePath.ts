/** Paths within archives, which are untrusted: nothing is written to them, but files are named and ordered by them. */
import { fail } from '../../failure.ts';

/** More files than any repository has; a small archive can name far more than memory holds. */
const MAX_MEMBERS = 1_000_000;

/** @throws LabError `bad-input` for a path that leads out of the archive */
export class ArchivePaths {
  readonly #archive: string;
  #taken = 0;

  /** @param archive its name, for messages */
  constructor(archive: string) {
    this.#archive = archive;
  }

  /** A path as the archive has it, with forward slashes and without `.`. */
  take(written: string): string {
    if (++this.#taken > MAX_MEMBERS) this.#refuse(`has more than ${MAX_MEMBERS.toLocaleString('en')} files`);
    const path = written.replaceAll('\\', '/');
    const parts = path.split('/').filter((part) => part !== '.' && part !== '');
    if (path.startsWith('/') || /^[a-zA-Z]:/.test(path) || parts.includes('..') || path.includes('\0')) {
      this.#refuse(`names the file ${JSON.stringify(written)}, which is outside it`);
    }
    return parts.join('/');
  }

  #refuse(what: string): never {
    fail('bad-input', `${this.#archive} ${what}.`, 'Unpack it yourself, check what is in it, and choose the folder.');
  }
}
