/** One model that completes code: what may come at a cursor, and the line that it would write there. */
import { caretContext, restIsClosing, type CaretContext } from '#core/python/code/caret.ts';
import { lexText } from '#core/python/code/text.ts';
import { writeTokens } from '#core/python/code/write.ts';
import type { Choices } from '#core/completion/choice.ts';
import { decodeLine, type Writer } from '#core/completion/decode.ts';
import { MAX_BEAMS } from '#core/completion/decoding.ts';
import { distributionOf, probabilityOf, type Distribution } from '#core/completion/distribution.ts';
import { namesFrom, withNames, type Recent } from '#core/completion/pointer.ts';
import { UNK_ID } from '#core/data/vocabulary.ts';
import { UNK_TOKEN } from '#core/python/specialTokens.ts';
import { Beams } from '#engine/inference/beams.ts';
import { MAX_PREFETCHED } from '#engine/inference/sequence.ts';
import type { Candidates, CaretRequest, Line, LineRequest } from '#core/completion/answers.ts';
import { MAX_CONTEXT_TOKENS, SHOWN, type TextModel } from './textModel.ts';

/** Where the cursor is further on, the text begins later, by whole numbers of so many, so that it seldom begins anew. */
const WINDOW_STEP = 4_096;
/** Letters that the name being typed may go on with, roughly: what is typed of a name nobody knows was as unlikely. */
const LETTERS = 20;

const NAME = /^[\p{L}_][\p{L}\p{N}_]*$/u;

/** What is asked of the model at a cursor. */
interface Question {
  readonly context: CaretContext;
  /** `<s>` and the tokens in front, as they are read. */
  readonly ids: Int32Array;
  readonly tokens: readonly string[];
  /** The likeliest next tokens, out of all that continue what is typed. */
  readonly choices: Choices;
  /** What is typed of the token asked for; empty where what is typed is a token by itself, and the next one is asked for. */
  readonly typed: string;
  readonly read: number;
  readonly recent: Recent;
}

export class Completer {
  readonly #model: TextModel;
  readonly #beams: Beams;
  #asked: { readonly request: CaretRequest; readonly question: Question } | null = null;

  /** @param model stays the caller's, and outlives this */
  constructor(model: TextModel) {
    this.#model = model;
    this.#beams = new Beams(model.network, MAX_BEAMS);
  }

  dispose(): void {
    this.#beams.dispose();
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
      tokens: asked.tokens.length,
      read: asked.read,
      milliseconds: performance.now() - from,
    };
  }

  async line(request: LineRequest, signal: AbortSignal): Promise<Line | null> {
    const from = performance.now();
    const asked = await this.#ask(request, signal);
    if (asked === null) return null;
    const { context, choices, ids, typed, recent } = asked;
    if (context.place === 'code') {
      // one of these is likely to be typed next, and the first of them begins the line
      const likely = new Set(choices(MAX_PREFETCHED).map(({ id }) => id));
      await this.#model.sequence.prefetch(ids.length - 1, [...likely]);
    }
    const nothing = context.place !== 'code' || !restIsClosing(context.following);
    const line = nothing
      ? ({ choices: [], end: 'line' } as const)
      : await decodeLine({
          first: choices,
          begin: request.first,
          writer: this.#writer(ids, recent),
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

  /** The same question is asked twice, for candidates and for the line. */
  async #ask(request: CaretRequest, signal: AbortSignal): Promise<Question | null> {
    const { text, cursor, pointer } = request;
    const last = this.#asked;
    if (last?.request.text === text && last.request.cursor === cursor && last.request.pointer === pointer) {
      // something else may have been read meanwhile
      const read = await this.#model.sequence.read(last.question.ids, signal);
      return read === null ? null : { ...last.question, read };
    }
    const question = await this.#askAnew(request, signal);
    if (question) this.#asked = { request, question };
    return question;
  }

  /** Reads up to the cursor. @returns null where it was aborted */
  async #askAnew({ text, cursor, pointer }: CaretRequest, signal: AbortSignal): Promise<Question | null> {
    const context = caretContext(text, cursor, this.#model.language);
    const nothing = { context, typed: context.typed, recent: { names: [], states: [] } };
    if (context.place !== 'code') {
      return { ...nothing, tokens: context.tokens, ids: new Int32Array(), choices: () => [], read: 0 };
    }
    const tokens = context.tokens.slice(windowStart(context.tokens.length));
    const ids = this.#model.idsOf(tokens);
    let read = await this.#model.sequence.read(ids, signal);
    if (read === null) return null;
    const position = ids.length - 1;
    const next = await this.#model.next(position);
    const recent = pointer ? this.#recent(tokens) : nothing.recent;
    const { typed } = context;
    if (typed === '') {
      const choices = withNames(this.#model.choicesOf(next), recent, this.#model.sequence.seen(position));
      return { ...nothing, tokens, ids, choices, read, recent };
    }
    const longer = this.#model.choicesOf(next, typed);
    const state = this.#model.sequence.seen(position);
    const unknown = probabilityOf(next, UNK_ID);
    const choices: Choices = (count) =>
      [...longer(count), ...namesFrom(recent, typed, unknown, state)]
        .toSorted((a, b) => b.probability - a.probability)
        .slice(0, count);
    const own = lexText(typed, this.#model.language).tokens[0] ?? typed;
    if (!this.#isWhole(own, typed, next, choices)) return { ...nothing, tokens, ids, choices, read, recent };
    // What is typed is taken for a token of its own: what is asked for is the one behind it.
    const whole = [...tokens, own];
    const more = this.#model.idsOf(whole);
    const again = await this.#model.sequence.read(more, signal);
    if (again === null) return null;
    read += again;
    const behind = withNames(
      this.#model.choicesOf(await this.#model.next(more.length - 1)),
      recent,
      this.#model.sequence.seen(more.length - 1),
    );
    return { context, typed: '', tokens: whole, ids: more, choices: behind, read, recent };
  }

  /** Whether what is typed is likelier to be all of its token than to be the beginning of another. */
  #isWhole(token: string, typed: string, next: Distribution, longer: Choices): boolean {
    const id = this.#model.file.vocabulary.id(token);
    const own = probabilityOf(next, id) / (id === UNK_ID ? LETTERS ** typed.length : 1);
    return own >= (longer(1)[0]?.probability ?? 0);
  }

  #writer(ids: Int32Array, recent: Recent): Writer {
    const beams = this.#beams;
    const choices = (logits: readonly Float32Array[]) =>
      logits.map((row, index) =>
        withNames(
          this.#model.choicesOf(distributionOf(row)),
          recent,
          recent.names.length > 0 ? beams.seen(index) : NO_STATE,
        ),
      );
    return {
      begin: async (first) => choices(await this.#model.sequence.begin(beams, ids.length - 1, first)),
      step: async (next, parents) => choices(await beams.step(next, parents)),
    };
  }

  #recent(tokens: readonly string[]): Recent {
    const names: string[] = [];
    const states: Float32Array[] = [];
    for (const [i, token] of tokens.entries()) {
      if (token === UNK_TOKEN || !NAME.test(token) || this.#model.file.vocabulary.id(token) !== UNK_ID) continue;
      names.push(token);
      // `<s>` is at 0, so what was seen before token i is what was seen after the one at i
      states.push(this.#model.sequence.seen(i));
    }
    return { names, states };
  }
}

const NO_STATE = new Float32Array();

/** The first token that is read of so many. */
function windowStart(tokens: number): number {
  return Math.max(0, Math.ceil((tokens - MAX_CONTEXT_TOKENS) / WINDOW_STEP)) * WINDOW_STEP;
}
