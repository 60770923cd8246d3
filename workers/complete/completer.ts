/**
 * One model that completes code: lexes what is typed as its data set was lexed, keeps the state of the net along the text, and
 * answers what may come next and how it saw what is there.
 */
import { caretContext, restIsClosing, type CaretContext } from '../../src/core/code/caret.ts';
import { lexText, type LexedText, type TextLanguage } from '../../src/core/code/text.ts';
import { writeTokens } from '../../src/core/code/write.ts';
import type { Choice, Choices } from '../../src/core/completion/choice.ts';
import { decodeLine, type Writer } from '../../src/core/completion/decode.ts';
import { MOST_BEAMS } from '../../src/core/completion/decoding.ts';
import { distributionOf, largestOf, probabilityOf, type Distribution } from '../../src/core/completion/distribution.ts';
import { namesFrom, withNames, type Recent } from '../../src/core/completion/pointer.ts';
import { columnsOf, featuresOf, tellingUnit } from '../../src/core/completion/telling.ts';
import { PAD_ID, UNK_ID, UNK_TOKEN } from '../../src/core/dataset/vocabulary.ts';
import { fail } from '../../src/core/failure.ts';
import { END_TOKEN, EOL_TOKEN, START_TOKEN } from '../../src/core/lexer/marks.ts';
import { Beams } from '../engine/inference/beams.ts';
import { Network } from '../engine/inference/network.ts';
import { MOST_FORESEEN, Sequence, type Wanted } from '../engine/inference/sequence.ts';
import type { SimdRuntime } from '../engine/simd/runtime.ts';
import type {
  Candidate,
  Candidates,
  CaretRequest,
  ExpectedRequest,
  Inspection,
  Line,
  LineRequest,
  TellingUnit,
  TextRequest,
  UnitRequest,
  UnitTrace,
} from '../protocol-complete.ts';
import type { ModelFile } from './model-file.ts';

/** Candidates that are shown. */
const SHOWN = 5;
/** Tokens of a text that are read; with `<s>` as many as a power of two, since room is made by these. */
export const MOST_TOKENS = 8_191;
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
  /** Of what comes next, whatever is typed of it already left out; of all tokens. */
  readonly choices: Choices;
  /** What is typed of the token asked for; empty where what is typed is a token by itself, and the next one is asked for. */
  readonly typed: string;
  readonly read: number;
  readonly recent: Recent;
}

export class Completer {
  readonly file: ModelFile;
  readonly #network: Network;
  readonly #sequence: Sequence;
  readonly #beams: Beams;
  readonly #language: TextLanguage;
  /** By id: as a token is written, null where it cannot be. */
  readonly #written: readonly (string | null)[];
  #asked: { readonly request: CaretRequest; readonly question: Question } | null = null;

  constructor(runtime: SimdRuntime, file: ModelFile) {
    this.file = file;
    this.#language = { rules: file.rules, kept: file.kept };
    this.#network = new Network(runtime, file.spec, file.weights);
    this.#sequence = new Sequence(this.#network);
    this.#beams = new Beams(this.#network, MOST_BEAMS);
    const nothing = caretContext('', 0, this.#language);
    this.#written = Array.from({ length: file.spec.tokens }, (_, id) => {
      const token = file.vocabulary.token(id);
      if (id === PAD_ID || id === UNK_ID || [START_TOKEN, END_TOKEN, EOL_TOKEN].includes(token)) return null;
      return writeTokens(nothing, [token])
        .map(({ text }) => text)
        .join('');
    });
  }

  dispose(): void {
    this.#beams.dispose();
    this.#sequence.dispose();
    this.#network.dispose();
  }

  async candidates(request: CaretRequest, wanted: Wanted): Promise<Candidates | null> {
    const from = performance.now();
    const asked = await this.#ask(request, wanted);
    if (asked === null) return null;
    const { place } = asked.context;
    return {
      place,
      typed: asked.typed,
      candidates: place === 'code' ? asked.choices(SHOWN).map((choice) => this.#candidate(choice)) : [],
      tokens: asked.tokens.length,
      read: asked.read,
      milliseconds: performance.now() - from,
    };
  }

  async line(request: LineRequest, wanted: Wanted): Promise<Line | null> {
    const from = performance.now();
    const asked = await this.#ask(request, wanted);
    if (asked === null) return null;
    const { context, choices, ids, typed, recent } = asked;
    if (context.place === 'code') {
      // one of these is likely to be typed next, and the first of them begins the line
      const likely = new Set(choices(MOST_FORESEEN).map(({ id }) => id));
      await this.#sequence.foresee(ids.length - 1, [...likely]);
    }
    const nothing = context.place !== 'code' || !restIsClosing(context.following);
    const line = nothing
      ? ({ choices: [], end: 'line' } as const)
      : await decodeLine({
          first: choices,
          begin: request.first,
          writer: this.#writer(ids, recent),
          decoding: request.decoding,
          wanted,
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

  async inspect({ text }: TextRequest, wanted: Wanted): Promise<Inspection | null> {
    const read = await this.#readAll(text, wanted);
    if (read === null) return null;
    const { ids, lexed, count } = read;
    const targets = Int32Array.from([...ids.subarray(1), this.file.vocabulary.id(END_TOKEN)]);
    const scores = await this.#sequence.scores(targets, wanted);
    if (scores === null) return null;
    const surprise = scores.losses.map((loss) => loss / Math.LN2);
    const bits = surprise.slice(0, count);
    return {
      tokens: lexed.tokens.slice(0, count),
      starts: lexed.starts.slice(0, count),
      ends: lexed.ends.slice(0, count),
      bits,
      ranks: Int32Array.from(scores.ranks.subarray(0, count)),
      meanBits: count === 0 ? Number.NaN : bits.reduce((sum, value) => sum + value, 0) / count,
      fileEnd: { bits: surprise[count]!, rank: scores.ranks[count]! },
      trouble: lexed.trouble,
      beyond: lexed.tokens.length - count,
    };
  }

  async unit({ text, layer, unit }: UnitRequest, wanted: Wanted): Promise<UnitTrace | null> {
    const { hidden, cell } = this.file.spec;
    if (!Number.isInteger(unit) || unit < 0 || unit >= hidden) {
      fail('bad-input', `The model has no unit ${unit}: a layer has ${hidden}.`, 'Choose one of these.');
    }
    const read = await this.#readAll(text, wanted);
    if (read === null) return null;
    const index = layer === 1 ? 0 : 1;
    // `<s>` comes before the first token
    const column = (values: Float32Array) => values.filter((_, i) => i % hidden === unit).slice(1, read.count + 1);
    if (cell === 'rnn') return { hidden: column(this.#sequence.states(index)), gates: null };
    const gates = await this.#sequence.gates(index, unit, wanted);
    if (gates === null) return null;
    const [input, forget, candidate, output] = gates.map((gate) => gate.slice(1, read.count + 1));
    return {
      hidden: column(this.#sequence.states(index)),
      gates: {
        input: input!,
        forget: forget!,
        candidate: candidate!,
        output: output!,
        cell: column(this.#sequence.cells(index)),
      },
    };
  }

  async tellingUnits({ text }: TextRequest, wanted: Wanted): Promise<readonly TellingUnit[] | null> {
    const read = await this.#readAll(text, wanted);
    if (read === null) return null;
    const { lexed, count } = read;
    if (count < 2) return [];
    const { hidden } = this.file.spec;
    const features = featuresOf(lexed.tokens.slice(0, count), columnsOf(text, lexed.starts));
    const found: TellingUnit[] = [];
    for (const layer of [1, 2] as const) {
      const states = this.#sequence.states(layer === 1 ? 0 : 1).subarray(hidden, (count + 1) * hidden);
      for (const { name, values } of features) {
        const telling = tellingUnit(values, states, hidden);
        if (telling) found.push({ layer, ...telling, follows: name });
      }
    }
    // of both layers the unit that tells more
    return found
      .toSorted((a, b) => Math.abs(b.correlation) - Math.abs(a.correlation))
      .filter(({ follows }, i, all) => all.findIndex((other) => other.follows === follows) === i);
  }

  async expected({ text, token }: ExpectedRequest, wanted: Wanted): Promise<readonly Candidate[] | null> {
    const read = await this.#readAll(text, wanted);
    if (read === null) return null;
    if (!Number.isInteger(token) || token < 0 || token >= read.count) {
      fail('bad-input', `The text has no token ${token}: it has ${read.count}.`, 'Choose one of these.');
    }
    return this.#choicesOf(await this.#next(token))(SHOWN).map((choice) => this.#candidate(choice));
  }

  /** The same question is asked twice, for candidates and for the line. */
  async #ask(request: CaretRequest, wanted: Wanted): Promise<Question | null> {
    const { text, cursor, pointer } = request;
    const last = this.#asked;
    if (last?.request.text === text && last.request.cursor === cursor && last.request.pointer === pointer) {
      // something else may have been read meanwhile
      const read = await this.#sequence.read(last.question.ids, wanted);
      return read === null ? null : { ...last.question, read };
    }
    const question = await this.#askAnew(request, wanted);
    if (question) this.#asked = { request, question };
    return question;
  }

  /** Reads up to the cursor. @returns null where it was no longer wanted */
  async #askAnew({ text, cursor, pointer }: CaretRequest, wanted: Wanted): Promise<Question | null> {
    const context = caretContext(text, cursor, this.#language);
    const nothing = { context, typed: context.typed, recent: { names: [], states: [] } };
    if (context.place !== 'code') {
      return { ...nothing, tokens: context.tokens, ids: new Int32Array(), choices: () => [], read: 0 };
    }
    const tokens = context.tokens.slice(windowStart(context.tokens.length));
    const ids = this.#idsOf(tokens);
    let read = await this.#sequence.read(ids, wanted);
    if (read === null) return null;
    const position = ids.length - 1;
    const next = await this.#next(position);
    const recent = pointer ? this.#recent(tokens) : nothing.recent;
    const { typed } = context;
    if (typed === '') {
      const choices = withNames(this.#choicesOf(next), recent, this.#sequence.seen(position));
      return { ...nothing, tokens, ids, choices, read, recent };
    }
    const longer = this.#choicesOf(next, typed);
    const state = this.#sequence.seen(position);
    const unknown = probabilityOf(next, UNK_ID);
    const choices: Choices = (count) =>
      [...longer(count), ...namesFrom(recent, typed, unknown, state)]
        .toSorted((a, b) => b.probability - a.probability)
        .slice(0, count);
    const own = lexText(typed, this.#language).tokens[0] ?? typed;
    if (!this.#isWhole(own, typed, next, choices)) return { ...nothing, tokens, ids, choices, read, recent };
    // What is typed is taken for a token of its own: what is asked for is the one behind it.
    const whole = [...tokens, own];
    const more = this.#idsOf(whole);
    const again = await this.#sequence.read(more, wanted);
    if (again === null) return null;
    read += again;
    const behind = withNames(
      this.#choicesOf(await this.#next(more.length - 1)),
      recent,
      this.#sequence.seen(more.length - 1),
    );
    return { context, typed: '', tokens: whole, ids: more, choices: behind, read, recent };
  }

  /** Whether what is typed is likelier to be all of its token than to be the beginning of another. */
  #isWhole(token: string, typed: string, next: Distribution, longer: Choices): boolean {
    const id = this.file.vocabulary.id(token);
    const own = probabilityOf(next, id) / (id === UNK_ID ? LETTERS ** typed.length : 1);
    return own >= (longer(1)[0]?.probability ?? 0);
  }

  /** @param typed leaves out what does not begin with it, and what it is itself */
  #choicesOf(next: Distribution, typed = ''): Choices {
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
  async #next(position: number): Promise<Distribution> {
    return distributionOf(await this.#sequence.logits(position));
  }

  #candidate({ id, token, probability, from }: Choice): Candidate {
    return { token, text: from === 'text' ? token : this.#written[id]!, probability, from };
  }

  #writer(ids: Int32Array, recent: Recent): Writer {
    const beams = this.#beams;
    const choices = (logits: readonly Float32Array[]) =>
      logits.map((row, index) =>
        withNames(this.#choicesOf(distributionOf(row)), recent, recent.names.length > 0 ? beams.seen(index) : NO_STATE),
      );
    return {
      begin: async (first) => choices(await this.#sequence.begin(beams, ids.length - 1, first)),
      step: async (next, parents) => choices(await beams.step(next, parents)),
    };
  }

  #idsOf(tokens: readonly string[]): Int32Array {
    const { vocabulary } = this.file;
    const ids = new Int32Array(tokens.length + 1);
    ids[0] = vocabulary.id(START_TOKEN);
    for (const [i, token] of tokens.entries()) ids[i + 1] = vocabulary.id(token);
    return ids;
  }

  async #readAll(
    text: string,
    wanted: Wanted,
  ): Promise<{ readonly lexed: LexedText; readonly ids: Int32Array; readonly count: number } | null> {
    const lexed = lexText(text, this.#language);
    const count = Math.min(lexed.tokens.length, MOST_TOKENS);
    const ids = this.#idsOf(lexed.tokens.slice(0, count));
    return (await this.#sequence.read(ids, wanted)) === null ? null : { lexed, ids, count };
  }

  #recent(tokens: readonly string[]): Recent {
    const names: string[] = [];
    const states: Float32Array[] = [];
    for (const [i, token] of tokens.entries()) {
      if (token === UNK_TOKEN || !NAME.test(token) || this.file.vocabulary.id(token) !== UNK_ID) continue;
      names.push(token);
      // `<s>` is at 0, so what was seen before token i is what was seen after the one at i
      states.push(this.#sequence.seen(i));
    }
    return { names, states };
  }
}

const NO_STATE = new Float32Array();

/** The first token that is read of so many. */
function windowStart(tokens: number): number {
  return Math.max(0, Math.ceil((tokens - MOST_TOKENS) / WINDOW_STEP)) * WINDOW_STEP;
}
