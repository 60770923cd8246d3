/**
 * An open model as text sees it: lexes what is typed as its data set was lexed, keeps the state of the net along the text, and says
 * what may follow a token of it.
 */
import { caretContext } from '#core/python/code/caret.ts';
import type { TextLanguage } from '#core/python/code/text.ts';
import { writeTokens } from '#core/python/code/write.ts';
import type { Choice, Choices } from '#core/completion/choice.ts';
import { distributionOf, largestOf, probabilityOf, type Distribution } from '#core/completion/distribution.ts';
import { PAD_ID, UNK_ID } from '#core/data/vocabulary.ts';
import { END_TOKEN, EOL_TOKEN, START_TOKEN } from '#core/python/specialTokens.ts';
import { Network } from '#engine/inference/network.ts';
import { Sequence } from '#engine/inference/sequence.ts';
import type { SimdRuntime } from '#engine/backends/simd/runtime.ts';
import type { Candidate } from '#core/completion/answers.ts';
import type { WeightsFile } from '#core/models/weightsFile.ts';

/** Candidates that are shown. */
export const SHOWN = 5;
/** Tokens of a text that are read; with `<s>` as many as a power of two, since room is made by these. */
export const MAX_CONTEXT_TOKENS = 8_191;

export class TextModel {
  readonly file: WeightsFile;
  readonly network: Network;
  readonly sequence: Sequence;
  readonly language: TextLanguage;
  /** By id: as a token is written, null where it cannot be. */
  readonly #written: readonly (string | null)[];

  constructor(runtime: SimdRuntime, file: WeightsFile) {
    this.file = file;
    this.language = { rules: file.rules, reading: file.reading, kept: file.kept };
    this.network = new Network(runtime, file.spec, file.weights);
    this.sequence = new Sequence(this.network);
    const nothing = caretContext('', 0, this.language);
    this.#written = Array.from({ length: file.spec.tokens }, (_, id) => {
      const token = file.vocabulary.token(id);
      if (id === PAD_ID || id === UNK_ID || [START_TOKEN, END_TOKEN, EOL_TOKEN].includes(token)) return null;
      return writeTokens(nothing, [token])
        .map(({ text }) => text)
        .join('');
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
    const admits = (id: number) => {
      if (id === PAD_ID) return false;
      if (typed === '') return true;
      const written = this.#written[id];
      return typeof written === 'string' && written.length > typed.length && written.startsWith(typed);
    };
    return (count) =>
      largestOf(next.logits, count, admits).map((id) => ({
        id,
        token: this.file.vocabulary.token(id),
        probability: probabilityOf(next, id),
        from: 'model',
      }));
  }

  /** What may come after a token of the text. */
  async next(position: number): Promise<Distribution> {
    return distributionOf(await this.sequence.logits(position));
  }

  candidate({ id, token, probability, from }: Choice): Candidate {
    return { token, text: from === 'text' ? token : this.#written[id]!, probability, from };
  }
}
