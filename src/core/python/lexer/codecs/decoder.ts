/** The type of decoders. They are strict, and decode whole texts because some codecs have a state. */

/** Buffer for the UTF-16 code units that a decoder writes. No codec writes more units than it reads bytes. */
export class Units {
  readonly #units: Uint16Array;
  #length = 0;

  /** @param most maximum number of units */
  constructor(most: number) {
    this.#units = new Uint16Array(most);
  }

  clear(): void {
    this.#length = 0;
  }

  /** @param codePoint a code point or a UTF-16 unit */
  push(codePoint: number): void {
    if (codePoint > 0xffff) {
      this.#units[this.#length++] = 0xd7c0 + (codePoint >> 10);
      this.#units[this.#length++] = 0xdc00 | (codePoint & 0x3ff);
    } else {
      this.#units[this.#length++] = codePoint;
    }
  }

  pushText(text: string): void {
    for (let i = 0; i < text.length; i++) this.#units[this.#length++] = text.charCodeAt(i);
  }

  /** Builds the string in slices that fit in an argument list. */
  toString(): string {
    if (this.#length === 1) return String.fromCharCode(this.#units[0]!);
    const slice = 8_192;
    let text = '';
    for (let i = 0; i < this.#length; i += slice) {
      text += String.fromCharCode(...this.#units.subarray(i, Math.min(i + slice, this.#length)));
    }
    return text;
  }
}

/**
 * Decodes all bytes, as CPython's codec of the same name does with `errors='strict'`.
 * @returns offset of the first code that is rejected, or `ALL_READ`
 */
export type Decoder = (bytes: Uint8Array, units: Units) => number;

export const ALL_READ = -1;
