/**
 * An open model as text sees it: lexes what is typed as its data set was lexed, keeps the state of the net along the text, and says
 * what may follow a token of it.
 */
import { caretContext, type CaretContext } from '#core/python/code/caret.ts';
import type { TextLanguage } from '#core/python/code/text.ts';
import { writeTokens } from '#core/python/code/write.ts';
import type { Choice, Choices } from '#core/completion/choice.ts';
import { UNSEARCHED, type CacheParameters } from '#core/cache/parameters.ts';
import { distributionOf, largestOf, probabilityOf, type Distribution } from '#core/completion/distribution.ts';
import { PAD_ID, UNK_ID } from '#core/data/vocabulary.ts';
import { END_TOKEN, EOL_TOKEN, START_TOKEN, UNK_TOKEN } from '#core/python/specialTokens.ts';
import { Network } from '#engine/inference/network.ts';
import { Sequence } from '#engine/inference/sequence.ts';
import type { SimdRuntime } from '#engine/backends/simd/runtime.ts';
import type { Candidate } from '#core/completion/answers.ts';
import type { WeightsFile } from '#core/formats/weightsFile.ts';
import type { NextWithCache } from './textCache.ts';

/** Candidates that are shown. */
export const SHOWN = 5;
/** Tokens of a text that are read; with `<s>` as many as a power of two, since room is made by these. */
export const MAX_CONTEXT_TOKENS = 8_191;

/** Theta and lambda of the cache over a text: those that were searched for the model, or usual ones. */
export function cacheParametersOf({ cache }: WeightsFile): CacheParameters {
  return cache ?? UNSEARCHED;
}

export class TextModel {
  readonly file: WeightsFile;
  readonly network: Network;
  readonly sequence: Sequence;
  readonly language: TextLanguage;
  /** An empty text. */
  readonly #nothing: CaretContext;
  /** By id: as a token is written, null where it cannot be. */
  readonly #written: readonly (string | null)[];

  constructor(runtime: SimdRuntime, file: WeightsFile) {
    this.file = file;
    this.language = { rules: file.rules, reading: file.reading, kept: file.kept };
    this.network = new Network(runtime, file.spec, file.weights);
    this.sequence = new Sequence(this.network);
    this.#nothing = caretContext('', 0, this.language);
    this.#written = Array.from({ length: file.spec.tokens }, (_, id) => {
      const token = file.vocabulary.token(id);
      if (id === PAD_ID || id === UNK_ID || [START_TOKEN, END_TOKEN, EOL_TOKEN].includes(token)) return null;
      return this.#textOf(token);
    });
  }

  dispose(): void {
    this.sequence.dispose();
    this.network.dispose();
  }

  /** With `<s>` in front. */
  idsOf(tokens: readonly string[]): Int32Array {
    const { vocabulary } = this.file;
    const ids = new Int32Array(tokens.length + 1);
    ids[0] = vocabulary.id(START_TOKEN);
    for (const [i, token] of tokens.entries()) ids[i + 1] = vocabulary.id(token);
    return ids;
  }

  /** @param typed leaves out what does not begin with it, and what it is itself */
  choicesOf(next: Distribution, typed = ''): Choices {
    return (count) =>
      largestOf(next.logits, count, (id) => id !== PAD_ID && continues(this.#written[id]!, typed)).map((id) => ({
        id,
        token: this.file.vocabulary.token(id),
        probability: probabilityOf(next, id),
        fromCache: 0,
        fromOthers: 0,
        ofText: false,
      }));
  }

  /** What may come after a token of the text. */
  async next(position: number): Promise<Distribution> {
    return distributionOf(await this.sequence.logits(position));
  }

  /** The same with a cache. @param next of the same distribution */
  choicesWithCache(next: NextWithCache, typed = ''): Choices {
    return (count) => next.top(count, (token) => continues(this.written(token), typed));
  }

  /** As a token is written, null where it cannot be. */
  written(token: string): string | null {
    const id = this.file.vocabulary.id(token);
    return id === UNK_ID && token !== UNK_TOKEN ? this.#textOf(token) : this.#written[id]!;
  }

  candidate({ token, probability, fromCache, fromOthers, ofText }: Choice): Candidate {
    return { token, text: this.written(token), probability, fromCache, fromOthers, ofText };
  }

  #textOf(token: string): string {
    return writeTokens(this.#nothing, [token])
      .map(({ text }) => text)
      .join('');
  }
}

/** Whether something begins with what is typed, and is more than that; anything does where nothing is typed. */
function continues(written: string | null, typed: string): boolean {
  return typed === '' || (written !== null && written.length > typed.length && written.startsWith(typed));
}
