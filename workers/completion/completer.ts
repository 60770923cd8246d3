/** Completes code with one model: the likely next tokens at a cursor, and the line that the model would write there. */
import { caretContext, restIsClosing, type CaretContext } from '#core/python/code/caret.ts';
import { literalOf } from '#core/python/code/literals.ts';
import { lexText } from '#core/python/code/text.ts';
import { writeTokens } from '#core/python/code/write.ts';
import type { Choices } from '#core/completion/choice.ts';
import { decodeLine, type Writer } from '#core/completion/decode.ts';
import { MAX_BEAMS } from '#core/completion/decoding.ts';
import { distributionOf, probabilityOf, type Distribution } from '#core/completion/distribution.ts';
import { UNK_ID } from '#core/data/vocabulary.ts';
import { Beams } from '#engine/inference/beams.ts';
import { MAX_PREFETCHED } from '#engine/inference/sequence.ts';
import type {
  Candidates,
  CaretRequest,
  Line,
  LineRequest,
  OthersRead,
  OthersRequest,
} from '#core/completion/answers.ts';
import { OtherFiles } from './otherFiles.ts';
import { TextCache, tokensWithLiterals, type TextToken } from './textCache.ts';
import { cacheParametersOf, MAX_CONTEXT_TOKENS, SHOWN, type TextModel } from './textModel.ts';

/** In long texts, reading begins later by a multiple of this many tokens, so that it rarely has to start again. */
const WINDOW_STEP = 4_096;
/** Assumed number of possibilities for each letter of an unknown name; decides the probability that such a name is complete. */
const LETTERS = 20;

/** A question to the model at a cursor, with its answer. */
interface Question {
  readonly context: CaretContext;
  /** Ids of `<s>` and the tokens before the cursor, as read by the model. */
  readonly ids: Int32Array;
  readonly tokens: readonly string[];
  /** The most likely next tokens that continue the typed text. */
  readonly choices: Choices;
  /** The typed letters of the requested token; empty if the typed text is a complete token, and the next one is requested. */
  readonly typed: string;
  readonly read: number;
  /** Probability of a name that is neither in the vocabulary nor in the text; null without a cache. */
  readonly somethingNew: number | null;
}

/** The model's prediction at a position. */
interface Next {
  /** The most likely tokens that continue the typed letters. */
  readonly choices: (typed: string) => Choices;
  /** Probability of a token. An unknown token has that of `<UNK>`, or of `somethingNew` with a cache. */
  readonly probability: (token: string) => number;
  readonly somethingNew: number | null;
}

export class Completer {
  readonly #model: TextModel;
  readonly #beams: Beams;
  readonly #cache: TextCache;
  readonly #others: OtherFiles;
  #asked: { readonly request: CaretRequest; readonly question: Question } | null = null;

  /** @param model owned by the caller, who disposes of it later */
  constructor(model: TextModel) {
    this.#model = model;
    this.#beams = new Beams(model.network, MAX_BEAMS);
    this.#cache = new TextCache(model, cacheParametersOf(model.file));
    this.#others = new OtherFiles(model);
  }

  dispose(): void {
    this.#beams.dispose();
    this.#others.dispose();
  }

  async candidates(request: CaretRequest, signal: AbortSignal): Promise<Candidates | null> {
    const from = performance.now();
    const asked = await this.#ask(request, signal);
    if (asked === null) return null;
    const { place } = asked.context;
    return {
      place,
      typed: asked.typed,
      candidates: place === 'code' ? asked.choices(SHOWN).map((choice) => this.#model.candidate(choice)) : [],
      somethingNew: asked.somethingNew,
      tokens: asked.tokens.length,
      read: asked.read,
      milliseconds: performance.now() - from,
    };
  }

  async line(request: LineRequest, signal: AbortSignal): Promise<Line | null> {
    const from = performance.now();
    const asked = await this.#ask(request, signal);
    if (asked === null) return null;
    const { context, choices, ids, typed } = asked;
    if (context.place === 'code') {
      // one of these is likely to be typed next, and the first one begins the line
      const likely = new Set(choices(MAX_PREFETCHED).map(({ id }) => id));
      await this.#model.sequence.prefetch(ids.length - 1, [...likely]);
    }
    const nothing = context.place !== 'code' || !restIsClosing(context.following);
    const line = nothing
      ? ({ choices: [], end: 'line' } as const)
      : await decodeLine({
          first: choices,
          begin: request.first,
          writer: this.#writer(ids, request.cache),
          decoding: request.decoding,
          signal,
        });
    if (line === null) return null;
    const tokens = line.choices.map(({ token }) => token);
    return {
      pieces:
        tokens.length === 0 ? [] : writeTokens(context, tokens, { completes: context.typed !== '' && typed === '' }),
      tokens,
      probability: line.choices.reduce((product, { probability }) => product * probability, 1),
      end: line.end,
      milliseconds: performance.now() - from,
    };
  }

  /** Reads other files into the cache, replacing the previous ones. @returns null if aborted; the previous ones stay then */
  async readOthers({ texts }: OthersRequest, signal: AbortSignal): Promise<OthersRead | null> {
    const files = await this.#others.read(texts, signal);
    if (files === null) return null;
    this.#cache.setOthers(files.flat());
    this.#asked = null;
    return { tokens: files.map((entries) => entries.length) };
  }

  /** Keeps the last answer, since the same question is asked for candidates and for the line. */
  async #ask(request: CaretRequest, signal: AbortSignal): Promise<Question | null> {
    const { text, cursor, cache } = request;
    const last = this.#asked;
    if (last?.request.text === text && last.request.cursor === cursor && last.request.cache === cache) {
      // the sequence may have read another text meanwhile
      const read = await this.#model.sequence.read(last.question.ids, signal);
      return read === null ? null : { ...last.question, read };
    }
    const question = await this.#askAnew(request, signal);
    if (question) this.#asked = { request, question };
    return question;
  }

  /** Reads up to the cursor. @returns null if aborted */
  async #askAnew({ text, cursor, cache }: CaretRequest, signal: AbortSignal): Promise<Question | null> {
    const context = caretContext(text, cursor, this.#model.language);
    const { typed } = context;
    if (context.place !== 'code') {
      const nothing = { ids: new Int32Array(), choices: () => [], read: 0, somethingNew: null };
      return { context, typed, tokens: context.tokens, ...nothing };
    }
    const tokens = tokensWithLiterals(context.tokens, context.before, context.lexed).slice(
      windowStart(context.tokens.length),
    );
    const asked = await this.#readAndAsk(tokens, cache, signal);
    if (asked === null) return null;
    const choices = asked.next.choices(typed);
    const answer = { context, typed, choices, ...asked, somethingNew: typed === '' ? asked.next.somethingNew : null };
    if (typed === '') return answer;
    const own = lexText(typed, this.#model.language).tokens[0] ?? typed;
    if (!this.#isWhole(own, typed, asked.next, choices)) return answer;
    // The typed text is probably a complete token, so the next one is requested.
    const behind = await this.#readAndAsk([...tokens, { token: own, literal: literalOf(own, typed) }], cache, signal);
    if (behind === null) return null;
    const { next, read } = behind;
    return {
      context,
      typed: '',
      choices: next.choices(''),
      ...behind,
      read: asked.read + read,
      somethingNew: next.somethingNew,
    };
  }

  /** Reads tokens and predicts the next one. @returns null if aborted */
  async #readAndAsk(tokens: readonly TextToken[], cache: boolean, signal: AbortSignal) {
    const ids = this.#model.idsOf(tokens.map(({ token }) => token));
    const read = await this.#model.sequence.read(ids, signal);
    if (read === null) return null;
    const position = ids.length - 1;
    const distribution = await this.#model.next(position);
    if (cache) this.#cache.update(tokens);
    const next = this.#next(distribution, cache ? this.#model.sequence.seen(position) : null);
    return { tokens: tokens.map(({ token }) => token), ids, read, next };
  }

  /** @param state input of the output layer, for the cache; null without a cache */
  #next(distribution: Distribution, state: Float32Array | null): Next {
    if (state === null) {
      return {
        choices: (typed) => this.#model.choicesOf(distribution, typed),
        probability: (token) => probabilityOf(distribution, this.#model.file.vocabulary.id(token)),
        somethingNew: null,
      };
    }
    const next = this.#cache.next(distribution, state);
    return {
      choices: (typed) => this.#model.choicesWithCache(next, typed),
      probability: (token) => next.probability(token),
      somethingNew: next.somethingNew,
    };
  }

  /** Whether the typed text is more likely a complete token than the beginning of a longer one. */
  #isWhole(token: string, typed: string, next: Next, longer: Choices): boolean {
    const isUnknown = this.#model.file.vocabulary.id(token) === UNK_ID && !this.#cache.has(token);
    const own = next.probability(token) / (isUnknown ? LETTERS ** typed.length : 1);
    return own >= (longer(1)[0]?.probability ?? 0);
  }

  /** Writes the line for the decoder. Tokens of the line are not added to the cache. */
  #writer(ids: Int32Array, cache: boolean): Writer {
    const beams = this.#beams;
    const choices = (logits: readonly Float32Array[]) =>
      logits.map((row, index) => this.#next(distributionOf(row), cache ? beams.seen(index) : null).choices(''));
    return {
      begin: async (first) => choices(await this.#model.sequence.begin(beams, ids.length - 1, first)),
      step: async (next, parents) => choices(await beams.step(next, parents)),
    };
  }
}

/** Index of the first token to read, given the number of tokens. */
function windowStart(tokens: number): number {
  return Math.max(0, Math.ceil((tokens - MAX_CONTEXT_TOKENS) / WINDOW_STEP)) * WINDOW_STEP;
}
