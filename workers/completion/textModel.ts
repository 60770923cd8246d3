/**
 * An open model for text: lexes text by the rules of its data set, keeps the network's state along the text, and predicts the token
 * after each position.
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

/** Number of candidates that are shown. */
export const SHOWN = 5;
/** Maximum tokens of a text that are read. With `<s>` it is a power of two, since buffers grow in powers of two. */
export const MAX_CONTEXT_TOKENS = 8_191;

/** Theta and lambda of the cache: those found for the model by a search, or default ones. */
export function cacheParametersOf({ cache }: WeightsFile): CacheParameters {
  return cache ?? UNSEARCHED;
}

export class TextModel {
  readonly file: WeightsFile;
  readonly network: Network;
  readonly sequence: Sequence;
  readonly language: TextLanguage;
  /** Context of an empty text. */
  readonly #nothing: CaretContext;
  /** Text of each token, by id; null if it cannot be written. */
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

  /** Ids of the tokens, after that of `<s>`. */
  idsOf(tokens: readonly string[]): Int32Array {
    const { vocabulary } = this.file;
    const ids = new Int32Array(tokens.length + 1);
    ids[0] = vocabulary.id(START_TOKEN);
    for (const [i, token] of tokens.entries()) ids[i + 1] = vocabulary.id(token);
    return ids;
  }

  /** @param typed leaves out tokens that do not begin with it, and the token that equals it */
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

  /** Distribution of the token after a position of the text. */
  async next(position: number): Promise<Distribution> {
    return distributionOf(await this.sequence.logits(position));
  }

  /** Like `choicesOf`, with a cache. */
  choicesWithCache(next: NextWithCache, typed = ''): Choices {
    return (count) => next.top(count, (token) => continues(this.written(token), typed));
  }

  /** The text of a token; null if it cannot be written. */
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

/** Whether a text begins with the typed text and is longer. True for all texts if nothing is typed. */
function continues(written: string | null, typed: string): boolean {
  return typed === '' || (written !== null && written.length > typed.length && written.startsWith(typed));
}
