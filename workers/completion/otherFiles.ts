/** Other files under a model: the state in front of each of their tokens, for a cache that is to know them too. */
import { lexText } from '#core/python/code/text.ts';
import { Sequence } from '#engine/inference/sequence.ts';
import { tokensWithLiterals, type TextToken } from './textCache.ts';
import type { TextModel } from './textModel.ts';

/** Tokens of all files together: a keystroke compares its state with that of each, some 4 ms at full size. */
export const MAX_OTHER_TOKENS = 8_192;

export interface OtherEntry extends TextToken {
  /** What the output layer saw in front of it. */
  readonly state: Float32Array;
}

export class OtherFiles {
  readonly #model: TextModel;
  /** While files are being read, and kept where a keystroke came in between. */
  #sequence: Sequence | null = null;
  /** What was read of each of the files asked for last, by its text. */
  #read = new Map<string, readonly OtherEntry[]>();

  /** @param model stays the caller's, and outlives this */
  constructor(model: TextModel) {
    this.#model = model;
  }

  dispose(): void {
    this.#sequence?.dispose();
    this.#sequence = null;
  }

  /**
   * Each file is read from its beginning, as far as there is room. What is read stays read where a keystroke comes in between.
   * @returns entries of each file, in order; null where it was aborted
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
    // `<s>` is at 0, so what was seen before token i is what was seen after the one at i
    const entries = tokens.map((token, i) => ({ ...token, state: sequence.seen(i) }));
    this.#read.set(text, entries);
    return entries;
  }
}
