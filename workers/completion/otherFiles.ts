/** Reads other files with a model, and returns the state before each of their tokens for the cache. */
import { lexText } from '#core/python/code/text.ts';
import { Sequence } from '#engine/inference/sequence.ts';
import { tokensWithLiterals, type TextToken } from './textCache.ts';
import type { TextModel } from './textModel.ts';

/** Maximum tokens of all files. Each keystroke compares its state with all of them, which takes about 4 ms at full size. */
export const MAX_OTHER_TOKENS = 8_192;

export interface OtherEntry extends TextToken {
  /** Input of the output layer before this token. */
  readonly state: Float32Array;
}

export class OtherFiles {
  readonly #model: TextModel;
  /** Exists while files are read. Kept if a keystroke interrupts, so that reading can continue. */
  #sequence: Sequence | null = null;
  /** Entries of the files in the last request, by their text. */
  #read = new Map<string, readonly OtherEntry[]>();

  /** @param model owned by the caller, who disposes of it later */
  constructor(model: TextModel) {
    this.#model = model;
  }

  dispose(): void {
    this.#sequence?.dispose();
    this.#sequence = null;
  }

  /**
   * Reads each file from its beginning, up to the limit on all tokens. Files read before an abort are not read again.
   * @returns entries of each file, in order; null if aborted
   */
  async read(texts: readonly string[], signal: AbortSignal): Promise<readonly (readonly OtherEntry[])[] | null> {
    this.#read = new Map([...this.#read].filter(([text]) => texts.includes(text)));
    const files: (readonly OtherEntry[])[] = [];
    let room = MAX_OTHER_TOKENS;
    for (const text of texts) {
      const entries = await this.#entriesOf(text, room, signal);
      if (entries === null) return null;
      files.push(entries);
      room -= entries.length;
    }
    this.dispose();
    return files;
  }

  async #entriesOf(text: string, room: number, signal: AbortSignal): Promise<readonly OtherEntry[] | null> {
    const lexed = lexText(text, this.#model.language);
    const tokens = tokensWithLiterals(lexed.tokens.slice(0, room), text, lexed);
    const kept = this.#read.get(text);
    if (kept && kept.length >= tokens.length) return kept.slice(0, tokens.length);
    const ids = this.#model.idsOf(tokens.map(({ token }) => token));
    this.#sequence ??= new Sequence(this.#model.network);
    const sequence = this.#sequence;
    if ((await sequence.read(ids, signal)) === null) return null;
    // `<s>` is at position 0, so the state before token i is at position i
    const entries = tokens.map((token, i) => ({ ...token, state: sequence.seen(i) }));
    this.#read.set(text, entries);
    return entries;
  }
}
