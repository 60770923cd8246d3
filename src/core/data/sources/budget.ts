/** How much an archive may unpack to: a few kilobytes can claim to hold petabytes. */
import { fail } from '../../failure.ts';
import { formatBytes } from '../../format.ts';

/** All of py150's sources are 1.3 GB; nothing larger is trained on in a browser. */
export const MAX_UNPACKED_BYTES = 8 * 2 ** 30;
/** Source code packs ten to one at most; DEFLATE reaches a thousand to one on what repeats itself. */
export const MAX_RATIO = 200;
/** Small archives have no limit on the ratio: a few zeros may pack very well. */
export const RATIO_FROM_BYTES = 2 ** 20;

export class ArchiveBudget {
  readonly #archive: string;
  #unpacked = 0;

  /** @param archive its name, for messages */
  constructor(archive: string) {
    this.#archive = archive;
  }

  /** @throws LabError `bad-input` where an entry, or all so far, unpack to too much */
  take(path: string, packed: number, unpacked: number): void {
    this.#unpacked += unpacked;
    if (unpacked > RATIO_FROM_BYTES && unpacked > packed * MAX_RATIO) {
      this.#refuse(`its file ${path} unpacks to ${Math.round(unpacked / Math.max(1, packed))} times its size`);
    }
    if (this.#unpacked > MAX_UNPACKED_BYTES) this.#refuse(`it unpacks to more than ${formatBytes(MAX_UNPACKED_BYTES)}`);
  }

  #refuse(why: string): never {
    fail(
      'bad-input',
      `${this.#archive} was not read: ${why}.`,
      'If you trust it, unpack it yourself and choose the folder.',
    );
  }
}
